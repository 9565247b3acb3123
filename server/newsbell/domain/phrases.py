"""Finding many known phrases in a text at once: one look into a dictionary for each of the text's words."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from newsbell.domain.inflection import without_prefixes
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


@lru_cache(maxsize=131_072)
def name_words(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a name as they are written, and in the form in which they compare."""
    written = tuple(map(sys.intern, words(name)))
    return written, tuple(map(_folded, written))


def folded_words(name: str) -> tuple[str, ...]:
    """The words of a name in the form in which they compare."""
    return name_words(name)[1]


def _folded(word: str) -> str:
    return sys.intern(word.lower() if word.isascii() else fold(word))


class Text:
    """A text as its words: as they are `written`, `folded`, and with the `gaps` that follow them. `shouted`:
    the text is in capitals throughout.
    """

    def __init__(self, text: str) -> None:
        normal = unicodedata.normalize("NFKC", squeeze(text))
        found = list(_WORD.finditer(normal))
        ends = [*(word.start() for word in found[1:]), len(normal)]
        self.written = [word[0] for word in found]
        self.gaps = [normal[word.end() : end] for word, end in zip(found, ends, strict=False)]
        self.folded = list(map(_folded, self.written))
        self.shouted = text.isupper()


@dataclass(frozen=True)
class Found:
    """A phrase found in a text: the numbers it stands for, at which word, and how many words it has."""

    numbers: tuple[int, ...]
    at: int
    length: int


class Phrases:
    """Known phrases, each with the numbers it stands for."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._acronyms: set[tuple[str, ...]] = set()
        self._names: set[tuple[str, ...]] = set()  # one word with a capital: Polish is not "polish"
        self._lengths: dict[str, tuple[int, ...]] = {}

    def add(self, name: str, number: int) -> None:
        """Let a name stand for a number. Acronyms count only in capitals (WHO, IT), as do one or two letters
        however they are written; one word with a capital counts only with one.
        """
        written, phrase = name_words(name)
        if not phrase or len(phrase) > MAX_WORDS or len("".join(phrase)) < 2:
            return
        numbers = self._numbers.get(phrase, ())
        if number not in numbers:
            self._numbers[phrase] = (*numbers, number)
        lengths = self._lengths.get(phrase[0], ())
        if len(phrase) not in lengths:
            self._lengths[phrase[0]] = tuple(sorted((len(phrase), *lengths), reverse=True))
        only = written[0] if len(written) == 1 and written[0].isascii() else ""
        if 1 <= len(only) <= 5 and (only.isupper() or len(only) <= 2):
            self._acronyms.add(phrase)
        if len(phrase) == 1 and written[0][:1].isupper():
            self._names.add(phrase)

    def found(self, text: Text, at: int) -> Found | None:
        """The longest phrase that begins at that word of the text."""
        first = text.folded[at]
        if first.isascii():
            return self._longest(text, at, first)
        found = (self._longest(text, at, form) for form in without_prefixes(first))
        return max(filter(None, found), key=lambda one: one.length, default=None)

    def _longest(self, text: Text, at: int, first: str) -> Found | None:
        for length in self._lengths.get(first, ()):
            phrase = (first, *text.folded[at + 1 : at + length])
            if len(phrase) < length or phrase not in self._numbers:
                continue
            if phrase in self._acronyms and (text.shouted or not text.written[at].isupper()):
                continue
            if phrase in self._names and text.written[at][:1].islower():
                continue
            return Found(self._numbers[phrase], at, length)
        return None
