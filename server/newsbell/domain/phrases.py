"""Finding many known phrases in a text at once: one pass over the text's words into a dictionary."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from newsbell.domain.text import fold, squeeze

MAX_WORDS = 12  # of a phrase, in a script that parts words by spaces


def _ranges(categories: str) -> str:
    """The characters of the Basic Multilingual Plane whose category starts so, as a regex class body."""
    found = [code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith(categories)]
    parts: list[list[int]] = []
    for code in found:
        if parts and parts[-1][1] == code - 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in parts)


# Python's \w leaves out combining marks, which would part Hindi and Arabic words in the middle.
_LETTER = rf"(?:[^\W_]|[{_ranges('M')}\u200c\u200d])"
# Thai, Lao, Burmese, Khmer, kana, Han and Hangul part no words by spaces, or hang endings on them:
# there each character stands for itself, and a phrase is a run of them.
_UNSPACED = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003134f]"
)
# "C++", "C#" and "Canal+" are words of their own, and not mentions of C or Canal.
_WORD = re.compile(rf"{_UNSPACED}|(?:(?!{_UNSPACED}){_LETTER})+(?:[+#]+(?!{_LETTER}))?")


def words(text: str) -> list[str]:
    """The words of a text as they are written, normalised (NFKC) but not folded."""
    return _WORD.findall(unicodedata.normalize("NFKC", squeeze(text)))


@lru_cache(maxsize=65_536)
def _phrase(name: str) -> tuple[tuple[str, ...], bool]:
    """The folded words of a name, and whether it is an acronym: these count only in capitals (WHO, IT), as
    do one or two letters however they are written.
    """
    written = words(name)
    only = written[0] if len(written) == 1 and written[0].isascii() else ""
    acronym = 1 <= len(only) <= 5 and (only.isupper() or len(only) <= 2)
    return tuple(sys.intern(fold(word)) for word in written), acronym


class Phrases:
    """Known phrases, each with the number it stands for; `find` gives the numbers a text mentions."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._acronyms: set[tuple[str, ...]] = set()
        self._names: set[tuple[str, ...]] = set()  # one word with a capital: Polish is not "polish"
        self._lengths: dict[str, set[int]] = {}
        for name, number in names:
            self._add(name, number)

    def _add(self, name: str, number: int) -> None:
        phrase, acronym = _phrase(name)
        if not phrase or len(phrase) > MAX_WORDS or len("".join(phrase)) < 2:
            return
        if phrase in self._numbers:
            return
        self._numbers[phrase] = number
        self._lengths.setdefault(phrase[0], set()).add(len(phrase))
        if acronym:
            self._acronyms.add(phrase)
        if len(phrase) == 1 and name.lstrip("# ")[:1].isupper():
            self._names.add(phrase)

    def find(self, text: str) -> Iterator[int]:
        """The number of each mention, in the text's order. The longest phrase wins, and none overlaps."""
        written = words(text)
        shouted = text.isupper()
        folded = [fold(word) if not word.isascii() else word.lower() for word in written]
        at = 0
        while at < len(folded):
            length = self._longest(folded, written, at, shouted=shouted)
            if length:
                yield self._numbers[tuple(folded[at : at + length])]
            at += length or 1

    def _longest(self, folded: list[str], written: list[str], at: int, *, shouted: bool) -> int:
        for length in sorted(self._lengths.get(folded[at], ()), reverse=True):
            phrase = tuple(folded[at : at + length])
            if phrase not in self._numbers:
                continue
            if phrase in self._acronyms and (shouted or not written[at].isupper()):
                continue
            if phrase in self._names and written[at][:1].islower():
                continue
            return length
        return 0
