"""Which of many regular expressions can be found in a text at all, told without trying each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_GRAM = 4  # characters
# An atom of a phrase and how often it is repeated. Phrases know groups without a name, classes and no flags.
_PIECE = re.compile(
    r"(\(\?:|\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|.)((?:[?*+]|\{\d+(?:,\d*)?\}|\{,\d+\})[?+]?)?", re.DOTALL
)

_Literals = frozenset[str] | None


class PhraseIndex:
    """Patterns by a few characters that whatever they match must hold. `candidates` names all patterns that
    are found in a text, and few others.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._always: set[int] = set()
        self._by_gram: dict[str, set[int]] = {}
        self._by_short: dict[str, set[int]] = {}
        for number, pattern in enumerate(patterns):
            needed = _needed(pattern)
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


def _needed(pattern: str) -> _Literals:
    """Literals one of which is in every match; None where there is no telling. ValueError for groups of other
    kinds than "(?:…)" and "(…)".
    """
    return _read(iter([*_PIECE.findall(pattern), ("", "")]))[0]


def _read(pieces: Iterator[tuple[str, str]]) -> tuple[_Literals, str]:
    """What alternatives need, up to the bracket that closes them; and that bracket's repetition."""
    branches: list[_Literals] = []
    found: list[frozenset[str]] = []
    run, repeat = "", ""
    for atom, repeat in pieces:
        literal = _literal(atom)
        if literal and not repeat:
            run += literal
            continue
        if run:
            found.append(frozenset({run}))
            run = ""
        if atom in ("|", ")", ""):
            branches.append(max(found, key=lambda literals: min(map(len, literals)), default=None))
            found = []
            if atom != "|":
                break
            continue
        inner, often = _inside(literal, atom, repeat, pieces)
        if inner and not often.startswith(("?", "*", "{0", "{,")):
            found.append(inner)
    parts = [part for part in branches if part]
    return (frozenset().union(*parts) if len(parts) == len(branches) else None), repeat


def _inside(literal: str, atom: str, repeat: str, pieces: Iterator[tuple[str, str]]) -> tuple[_Literals, str]:
    """What one atom needs, and how often it is repeated."""
    if literal:
        return frozenset({literal}), repeat
    if atom == "(" and repeat:
        raise ValueError("A phrase has no groups but (?:…) and (…).")
    return _read(pieces) if atom in ("(", "(?:") else (None, repeat)


def _literal(atom: str) -> str:
    """The character that an atom stands for, or "" for any other atom."""
    if len(atom) == 2 and atom[0] == "\\" and not atom[1].isalnum():
        return atom[1]
    return atom if len(atom) == 1 and atom not in ".^$|()" else ""
