"""The phrases of the files in phrases/, read together and compiled once."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from importlib import resources
from typing import Any

from newsbell.domain.cleaning.phrase_index import PhraseIndex
from newsbell.domain.text import fold


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A block of at most `most_words` words in which `pattern` is found is what the rule's name says."""

    name: str
    most_words: int
    pattern: re.Pattern[str]


def bare(text: str) -> str:
    """A folded text between its first and its last letter or digit; marks belong to their letters."""
    if text[:1].isalnum() and text[-1:].isalnum():
        return text
    first, last = 0, len(text)
    while first < last and _is_edge(text[first]):
        first += 1
    while last > first and _is_edge(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_edge(character: str) -> bool:
    return not character.isalnum() and unicodedata.category(character)[0] != "M"


def _any_of(phrases: list[str]) -> str:
    return "(?:" + "|".join(sorted(phrases, key=len, reverse=True)) + ")"


def _read() -> dict[str, Any]:
    """All files as one: what two of them list under one name is one list, and months twelve lists."""
    merged: dict[str, Any] = {"whole": {}, "anywhere": []}
    folder = resources.files(__package__).joinpath("phrases")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        for name, value in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if name == "whole":
                for rule, phrases in value.items():
                    merged["whole"].setdefault(rule, []).extend(phrases)
            else:
                merged.setdefault(name, []).extend(value)
    return merged


_DATA = _read()

RULES = tuple(
    Rule(name=entry["rule"], most_words=entry["most_words"], pattern=re.compile(_any_of(entry["phrases"])))
    for entry in _DATA["anywhere"]
)
RULE_INDEX = PhraseIndex([rule.pattern.pattern for rule in RULES])
WHOLE = {bare(fold(phrase)): rule for rule, phrases in _DATA["whole"].items() for phrase in phrases}
CREDIT = _any_of(_DATA["credit"])
TOPICS_LABEL = _any_of(_DATA["topics_label"])
CUT_OFF = _any_of(_DATA["cut_off"])
AGENCIES = _any_of(_DATA["agencies"])
BY = _any_of(_DATA["by"])
PUBLISHED = _any_of(_DATA["published"])
UPDATED = _any_of(_DATA["updated"])
NOT_A_NAME = frozenset(_DATA["not_a_name"])
SHARE_WORDS = frozenset(bare(fold(phrase)) for phrase in _DATA["share_words"])
SECTIONS = frozenset(bare(fold(phrase)) for phrase in _DATA["sections"])
TICKER = _any_of(_DATA["ticker"])
AGO = _any_of(_DATA["ago"])
NAME_PARTICLES = frozenset(_DATA["name_particles"])
NOT_TOPICS = frozenset(map(fold, _DATA["not_topics"]))
MONTHS = tuple(
    sorted(
        ((fold(start), at % 12 + 1) for at, starts in enumerate(_DATA["months"]) for start in starts),
        key=lambda pair: -len(pair[0]),
    )
)
