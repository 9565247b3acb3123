"""Pages made to hurt: each is read or refused, and none crashes."""

from __future__ import annotations

import contextlib

import pytest

from newsbell.domain.cleaning import clean
from newsbell.errors import RefusedError, TooLargeError
from tests.domain.cleaning.pages import PARAGRAPHS, page

TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "b", "section"])
def test_deep_nesting_keeps_the_text(tag: str) -> None:
    article = clean(f"<html><body>{f'<{tag}>' * 3000}{TEXT}", content_type="text/html")
    assert article.body_text.endswith(PARAGRAPHS[-1])


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>" * 2000 + TEXT,
        "<table><tr><td>" * 1000 + TEXT,
        "<figure>" * 2000 + TEXT,
        '<script type="application/ld+json">' + "[" * 50_000 + "</script>" + TEXT,
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": {"name": [[["x"]]]}}</script>'
        + TEXT,
        "<!--" * 50_000 + TEXT,
        "<div " * 50_000 + TEXT,
        " " * 500_000 + "<html>" + TEXT,
        f"<p class='{'a ' * 50_000}'>" + TEXT,
        f"<img srcset='{'x' * 100_000} y'>" + TEXT,
        f"<meta name=description content='{'&lt;!--' * 50_000}'>" + TEXT,
        "<p>" + "[" * 100_000,
        "<li>x" + "<br>" * 50_000,
    ],
)
def test_hostile_shapes_do_not_crash(html: str) -> None:
    with contextlib.suppress(RefusedError, TooLargeError):
        clean(html, "https://news.example/a")


def test_an_index_of_thousands_of_links_is_set_aside_and_recorded() -> None:
    links = "".join(f'<li><a href="/{number}">Story number {number}</a></li>' for number in range(2_000))
    article = clean(page() + f"<ul>{links}</ul>", "https://news.example/a")
    assert [removal.text for removal in article.removals if removal.rule == "index of links"] == [
        "2000 links"
    ]


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(TooLargeError):
        clean("<p>x" * 100_001, content_type="text/html")


def test_removals_are_bounded() -> None:
    article = clean(page("".join(f"<p>Read also: Number {number}</p>" for number in range(1_000))))
    assert len(article.removals) <= 300
