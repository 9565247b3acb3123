from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.article import CleanArticle, TopicMention
from newsbell.domain.topics import (
    MAX_NAME,
    MAX_TOPICS,
    StoredTopic,
    clean_name,
    final_topics,
    fold,
    recognise,
)

PADDING = "\n".join(["The council met again and talked for hours about other things entirely."] * 5)

EMPTY = CleanArticle(
    url="",
    canonical_url="",
    title="",
    summary="",
    byline=(),
    body_html="",
    body_text="",
    lead_image=None,
    site_name="",
    language="",
    published_at=None,
    modified_at=None,
    topics=(),
    removals=(),
)


def topic(name: str, *aliases: str) -> StoredTopic:
    return StoredTopic(id=1, name=name, slug=name, aliases=aliases, revision=0, articles=1)


def names(article: CleanArticle, *known: StoredTopic) -> list[str]:
    return [mention.name for mention in recognise(article, known)]


def declared(name: str, weight: float = 0.5) -> TopicMention:
    return TopicMention(name=name, origin="declared", weight=weight)


@pytest.mark.parametrize("field", ["title", "summary"])
def test_a_mention_in_title_or_standfirst_is_enough(field: str) -> None:
    text = "Harvest in Ukraine begins"
    article = replace(
        EMPTY,
        body_text=PADDING,
        title=text if field == "title" else "",
        summary=text if field == "summary" else "",
    )
    assert names(article, topic("Ukraine")) == ["Ukraine"]


def test_a_passing_mention_is_no_topic() -> None:
    assert names(replace(EMPTY, body_text=PADDING + "\nShe once lived in Ukraine."), topic("Ukraine")) == []


def test_four_mentions_in_the_body_are_a_topic() -> None:
    assert names(replace(EMPTY, body_text=PADDING + "\nUkraine. " * 4), topic("Ukraine")) == ["Ukraine"]


def test_the_first_paragraph_needs_another_mention() -> None:
    once = replace(EMPTY, body_text="Ukraine voted.\n" + PADDING)
    twice = replace(EMPTY, body_text="Ukraine voted.\n" + PADDING + "\nAll of Ukraine waited.")
    assert names(once, topic("Ukraine")) == []
    assert names(twice, topic("Ukraine")) == ["Ukraine"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Russia's river", "Russia"),
        ("Новости: Россия и мир", "Россия"),
        ("हिन्दी में समाचार", "हिन्दी"),
        ("俄罗斯的河流", "俄罗斯"),
        ("러시아는 강", "러시아"),
        ("Learning C++ at school", "C++"),
        ("The WHO and the flood", "WHO"),
        ("L’Ukraine demain", "Ukraine"),
        ("THE FLOOD IN RUSSIA", "Russia"),
    ],
)
def test_names_are_found_in_their_script(title: str, name: str) -> None:
    assert names(replace(EMPTY, title=title), topic(name)) == [name]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Prussian blue", "Russia"),
        ("हिन्दीभाषी", "हिन्दी"),
        ("Learning C++ at school", "C#"),
        ("Learning Java++ at school", "Java"),
        ("Who came first", "WHO"),
        ("Tell us more", "US"),
        ("हिन्दी", "हिन"),
    ],
)
def test_parts_of_words_and_small_words_are_no_mention(title: str, name: str) -> None:
    assert names(replace(EMPTY, title=title), topic(name)) == []


def test_the_longest_name_wins() -> None:
    article = replace(EMPTY, title="A walk through New York Harbour")
    assert names(article, topic("New York"), topic("New York Harbour")) == ["New York Harbour"]


def test_an_alias_stands_for_its_topic() -> None:
    article = replace(EMPTY, title="Fighting near Kiev")
    assert names(article, topic("Kyiv", "Kiev")) == ["Kyiv"]


def test_twenty_thousand_topics_are_looked_for_in_one_pass() -> None:
    known = [topic(f"Subject number {number}") for number in range(20_000)]
    article = replace(EMPTY, title="Subject number 19999", body_text="word " * 10_000)
    assert names(article, *known) == ["Subject number 19999"]


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
    found = final_topics([declared("Kiev", 0.4)], [recognised], known=[topic("Kyiv", "Kiev")])
    assert found == (TopicMention(name="Kyiv", origin="declared", weight=0.9),)


def test_the_editors_topics_come_first_and_are_sure() -> None:
    found = final_topics([declared("Strike", 1.0)], editor=["ferries", "  "])
    assert [(one.name, one.origin, one.weight) for one in found] == [
        ("ferries", "editor", 1.0),
        ("Strike", "declared", 1.0),
    ]


def test_an_article_has_a_bounded_number_of_topics() -> None:
    assert len(final_topics([declared(f"Subject {number}") for number in range(50)])) == MAX_TOPICS
