"""What countries are called: their names, adjectives and demonyms, in the language of a text. Continents, the
European Union and the United Nations are among them.

The table (countries.json) is written by scripts/countries.py from the Unicode CLDR.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from newsbell.domain.inflection import stem, stems, without_prefixes
from newsbell.domain.phrases import Text, folded_words

LANGUAGES_AT_ONCE = 40
_ADJECTIVE = 3
"""Letters that an ending has at least which makes an adjective of a name."""
_ACRONYM = 6
_SURE = 5
"""Letters of a name in small letters from which on it means a country: Spanish "gana" is not Ghana."""
_PREFIXED = frozenset({"ar", "he", "fa", "ur"})
_OTHER = ""
"""The code of longer names that hold a country's and mean something else: New Mexico, the Indian Ocean."""


@dataclass(frozen=True)
class Named:
    """A country named in a text: `length` words from one on, by its name or by an adjective or demonym."""

    length: int
    code: str
    by_name: bool
    doubtful: bool = False


@dataclass(frozen=True)
class _Form:
    keys: tuple[str, ...]
    code: str
    by_name: bool
    capital: bool
    acronym: bool
    doubtful: bool


def code_of(name: str) -> str | None:
    """The country whose name this is in some language and nobody else's: its code by ISO 3166 (of a
    continent: by UN M49).
    """
    code = _codes().get(" ".join(folded_words(name)))
    return None if name[:1].islower() and len(name) < _SURE else code


def is_proper(word: str) -> bool:
    """Whether a folded word is a country's name, adjective or demonym: such words differ from their like in
    small letters (Turkey, Polish).
    """
    return word in _proper()


@lru_cache(maxsize=LANGUAGES_AT_ONCE)
def countries_in(language: str) -> Countries:
    """How countries are called in texts of that language (BCP 47; "" where it is not known)."""
    return Countries(language.partition("-")[0].lower())


class Countries:
    """What one language calls all countries, beside what they call themselves and what English does."""

    def __init__(self, language: str) -> None:
        self._language = {"no": "nb", "nn": "nb"}.get(language, language)
        self._forms: dict[str, list[_Form]] = {}
        self._telling = {
            code: {words for word in one["telling"] if (words := folded_words(word))}
            for code, one in _table()["ambiguous"].items()
        }
        for code, name, by_name, used in _entries():
            if self._holds(used):
                self._add(name, code, by_name=by_name, own=used != "en" or self._language == "en")
        for name in _table()["other"]:
            self._add(name, _OTHER, by_name=True, own=False)
        for forms in self._forms.values():
            forms.sort(key=lambda form: (-len(form.keys), form.code != _OTHER))

    def named(self, text: Text, at: int) -> Named | None:
        """The country that the words from `at` on name, by the longest name there is; its code is "" where it
        is only part of another thing's name.
        """
        for key in self._keys(text.folded[at]):
            for form in self._forms.get(key, ()):
                if self._fits(form, text, at):
                    by_name = form.by_name and not self._is_adjective(form, text, at)
                    return Named(len(form.keys), form.code, by_name, form.doubtful)
        return None

    def tells(self, code: str, text: Text) -> bool:
        """Whether the text has a word that makes an ambiguous name this country's."""
        return any(
            text.folded[at : at + len(words)] == list(words)
            for words in self._telling.get(code, ())
            for at in range(len(text.folded))
        )

    def _holds(self, used: str) -> bool:
        return not self._language or used in {"und", "en"} or self._language in used.split()

    def _add(self, name: str, code: str, *, by_name: bool, own: bool) -> None:
        written = folded_words(name)
        if not written:
            return
        language = self._language if own else ""
        doubtful = name in _table()["ambiguous"].get(code, {"names": ()})["names"]
        letters = "".join(name.split())
        form = _Form(
            keys=written,
            code=code,
            by_name=by_name,
            capital=name[:1].isupper(),
            acronym=letters.isupper() and len(letters) <= _ACRONYM,
            doubtful=doubtful,
        )
        bare = tuple(stem(word, language) for word in written)
        for keys in dict.fromkeys((written, bare)):
            if not form.acronym or keys == written:
                self._forms.setdefault(keys[0], []).append(
                    _Form(keys, code, by_name, form.capital, form.acronym, doubtful)
                )

    def _fits(self, form: _Form, text: Text, at: int) -> bool:
        end = at + len(form.keys)
        if end > len(text.folded):
            return False
        written = text.written[at:end]
        if form.acronym:
            return (
                not text.shouted
                and tuple(text.folded[at:end]) == form.keys
                and all(word.isupper() for word in written)
            )
        if form.capital and written[0][:1].islower() and not self._is_adjective(form, text, at):
            return False
        return all(
            key == word or key in self._keys(word)
            for key, word in zip(form.keys, text.folded[at:end], strict=True)
        )

    def _keys(self, word: str) -> list[str]:
        """Under what a folded word may be listed."""
        return without_prefixes(word) if self._language in _PREFIXED else stems(word, self._language)

    def _is_adjective(self, form: _Form, text: Text, at: int) -> bool:
        """Whether a word in small letters is made of a name's stem: "iranisch", "panameño", "иранский"."""
        ending = len(text.folded[at]) - len(form.keys[0])
        return (
            len(form.keys) == 1 and form.by_name and ending >= _ADJECTIVE and text.written[at][:1].islower()
        )


@cache
def _table() -> dict[str, Any]:
    text = resources.files("newsbell.domain").joinpath("countries.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def _entries() -> Iterator[tuple[str, str, bool, str]]:
    for code, one in _table()["countries"].items():
        for kind in ("names", "adjectives"):
            for name, used in one[kind].items():
                yield code, name, kind == "names", used


@cache
def _codes() -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for code, name, by_name, _ in _entries():
        if by_name and name not in _table()["ambiguous"].get(code, {"names": ()})["names"]:
            owners.setdefault(" ".join(folded_words(name)), set()).add(code)
    return {name: next(iter(codes)) for name, codes in owners.items() if len(codes) == 1}


@cache
def _proper() -> frozenset[str]:
    return frozenset(_single(name for _, name, _, _ in _entries() if name[:1].isupper()))


def _single(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        words = folded_words(name)
        if len(words) == 1:
            yield words[0]
