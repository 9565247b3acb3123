from __future__ import annotations

import pytest

from newsbell.domain.cleaning import clean
from newsbell.domain.cleaning.topic_weighing import weigh
from newsbell.domain.topics import MAX_TOPICS
from tests.domain.cleaning.pages import page

LD = '<script type="application/ld+json">'


def topics(head: str = "", inside: str = "") -> list[str]:
    return [topic.name for topic in clean(page(inside, head=head), "https://news.example/a").topics]


@pytest.mark.parametrize(
    "head",
    [
        LD + '{"@type": "NewsArticle", "keywords": ["Floods", "Ansel"]}</script>',
        LD + '{"@type": "NewsArticle", "keywords": "Floods, Ansel"}</script>',
        LD + '{"@type": "NewsArticle", "about": [{"name": "Floods"}, {"name": "Ansel"}]}</script>',
        '<meta name="news_keywords" content="Floods; Ansel">',
        '<meta name="keywords" content="Floods, Ansel">',
        '<meta property="article:tag" content="Floods"><meta property="article:tag" content="Ansel">',
    ],
)
def test_every_place_where_pages_declare_topics(head: str) -> None:
    assert topics(head) == ["Floods", "Ansel"]


def test_rows_of_links_count_where_nothing_else_does() -> None:
    links = '<a href="/t/1" rel="tag">Floods</a> <a href="/t/2" rel="tag">Ansel</a>'
    row = f'<div class="tags">{links}</div>'
    assert topics(inside=row) == ["Floods", "Ansel"]
    assert topics('<meta name="news_keywords" content="River">', row) == ["River"]


def test_links_of_the_site_are_no_topics() -> None:
    links = '<a href="/topic/water">water</a> <a href="/topic/school">school</a>'
    row = f'<nav class="topics">{links}</nav>'
    assert topics(inside=row) == []


@pytest.mark.parametrize(
    "noise",
    [
        "News",
        "Nachrichten",
        "Новости",
        "news.example",
        "NLP Category: General",
        "26157981-b4f7-4929-adc1-e860c6f03636",
        "Read more about the flood. It is long.",
        "x" * 80,
        "https://a.example/",
        "River rises again",
        "12345",
    ],
)
def test_noise_is_no_topic(noise: str) -> None:
    tags = "".join(f'<meta property="article:tag" content="{name}">' for name in (noise, "Floods"))
    assert topics(tags) == ["Floods"]


def test_a_desks_codes_are_left_out_and_a_name_in_capitals_stays() -> None:
    assert [
        one.name for one in weigh({"meta": ["AER", "AERO", "INDS", "TPT", "GEN"]}, text="Title\nText")
    ] == []
    assert [one.name for one in weigh({"meta": ["NATO", "Ansel"]}, text="Title\nText")] == ["NATO", "Ansel"]


def test_the_words_of_the_title_are_no_topics() -> None:
    words = {"meta": ["river", "rises", "again", "Ansel"]}
    assert [one.name for one in weigh(words, text="River rises again\nText")] == ["Ansel"]


def test_names_as_slugs_are_spelled_out() -> None:
    assert [one.name for one in weigh({"meta": ["climate-change"]}, text="Title\nText")] == ["climate change"]
    assert [one.name for one in weigh({"meta": ["north-korea"]}, text="Title\nnorth-korea")] == [
        "north-korea"
    ]


def test_agreement_and_the_text_make_a_topic_surer() -> None:
    sources = {"keywords": ["Ansel", "Ferries"], "tags": ["Ansel"], "meta": ["Quays"]}
    found = {one.name: one.weight for one in weigh(sources, text="Title\nThe quays of Ansel")}
    assert found["Ansel"] > found["Quays"] > found["Ferries"]


def test_sections_count_less() -> None:
    found = {
        one.name: one.weight for one in weigh({"tags": ["World", "Ansel"]}, text="T\nx", sections={"world"})
    }
    assert found["World"] < found["Ansel"]


def test_topics_are_bounded() -> None:
    assert (
        len(weigh({"tags": [f"Subject {number}" for number in range(90)]}, text="T\nx subject 1"))
        <= MAX_TOPICS
    )


def test_the_words_of_the_title_are_none_without_their_marks_either() -> None:
    title = "Córdoba logra la salvación ante el río crecido"
    head = '<meta name="news_keywords" content="cordoba, logra, salvacion, rio, Inundaciones">'
    found = clean(page(head=head, title=title), "https://news.example/a").topics
    assert [topic.name for topic in found] == ["Inundaciones"]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("Floods Ansel Dams", {"Floods", "Ansel", "Dams"}),
        ("Ansel Dams", {"Floods", "Ansel", "Dams", "Ansel Dams"}),
    ],
)
def test_names_run_together_are_no_topic(run: str, expected: set[str]) -> None:
    keywords = LD + f'{{"@type": "NewsArticle", "keywords": ["{run}"]}}</script>'
    assert set(topics(keywords + '<meta name="news_keywords" content="Floods, Ansel, Dams">')) == expected


@pytest.mark.parametrize(
    ("name", "count"),
    [("War of Ansel and Bray on Ferrymen", 2), ("How the war of Ansel and Bray came about", 0)],
)
def test_a_topic_may_be_long_and_a_headline_is_none(name: str, count: int) -> None:
    row = f'<div class="tags"><a href="/tag/1">River</a> <a href="/tag/2">{name}</a></div>'
    assert len(topics(inside=row)) == count
