from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.article import TopicMention
from newsbell.domain.topics import (
    MAX_NAME,
    MAX_TOPICS,
    clean_name,
    final_topics,
    fold,
)

# Texts and the names they are, for both: tests/extension/topics.test.js asks the extension.
NAMES = json.loads((Path(__file__).parents[1] / "topic_names.json").read_text(encoding="utf-8"))


def declared(name: str, weight: float = 0.5) -> TopicMention:
    return TopicMention(name=name, origin="declared", weight=weight)


@pytest.mark.parametrize(
    "name", ["Climate change", "C++", "9/11", "U.S.", "St. Louis", "🎉", "Yahoo!", "COVID-19"]
)
def test_a_name_stays(name: str) -> None:
    assert clean_name(f"  {name} ") == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "...",
        "2024",
        "https://a.example/x",
        "a@b.example",
        "key=value",
        "sid:1234",
        "deadbeef01",
        "It rained all day long. Then it stopped.",
        "x" * 61,
        "one two three four five six seven eight nine",
        "\u0301",
        "x" * 10_000,
    ],
)
def test_what_is_no_name_is_none(text: str) -> None:
    assert clean_name(text) is None


@pytest.mark.parametrize(("text", "name"), NAMES, ids=ascii)
def test_server_and_extension_take_the_same_for_a_name(text: str, name: str | None) -> None:
    assert clean_name(text) == name


@given(st.text())
def test_a_clean_name_is_its_own_clean_name(text: str) -> None:
    name = clean_name(text)
    if name is not None:
        assert 1 <= len(name) <= MAX_NAME
        assert clean_name(name) == name


@given(st.text())
def test_folding_a_name_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_kinds_of_dash_and_apostrophe_compare_equal() -> None:
    assert fold("Covid–19 and Women’s work") == fold("COVID-19 and women's work")
    assert fold("C++") != fold("C#")


def test_one_topic_for_each_thing_meant() -> None:
    recognised = TopicMention(name="Kyiv", origin="recognised", weight=0.9)
    found = final_topics([declared("Kiev", 0.4)], [recognised], names={"kiev": "Kyiv", "kyiv": "Kyiv"})
    assert found == (TopicMention(name="Kyiv", origin="declared", weight=0.9),)


def test_the_editors_topics_come_first_and_are_sure() -> None:
    found = final_topics([declared("Strike", 1.0)], editor=["ferries", "  "])
    assert [(one.name, one.origin, one.weight) for one in found] == [
        ("ferries", "editor", 1.0),
        ("Strike", "declared", 1.0),
    ]


def test_an_article_has_a_bounded_number_of_topics() -> None:
    assert len(final_topics([declared(f"Subject {number}") for number in range(50)])) == MAX_TOPICS
