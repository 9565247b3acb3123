"""Stories: articles with the same or nearly the same text, and every text that one of them had."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import articles, stories, story_bands, story_texts
from newsbell.storage.statements import insert, take_turn

MOST_CANDIDATES = 20
"""Articles whose texts are compared with a new one; those that share most bands with it come first."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An article whose text may be nearly the same."""

    story_id: int
    body_text: str


def find_story(conn: Connection, text_digest: str) -> int | None:
    """The story of the articles whose text has, or had, this digest."""
    query = sa.select(story_texts.c.story_id).where(story_texts.c.text_digest == text_digest)
    return conn.execute(query).scalar()


def add_story(conn: Connection, text_digest: str, now: datetime) -> int:
    """The story of this digest, made where it is not there, by two writers at once too."""
    take_turn(conn)
    known = find_story(conn, text_digest)
    if known is not None:
        return known
    made: int = conn.execute(sa.insert(stories).values(created_at=now).returning(stories.c.id)).scalar_one()
    add_text(conn, made, text_digest)
    return made


def add_text(conn: Connection, story_id: int, text_digest: str) -> None:
    """An article of the story has this text now; a text that is another story's stays that one's."""
    row = insert(conn, story_texts).values(text_digest=text_digest, story_id=story_id)
    conn.execute(row.on_conflict_do_nothing())


def set_bands(conn: Connection, article_id: int, bands: Collection[int]) -> None:
    """Make an article findable by its text as it is now (`newsbell.domain.likeness.bands`)."""
    conn.execute(sa.delete(story_bands).where(story_bands.c.article_id == article_id))
    if bands:
        conn.execute(
            sa.insert(story_bands), [{"band": band, "article_id": article_id} for band in set(bands)]
        )


def has_bands(conn: Connection, article_id: int) -> bool:
    """Whether an article is findable by its text; those stored before there were bands are not."""
    row = sa.select(story_bands.c.band).where(story_bands.c.article_id == article_id).limit(1)
    return conn.execute(row).first() is not None


def candidates(
    conn: Connection, bands: Collection[int], *, since: datetime, until: datetime
) -> list[Candidate]:
    """The articles dated in that time that have a band in common, those with most in common first."""
    if not bands:
        return []
    shared = (
        sa.select(story_bands.c.article_id, sa.func.count().label("bands"))
        .join(articles, articles.c.id == story_bands.c.article_id)
        .where(story_bands.c.band.in_(bands), articles.c.sort_at.between(since, until))
        .group_by(story_bands.c.article_id)
        .order_by(sa.desc("bands"), story_bands.c.article_id)
        .limit(MOST_CANDIDATES)
        .subquery()
    )
    query = (
        sa.select(articles.c.story_id, articles.c.body_text)
        .join(shared, shared.c.article_id == articles.c.id)
        .order_by(shared.c.bands.desc(), articles.c.id)
    )
    return [Candidate(story_id=row.story_id, body_text=row.body_text) for row in conn.execute(query)]
