"""Push services that are left alone for a while, by host."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import push_pauses
from newsbell.storage.statements import insert


def pause(conn: Connection, host: str, until: datetime) -> None:
    """Send nothing to this host before `until`."""
    row = insert(conn, push_pauses).values(host=host, until=until)
    conn.execute(row.on_conflict_do_update(index_elements=[push_pauses.c.host], set_={"until": until}))


def paused(conn: Connection, now: datetime) -> dict[str, datetime]:
    """The hosts that are paused now, each with the end of it."""
    rows = conn.execute(sa.select(push_pauses.c.host, push_pauses.c.until).where(push_pauses.c.until > now))
    return {row.host: row.until for row in rows}
