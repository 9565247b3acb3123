"""What an operator wants to know of a store, and nothing else reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import retries, subscriptions


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """The messages that wait for one push service, by its host. `since` is the place in line of the first,
    which came up to a minute before that.
    """

    service: str
    messages: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The messages that wait for push services, how many of those they wait for, since when the first does,
    and the longest lines.
    """

    messages: int = 0
    services: int = 0
    since: datetime | None = None
    longest: Sequence[ServiceLine] = ()


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


def waiting(conn: Connection, limit: int) -> Waiting:
    """Who waits for push services, with the `limit` longest lines. A reader counts once for each story; for
    one that is too late to ring, too, until that is swept away.

    It reads the index of those who wait, and so costs what they are and not what else is stored: some 20 ms
    for 100,000. PostgreSQL reads the table instead where they are most of it.
    """
    waits = retries.c.service.is_not(None)
    lines = sa.select(
        retries.c.service, sa.func.count().label("messages"), sa.func.min(retries.c.due_at).label("since")
    )
    line = lines.where(waits).group_by(retries.c.service).subquery().c
    query = sa.select(
        *(line.service, line.messages, line.since),
        sa.func.sum(line.messages).over(),
        sa.func.count().over(),
        sa.func.min(line.since).over(),
    )
    rows = conn.execute(query.order_by(line.messages.desc(), line.service).limit(limit)).all()
    if not rows:
        return Waiting()
    *_, messages, services, since = rows[0]
    longest = [ServiceLine(service=row.service, messages=row.messages, since=row.since) for row in rows]
    return Waiting(messages=int(messages), services=services, since=since, longest=longest)
