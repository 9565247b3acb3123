"""Which of many regular expressions can be found in a text at all, told without trying each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

_GRAM = 4  # characters


class PhraseIndex:
    """Patterns by a few characters that whatever they match must hold. `candidates` names all patterns that
    are found in a text, and few others.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._always: set[int] = set()
        self._by_gram: dict[str, set[int]] = {}
        self._by_short: dict[str, set[int]] = {}
        for number, pattern in enumerate(patterns):
            needed = _needed(_parser.parse(pattern))
            if needed is None:
                self._always.add(number)
            for literal in needed or ():
                index = self._by_gram if len(literal) >= _GRAM else self._by_short
                index.setdefault(_telling(literal), set()).add(number)

    def candidates(self, text: str) -> list[int]:
        """The numbers of the patterns that may be found in the text, in order."""
        found = set(self._always)
        for gram in self._by_gram.keys() & {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}:
            found |= self._by_gram[gram]
        ascii_alone = text.isascii()
        for literal, numbers in self._by_short.items():
            if not (ascii_alone and not literal.isascii()) and literal in text:
                found |= numbers
        return sorted(found)


def _telling(literal: str) -> str:
    """Of a literal's grams the one with the fewest spaces, for words differ more than what parts them."""
    grams = [literal[at : at + _GRAM] for at in range(max(1, len(literal) - _GRAM + 1))]
    return min(grams, key=lambda gram: gram.count(" "))


def _needed(parsed: Iterable[Any]) -> frozenset[str] | None:
    """Literals one of which is in every match; None where there is no telling."""
    found: list[frozenset[str]] = []
    run: list[str] = []
    for operator, argument in (*parsed, (None, None)):
        if operator is _constants.LITERAL:
            run.append(chr(argument))
            continue
        if run:
            found.append(frozenset({"".join(run)}))
            run = []
        inner = _inside(operator, argument)
        if inner:
            found.append(inner)
    return max(found, key=lambda literals: min(map(len, literals)), default=None)


def _inside(operator: Any, argument: Any) -> frozenset[str] | None:
    if operator is _constants.SUBPATTERN and not argument[1] and not argument[2]:  # no flags of its own
        return _needed(argument[3])
    if operator is _constants.MAX_REPEAT and argument[0] >= 1:
        return _needed(argument[2])
    if operator is _constants.BRANCH:
        parts = [_needed(branch) for branch in argument[1]]
        return frozenset().union(*(part for part in parts if part)) if all(parts) else None
    return None
