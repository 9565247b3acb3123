"""What is too late to ring: given up, in terms of the readers who were to be rung."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import alerts, batches, retries, subscriptions


@dataclass(frozen=True, kw_only=True)
class Late:
    """A range of subscriptions, (after_id, until_id], that was not rung for an alert."""

    alert_id: int
    after_id: int
    until_id: int


def drop_late(conn: Connection, now: datetime, *, limit: int) -> list[Late]:
    """Give up what is too late to ring and what no worker holds: at most `limit` alerts that are not cut into
    batches to the end, and as many batches.
    """
    late = alerts.c.expires_at <= now
    last = sa.select(sa.func.coalesce(sa.func.max(subscriptions.c.id), 0)).scalar_subquery()
    to_plan = sa.select(alerts.c.id, alerts.c.cursor, sa.func.coalesce(alerts.c.until_id, last)).where(
        late, alerts.c.planned_at.is_(None), alerts.c.due_at <= now
    )
    to_send = (
        sa.select(batches.c.id, batches.c.alert_id, batches.c.after_id, batches.c.until_id)
        .join(alerts, alerts.c.id == batches.c.alert_id)
        .where(late, batches.c.done_at.is_(None), batches.c.due_at <= now)
    )
    plans = conn.execute(free(to_plan, alerts, limit)).all()
    sends = conn.execute(free(to_send, batches, limit)).all()
    planned = sa.update(alerts).where(alerts.c.id.in_([number for number, _, _ in plans]))
    done = sa.update(batches).where(batches.c.id.in_([number for number, *_ in sends]))
    conn.execute(planned.values(planned_at=now))
    conn.execute(done.values(done_at=now, worker=None))
    ranges = [*plans, *((alert, after, until) for _, alert, after, until in sends)]
    return [Late(alert_id=alert, after_id=after, until_id=until) for alert, after, until in ranges]


def drop_late_retries(conn: Connection, now: datetime, *, limit: int) -> int:
    """Give up readers who were to be tried again, and for whom it is too late: at most `limit`; how many."""
    to_retry = (
        sa.select(retries.c.alert_id, retries.c.subscription_id)
        .join(alerts, alerts.c.id == retries.c.alert_id)
        .where(alerts.c.expires_at <= now, sa.or_(retries.c.service.is_not(None), retries.c.due_at <= now))
    )
    # One statement: every claim walks over them as long as they are there. With a CTE the limit holds, too:
    # PostgreSQL may ask a plain subquery again and again.
    found = free(to_retry, retries, limit).cte("late")
    pair = sa.tuple_(retries.c.alert_id, retries.c.subscription_id)
    gone = sa.delete(retries).where(pair.in_(sa.select(*found.c))).returning(retries.c.alert_id)
    return len(conn.execute(gone).all())


def free(query: sa.Select[Any], table: sa.Table, limit: int) -> sa.Select[Any]:
    """At most `limit` rows of the table, those another transaction works on left out."""
    return query.limit(limit).with_for_update(of=table, skip_locked=True)
