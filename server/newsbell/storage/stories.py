"""Stories: articles with the same text."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import stories
from newsbell.storage.statements import insert


def find_story(conn: Connection, text_digest: str) -> int | None:
    """The story of the articles whose text has this digest."""
    return conn.execute(sa.select(stories.c.id).where(stories.c.text_digest == text_digest)).scalar()


def add_story(conn: Connection, text_digest: str, now: datetime) -> int:
    """The story of this digest, made where it is not there, by two writers at once too."""
    row = insert(conn, stories).values(text_digest=text_digest, created_at=now).on_conflict_do_nothing()
    made: int | None = conn.execute(row.returning(stories.c.id)).scalar()
    if made is not None:
        return made
    known = find_story(conn, text_digest)
    assert known is not None, "what kept it from being made is there"
    return known
