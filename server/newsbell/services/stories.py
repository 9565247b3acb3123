"""Which story an article is of: the same or nearly the same text is one story, and rings once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbell.domain.article import Article, CleanArticle
from newsbell.domain.likeness import Likeness, bands, is_same_story, likeness_of, shared
from newsbell.domain.stories import text_digest
from newsbell.storage import stories as store
from newsbell.storage.database import Connection

LASTS = timedelta(days=14)
"""Nearly the same text so long after is news again: a yearly report, a notice that comes every month."""


@dataclass(frozen=True, kw_only=True)
class StoryText:
    """What an article's text is compared by."""

    digest: str
    likeness: Likeness
    bands: tuple[int, ...]


def text_of(cleaned: CleanArticle) -> StoryText:
    """What the page's text is compared by; computed before a transaction, for it takes milliseconds."""
    likeness = likeness_of(cleaned.body_text)
    return StoryText(
        digest=text_digest(cleaned.body_text, cleaned.title), likeness=likeness, bands=bands(likeness)
    )


def story_of(conn: Connection, text: StoryText, published_at: datetime | None, now: datetime) -> int:
    """The story of a new article: that of the same text, else of nearly the same, else a new one."""
    known = store.find_story(conn, text.digest)
    if known is not None:
        return known
    near = _nearest(conn, text, min(published_at or now, now))
    if near is None:
        return store.add_story(conn, text.digest, now)
    store.add_text(conn, near, text.digest)
    return near


def remember_text(conn: Connection, story_id: int, article_id: int, text: StoryText) -> None:
    """From now on the article is found by this text; whoever saves it elsewhere saves the same story."""
    store.add_text(conn, story_id, text.digest)
    store.set_bands(conn, article_id, text.bands)


def catch_up(conn: Connection, article: Article, text: StoryText) -> None:
    """Make an article findable by its text that was stored before nearly the same texts were looked for."""
    if not store.has_bands(conn, article.id):
        remember_text(conn, article.story_id, article.id, text)


def _nearest(conn: Connection, text: StoryText, moment: datetime) -> int | None:
    found = store.candidates(conn, text.bands, since=moment - LASTS, until=moment + LASTS)
    alike = [
        (shared(text.likeness, other), candidate.story_id)
        for candidate in found
        if is_same_story(text.likeness, other := likeness_of(candidate.body_text))
    ]
    return max(alike, default=(0.0, None), key=lambda one: one[0])[1]
