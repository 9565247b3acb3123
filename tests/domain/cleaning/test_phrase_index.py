"""The index of phrases leaves out no pattern that is found in a text."""

from __future__ import annotations

import re

import pytest

from newsbell.domain.cleaning import vocabulary
from newsbell.domain.cleaning.noise import plain
from newsbell.domain.cleaning.phrase_index import PhraseIndex

PATTERNS = [
    "(?:sign up|subscribe)(?: now)? for (?:\\w+ ){0,3}newsletters?",
    "^(?:see also|read more)\\b",
    "[ab]+",
    "続き",
    "(?:tips?|(?:news)?letters?) welcome",
    "(?:x|yz)?gold(?:en){1,2}",
    "(?:no )*ends? (?:here){0,1}",
    r"\[new\][(\[|]\d+ of",
]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("subscribe for our evening newsletter", {0}),
        ("see also the harbour plan", {1}),
        ("abba", {2}),
        ("記事の続き", {3}),
        ("tip welcome", {4}),
        ("letters welcome", {4}),
        ("goldenen", {5}),
        ("en ", set()),
        ("end ", {6}),
        ("[new]|12 of", {7}),
    ],
)
def test_names_the_patterns_that_are_found(text: str, numbers: set[int]) -> None:
    assert {number for number, one in enumerate(PATTERNS) if re.search(one, text)} >= numbers
    assert set(PhraseIndex(PATTERNS).candidates(text)) >= numbers


def test_refuses_a_phrase_that_it_cannot_read() -> None:
    with pytest.raises(ValueError, match="groups"):
        PhraseIndex(["(?i)gold"])


def test_leaves_out_most_others() -> None:
    assert PhraseIndex(PATTERNS).candidates("the council met on monday") == [2]  # nothing is sure of [ab]+


def test_every_phrase_that_is_shipped_is_found_through_the_index() -> None:
    """Texts made of the phrases themselves, each optional part left out or taken."""
    for rule in vocabulary.RULES:
        for text in _literal_texts(rule.pattern.pattern):
            folded = plain(text)
            found = {at for at, one in enumerate(vocabulary.RULES) if one.pattern.search(folded)}
            assert found <= set(vocabulary.RULE_INDEX.candidates(folded)), folded


def _literal_texts(pattern: str) -> list[str]:
    bodies = pattern.removeprefix("(?:").removesuffix(")").split("|")
    return [re.sub(r"\\[wsbd][?*+]?|[\\^$?*+()\[\]:]|\{[\d,]+\}", " ", body).strip() for body in bodies]
