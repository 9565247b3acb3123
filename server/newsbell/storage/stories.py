"""Stories: articles with the same text, and every text that one of them had."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import stories, story_texts
from newsbell.storage.statements import insert, take_turn


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
