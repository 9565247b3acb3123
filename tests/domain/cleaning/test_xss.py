"""No known way to hide a script survives: looked at by a parser here, by a real browser in tests/e2e."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.cleaning import clean, clean_restoring, sanitise
from newsbell.errors import NewsbellError
from tests.domain.cleaning.pages import page
from tests.domain.cleaning.safety import check, dangers
from tests.domain.cleaning.test_sanitise import BASE
from tests.domain.cleaning.xss import VECTORS


@pytest.mark.parametrize("vector", VECTORS)
def test_a_known_vector_is_harmless_when_sanitised(vector: str) -> None:
    for html in (vector, f"<p>{vector}</p>", f"<table><tr><td>{vector}", f"<svg>{vector}", f"<math>{vector}"):
        once = sanitise(html, BASE)
        assert dangers(once) == []
        assert sanitise(once, BASE) == once


@pytest.mark.parametrize("vector", VECTORS)
def test_a_known_vector_in_a_page_is_harmless(vector: str) -> None:
    html = page(f"<p>Before {vector} after.</p>", head=vector, title=f"River {vector}")
    with contextlib.suppress(NewsbellError):
        article = clean(html, BASE, content_type="text/html")
        check(article, BASE)
        check(clean_restoring(html, BASE, content_type="text/html", restored=article.removals), BASE)


def test_a_danger_would_be_noticed() -> None:
    assert dangers("<p>x</p><script>hit(1)</script>") == ["script"]
    assert dangers("<p onclick='x'><a href='javascript:x'>x</a></p>") == [
        "p onclick=x",
        "a href=javascript:x",
    ]
    assert dangers('<abbr title="&lt;img onerror=x&gt;"><a href="https://a.example">x</a></abbr>') == []


@given(st.lists(st.one_of(st.sampled_from(VECTORS), st.text(max_size=12)), max_size=8).map("".join))
def test_vectors_in_any_mixture_are_harmless(soup: str) -> None:
    assert dangers(sanitise(soup, BASE)) == []
    with contextlib.suppress(NewsbellError):
        article = clean(page(soup), BASE, content_type="text/html")
        check(article, BASE)
        check(clean_restoring(page(soup), BASE, content_type="text/html", restored=article.removals), BASE)
