"""A page that is too much for the cleaning is refused, and the server goes on."""

from __future__ import annotations

from collections.abc import Sequence

from newsbell.config import Settings
from newsbell.domain.article import CleanArticle, Removal
from newsbell.domain.cleaning import clean_restoring
from newsbell.errors import RefusedError
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import Clock
from tests.pages import news_page
from tests.web.site import build


def breaks_on_some(
    source: str | bytes,
    url: str = "",
    *,
    content_type: str | None = None,
    restored: Sequence[Removal] = (),
) -> CleanArticle:
    if url.endswith("/bomb"):
        raise RefusedError("Too much.", code="cleaning_too_slow", field="content")
    return clean_restoring(source, url, content_type=content_type, restored=restored)


def test_a_page_that_breaks_the_cleaning_is_refused_and_the_next_is_saved(
    settings: Settings, database: Database
) -> None:
    site = build(settings, database, Clock(NOW), cleaner=breaks_on_some)
    broken = site.save(url="https://paper.example/bomb")
    assert broken.status_code == 422
    assert broken.json == {"code": "cleaning_too_slow", "message": "Too much.", "field": "html"}
    assert site.rows()["articles"] == 0
    assert site.save(html=news_page()).status_code == 201
