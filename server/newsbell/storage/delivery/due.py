"""What is due now, by number: for whoever shares the work out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.delivery.pauses import paused
from newsbell.storage.delivery.retries import waiting_services
from newsbell.storage.schema import alerts, batches, retries

# The last in line first: those for whom it is too late stand before.
_MAY_STILL_RING = (
    sa.select(retries.c.subscription_id)
    .join(alerts, alerts.c.id == retries.c.alert_id)
    .where(retries.c.service == sa.bindparam("service"), retries.c.witness == sa.bindparam("witness"))
    .where(alerts.c.expires_at > sa.bindparam("now"))
    .order_by(retries.c.due_at.desc())
    .limit(1)
)


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
    to_retry = (
        sa.select(retries.c.subscription_id)
        .join(alerts, alerts.c.id == retries.c.alert_id)
        .where(retries.c.service.is_(None), retries.c.due_at <= now, alerts.c.expires_at > now)
        .limit(limit)
        .subquery()
    )
    plans = to_plan.order_by(alerts.c.due_at, alerts.c.id).limit(limit)
    sends = to_send.order_by(batches.c.due_at, batches.c.id).limit(limit)
    return Due(
        alerts=list(conn.execute(plans).scalars()),
        batches=list(conn.execute(sends).scalars()),
        retries=conn.execute(sa.select(sa.func.count()).select_from(to_retry)).scalar_one(),
        waiting=_someone_waits(conn, now, limit),
    )


def _someone_waits(conn: Connection, now: datetime, at_once: int) -> bool:
    """Whether anybody waits for a push service that is not paused: a look for each, however many wait."""
    left_alone = paused(conn, now)
    after = ""
    while hosts := waiting_services(conn, at_once, after=after):
        for host, kinds in hosts.items():
            for witness in kinds if host not in left_alone else ():
                values = {"now": now, "service": host, "witness": witness}
                if conn.execute(_MAY_STILL_RING, values).first():
                    return True
        after = next(reversed(hosts))
    return False
