from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsbell.domain.cleaning import clean, html_to_text, sanitise
from newsbell.errors import NewsbellError
from tests.domain.cleaning.pages import page

BASE = "https://news.example/world/article"

PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>",
        "</a>",
        "<svg onload=alert(1)>",
        "<iframe src=//evil.example>",
        "<style>",
        "<!--",
        "-->",
        "<table><tr><td>",
        "<math><mtext>",
        "<a href=data:text/html,x>",
        "&lt;script&gt;",
        "<meta http-equiv=refresh content='0;url=//x'>",
        "\x00",
        "\ud800",
        "<form action=/x>",
        "<p onclick=alert(1)>",
        "<base href=//evil.example/>",
        "text ",
        "<noscript>",
        "<template>",
        "<a href=' java\nscript:alert(1)'>",
        "]]>",
        "<h2>",
        "</li>",
        "<object data=x>",
        "<xmp>",
        "<textarea>",
        "<title>",
    ]
)
SOUP = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=40).map("".join)
FORBIDDEN = re.compile(
    r"<\s*/?(?:script|style|iframe|object|embed|svg|math|form|input|button|meta|base|link|template|noscript|html|body)\b"
    r"|<[^>]*\son\w+\s*=|<[^>]*(?:href|src)=\"(?!https?://|mailto:)",
    re.IGNORECASE,
)


@given(SOUP)
def test_nothing_that_runs_is_left(soup: str) -> None:
    assert not FORBIDDEN.search(sanitise(soup, BASE))


@given(SOUP)
@example("<h2><A<p><h2>")  # an unknown tag between two headings
def test_sanitising_twice_changes_nothing(soup: str) -> None:
    once = sanitise(soup, BASE)
    assert sanitise(once) == once
    assert sanitise(once, BASE) == once


@given(SOUP)
def test_a_hostile_page_is_cleaned_or_refused(soup: str) -> None:
    try:
        article = clean(page(soup, head=soup, title=soup), BASE, content_type="text/html")
    except NewsbellError:
        return
    assert not FORBIDDEN.search(article.body_html)
    shown = [
        article.title,
        article.summary,
        article.body_text,
        *article.byline,
        *(topic.name for topic in article.topics),
    ]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "".join(shown))


@given(st.one_of(st.text(), st.binary()), st.sampled_from(["", BASE]))
def test_anything_at_all_is_cleaned_or_refused(source: str | bytes, url: str) -> None:
    with contextlib.suppress(NewsbellError):
        clean(source, url)


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ('<a href="/a">x</a>', '<a href="https://news.example/a" rel="noopener noreferrer nofollow">x</a>'),
        (
            '<a href="mailto:a@b.example">x</a>',
            '<a href="mailto:a@b.example" rel="noopener noreferrer nofollow">x</a>',
        ),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer nofollow">x</a>'),
        ('<img src="b.png" alt="B" onerror="x">', '<img src="https://news.example/world/b.png" alt="B">'),
        ('<img src="data:image/png;base64,AA">', "<img>"),
        ('<p style="x" class="y" dir="rtl" lang="he">x</p>', '<p dir="rtl" lang="he">x</p>'),
        ('<td colspan="2" rowspan="x">x</td>', "x"),
        ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
        ("<custom-tag>x</custom-tag>", "x"),
    ],
)
def test_tags_and_attributes(html: str, cleaned: str) -> None:
    assert sanitise(html, BASE) == cleaned


def test_relative_links_without_a_base_are_dropped() -> None:
    assert "href" not in sanitise('<a href="/a">x</a>')


def test_html_as_text_has_a_line_for_each_paragraph() -> None:
    assert (
        html_to_text("<p>One &amp; <b>two</b></p><ul><li>three</li><li>four</li></ul>")
        == "One & two\nthree\nfour"
    )
