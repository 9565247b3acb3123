"""What a page's head says is text; only real markup in it goes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.cleaning import clean
from newsbell.domain.cleaning.values import plain_text
from tests.domain.cleaning.pages import page

URL = "https://news.example/a"


@pytest.mark.parametrize(
    "text",
    [
        "Why <blink> left HTML",
        "If a < b and c > d, who wins?",
        "<script>x</script>",
        "The <i> that nobody closed",
        "The end </b> that nobody began",
        "I <3 the harbour",
        "<picture> or <audio>: a guide",
    ],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("A <b>bold</b> move", "A bold move"),
        ('<p class="x">One.</p><p>Two.</p>', "One. Two."),
        ("<p>Cut short, with <em>one <strong>in</strong> another</em>", "Cut short, with one in another"),
        ("One<br/>two", "One two"),
        ("<!-- wp:paragraph -->Text", "Text"),
        ("Rock &amp; roll", "Rock & roll"),
        ("A &lt;i&gt;real&lt;/i&gt; pair", "A real pair"),
    ],
)
def test_real_markup_goes(value: str, text: str) -> None:
    assert plain_text(value) == text


_PIECES = st.sampled_from(["<b>", "</b>", "<p>", "</p>", "<br>", "<!-- x -->", "<x>", "river", "dam", " & "])


@given(st.lists(_PIECES, max_size=20))
def test_no_word_is_lost_and_no_strange_tag(pieces: list[str]) -> None:
    words = re.compile("<x>|river|dam|&")
    assert words.findall(plain_text(" ".join(pieces))) == words.findall(" ".join(pieces))


def test_a_title_about_tags_is_kept_and_not_repeated_in_the_body() -> None:
    article = clean(page(title="Why &lt;blink&gt; left HTML"), URL)
    assert article.title == "Why <blink> left HTML"
    assert "blink" not in article.body_html
    assert "title repeated" in {removal.rule for removal in article.removals}


def test_a_site_may_be_named_like_a_tag() -> None:
    head = '<meta property="og:site_name" content="&lt;script&gt;x&lt;/script&gt;">'
    assert clean(page(head=head), URL).site_name == "<script>x</script>"
