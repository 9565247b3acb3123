"""What an operator wants to know of a store, and nothing else reads."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import subscriptions


def server_time(conn: Connection) -> datetime | None:
    """The clock of the database's machine; None for SQLite, which is on ours."""
    if conn.dialect.name == "sqlite":
        return None
    moment: datetime = conn.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment


def count_suspended(conn: Connection) -> int:
    """How many subscriptions are not rung because their push service refuses our key."""
    query = sa.select(sa.func.count()).where(subscriptions.c.suspended_at.is_not(None))
    return conn.execute(query).scalar_one()
