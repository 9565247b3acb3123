"""The second extractor is asked where the first finds next to nothing, and only there."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest
import trafilatura

from newsbell.domain.cleaning.vote import extracted_text
from tests.domain.cleaning.pages import PARAGRAPHS, page
from tests.pages import paragraphs_of


def _asked(monkeypatch: pytest.MonkeyPatch, html: str) -> tuple[str, list[bool]]:
    asked: list[bool] = []
    real = trafilatura.bare_extraction

    def noted(*given: Any, **named: Any) -> Any:
        asked.append(named["fast"])
        return real(*given, **named)

    monkeypatch.setattr(trafilatura, "bare_extraction", noted)
    return extracted_text(lxml.html.document_fromstring(html), ""), asked


def test_an_article_that_is_found_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "".join(
        f"<p>{text}</p>" for name in ("harbour", "quarry", "orchard") for text in paragraphs_of(name)
    )
    text, asked = _asked(monkeypatch, page(long))
    assert PARAGRAPHS[2] in text
    assert asked == [True]


def test_a_short_one_is_looked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    text, asked = _asked(monkeypatch, page())
    assert PARAGRAPHS[2] in text
    assert asked == [True, False]


def test_scripts_and_styles_of_the_page_stay_where_they_are() -> None:
    tree = lxml.html.document_fromstring(page("<script>1</script>"))
    extracted_text(tree, "")
    assert sum(1 for _ in tree.iter("script")) == 1
