"""What is due now, by number: for whoever shares the work out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import alerts, batches, push_pauses, retries


@dataclass(frozen=True, kw_only=True)
class Due:
    """The numbers of alerts to plan and batches to send, the longest waiting first, and how many readers
    are to be tried again by now. `waiting`: others wait for a push service that is not paused.
    """

    alerts: list[int]
    batches: list[int]
    retries: int
    waiting: bool


def due(conn: Connection, now: datetime, *, limit: int) -> Due:
    """What could be claimed now, at most `limit` of each kind. What a worker holds is not due, nor is who
    waits for a push service that is paused; of those that only rest each worker knows for itself.
    """
    to_plan = sa.select(alerts.c.id).where(
        alerts.c.planned_at.is_(None), alerts.c.due_at <= now, alerts.c.expires_at > now
    )
    to_send = (
        sa.select(batches.c.id)
        .join(alerts, alerts.c.id == batches.c.alert_id)
        .where(batches.c.done_at.is_(None), batches.c.due_at <= now, alerts.c.expires_at > now)
    )
    to_retry = sa.select(retries.c.subscription_id).join(alerts, alerts.c.id == retries.c.alert_id)
    to_retry = to_retry.where(alerts.c.expires_at > now).limit(limit)
    by_clock = to_retry.where(retries.c.service.is_(None), retries.c.due_at <= now).subquery()
    is_paused = sa.exists().where(push_pauses.c.host == retries.c.service, push_pauses.c.until > now)
    waiting = sa.exists(to_retry.where(retries.c.service.is_not(None), ~is_paused).limit(None))
    plans = to_plan.order_by(alerts.c.due_at, alerts.c.id).limit(limit)
    sends = to_send.order_by(batches.c.due_at, batches.c.id).limit(limit)
    return Due(
        alerts=list(conn.execute(plans).scalars()),
        batches=list(conn.execute(sends).scalars()),
        retries=conn.execute(sa.select(sa.func.count()).select_from(by_clock)).scalar_one(),
        waiting=bool(conn.execute(sa.select(waiting)).scalar_one()),
    )
