"""A page saved as text."""

from __future__ import annotations

import textwrap

import pytest

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean, clean_text
from newsbell.errors import RefusedError, TooLargeError
from tests.domain.cleaning.pages import PARAGRAPHS, URL, fixture


@pytest.fixture(scope="module")
def article() -> CleanArticle:
    return clean(fixture("harbour.txt"))


def rules(article: CleanArticle) -> list[tuple[str, str]]:
    return [(removal.rule, removal.text) for removal in article.removals]


def test_the_title_is_the_first_line_that_is_not_noise(article: CleanArticle) -> None:
    assert article.title == "Ferry crews in Port Ansel vote to end strike"
    assert article.title not in article.body_text


def test_address_byline_and_dates_are_read_from_their_lines(article: CleanArticle) -> None:
    assert article.canonical_url == URL
    assert article.byline == ("Mara Lindqvist", "Teo Okafor")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-14T06:30:00+00:00"
    assert article.modified_at is not None
    assert article.modified_at.isoformat() == "2026-03-14T08:05:00+00:00"


def test_the_topics_line_gives_topics_and_leaves_the_body(article: CleanArticle) -> None:
    assert [topic.name for topic in article.topics] == ["Port Ansel", "Ferries", "Labour disputes"]
    assert "Topics" not in article.body_text


def test_the_body_is_all_paragraphs_and_nothing_else(article: CleanArticle) -> None:
    assert [line.split()[0] for line in article.body_text.split("\n")] == [
        "After",
        "Ferry",
        "What",
        "The",
        "A",
        "No",
        "Shops",
    ]
    assert "<h2>What was agreed</h2>" in article.body_html
    assert "<ul><li>A rise of ten per cent" in article.body_html


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("notification prompt", "Click 'OK' then 'Allow' to get the news as it happens"),
        ("notification prompt", "OK"),
        ("logo", "The Ansel Herald Logo"),
        ("title repeated", "Ferry crews in Port Ansel vote to end strike"),
        ("share bar", "Facebook | Twitter | WhatsApp"),
        ("picture credit", "Featured Image Credit: Ida Marsh/Herald Pictures"),
        ("newsletter", "Sign up to our newsletter"),
        ("hidden e-mail address", "[email protected]"),
        ("tip line", "If you have a story for us, please email [email protected]"),
        ("topics line", "Topics: Port Ansel, Ferries, Labour disputes"),
        ("related", "How the harbour grew in a century"),
    ],
)
def test_what_is_taken_out_is_recorded(article: CleanArticle, rule: str, text: str) -> None:
    assert (rule, text) in rules(article)


def test_the_address_given_counts_before_one_in_the_text() -> None:
    assert clean(fixture("harbour.txt"), "https://saved.example/1").canonical_url == "https://saved.example/1"


@pytest.mark.parametrize(
    "line",
    [
        "Topics: Russia, Ukraine",
        "Themen: Russia | Ukraine",
        "Temas: #Russia #Ukraine",
        "Теги: Russia, Ukraine",
        "Topics\nRussia\nUkraine",
    ],
)
def test_topics_lines_of_other_languages(line: str) -> None:
    article = clean_text("\n".join(["River rises again", *PARAGRAPHS, line]))
    assert [topic.name for topic in article.topics] == ["Russia", "Ukraine"]
    assert article.body_text == "\n".join(PARAGRAPHS)


def test_wrapped_lines_become_paragraphs() -> None:
    wrapped = "\n\n".join(textwrap.fill(text, 60) for text in PARAGRAPHS * 2)
    article = clean_text("River rises again\n\n" + wrapped)
    assert article.body_text == "\n".join(PARAGRAPHS * 2)


def test_a_single_paragraph_keeps_all_its_words() -> None:
    text = " ".join(PARAGRAPHS)
    article = clean_text(text)
    assert article.body_text == text
    assert article.title.startswith("The river rose again")


def test_markup_in_text_is_text() -> None:
    article = clean(
        "River rises\n" + "\n".join(PARAGRAPHS) + "\n<script>alert(1)</script> was typed here.",
        content_type="text/plain",
    )
    assert "<script>" in article.body_text
    assert "<script" not in article.body_html


def test_a_title_alone_is_no_article() -> None:
    with pytest.raises(RefusedError) as caught:
        clean_text("River rises again\nMore soon.")
    assert caught.value.code == "no_article"


def test_too_many_paragraphs_are_refused() -> None:
    with pytest.raises(TooLargeError):
        clean_text("a line of words\n" * 20_001)
