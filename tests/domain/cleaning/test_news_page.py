"""A whole news page, as sites write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import URL, fixture

STANDFIRST = (
    "After nine days without a crossing, the crews accept a pay offer and the first boat leaves at dawn."
)


@pytest.fixture(scope="module")
def article() -> CleanArticle:
    return clean(fixture("harbour.html"), URL + "?utm_medium=social#top")


def test_the_head_is_read(article: CleanArticle) -> None:
    zone = timezone(timedelta(hours=2))
    assert article.title == "Ferry crews in Port Ansel vote to end strike"
    assert article.byline == ("Mara Lindqvist", "Teo Okafor")
    assert article.published_at == datetime(2026, 3, 14, 6, 30, tzinfo=zone)
    assert article.modified_at == datetime(2026, 3, 14, 8, 5, tzinfo=zone)
    assert (article.site_name, article.language) == ("The Ansel Herald", "en-GB")


def test_its_identity_has_no_tracking(article: CleanArticle) -> None:
    assert article.canonical_url == URL


def test_the_standfirst_is_the_summary_and_comes_first(article: CleanArticle) -> None:
    assert article.summary == STANDFIRST
    assert article.body_text.startswith(STANDFIRST + "\n")
    assert article.body_html.startswith(f"<p>{STANDFIRST}</p>")
    assert article.body_text.count(STANDFIRST) == 1


def test_the_lead_image_has_its_caption_and_credit(article: CleanArticle) -> None:
    assert article.lead_image is not None
    assert article.lead_image.url == "https://img.anselherald.example/2026/ferry-dawn-4711.jpg?w=1200"
    assert article.lead_image.caption == "The Solveig waits at the eastern quay."
    assert article.lead_image.credit == "Ida Marsh/Herald Pictures"


def test_captions_stay_with_their_pictures(article: CleanArticle) -> None:
    assert "The Solveig waits" not in article.body_text
    assert "<figcaption>The Solveig waits at the eastern quay. <small>" in article.body_html


@pytest.mark.parametrize(
    "kept",
    [
        "<h2>What was agreed</h2>",
        "<ul><li>A rise of ten per cent for deckhands from April onwards.</li><li>",
        "<blockquote><p>We can look our children in the eye again tonight, and",
        '<a href="https://www.anselherald.example/world/islands" rel="noopener noreferrer nofollow">',
        "<td>Ansel to Hollow Isle</td><td>05:40</td>",
    ],
)
def test_what_gives_the_text_its_shape_survives(article: CleanArticle, kept: str) -> None:
    assert kept in article.body_html


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("title repeated", "Ferry crews in Port Ansel vote to end strike"),
        ("byline", "By Mara Lindqvist and Teo Okafor"),
        ("share bar", "Copy link"),
        ("newsletter", "Sign up for our morning newsletter and never miss a story"),
        ("picture credit", "Featured Image Credit: Ida Marsh/Herald Pictures"),
        ("topics line", "Topics: Port Ansel, Ferries, Labour disputes"),
        ("tip line", "If you have a story for us, please email [email protected]"),
        ("related", "Related articles"),
        ("not the article", "How the harbour grew in a century"),
    ],
)
def test_what_is_taken_out_is_recorded(article: CleanArticle, rule: str, text: str) -> None:
    assert (rule, text) in [(removal.rule, removal.text) for removal in article.removals]
    assert text not in article.body_text
    assert text not in article.body_html


def test_topics_are_those_declared_without_site_and_section(article: CleanArticle) -> None:
    assert [topic.name for topic in article.topics] == ["Port Ansel", "Ferries", "Strike", "Labour disputes"]
    assert {topic.origin for topic in article.topics} == {"declared"}


def test_a_german_page_in_latin_1_with_breaks_for_paragraphs() -> None:
    article = clean(fixture("fluss.html"), "https://lenntaler-bote.example/a/1")
    assert article.title == "Die Lenn tritt über die Ufer"
    assert article.byline == ("Käthe Brühl",)
    assert len(article.body_text.split("\n")) == 3
    assert [topic.name for topic in article.topics] == ["Hochwasser", "Lenntal"]
    assert ("related", "Lesen Sie auch: Warum der Damm nie erhöht wurde") in [
        (removal.rule, removal.text) for removal in article.removals
    ]


def test_text_from_right_to_left_survives() -> None:
    article = clean(fixture("madina.html"), "https://madina.example/1")
    assert article.language == "ar"
    assert '<bdi dir="ltr">C++</bdi>' in article.body_html
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-01-09T09:00:00+03:00"
    assert [topic.name for topic in article.topics] == ["مكتبات", "تراث"]
