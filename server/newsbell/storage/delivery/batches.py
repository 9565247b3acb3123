"""Batches: ranges of followers, claimed by one worker at a time, sent, done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsbell.domain.subscription import PushTarget
from newsbell.storage.database import Connection
from newsbell.storage.delivery.followers import alert_topic_ids, follower_values, followers
from newsbell.storage.schema import alerts, batches, retries, subscriptions


@dataclass(frozen=True, kw_only=True)
class ClaimedBatch:
    """A batch a worker is to send; `attempts` counts the claims, this one too."""

    id: int
    alert_id: int
    story_id: int
    after_id: int
    until_id: int
    expires_at: datetime
    attempts: int


class Recipient(NamedTuple):
    """One browser to ring for the first time for an alert. `proven`: it was rung before. `failing`: the last
    message to it was not taken.
    """

    alert_id: int
    subscription_id: int
    target: PushTarget
    vapid_key_id: int
    proven: bool
    failing: bool = False
    attempts: int = 0


# The statements of every batch are made once: making one costs several times what executing it does.
_now: sa.BindParameter[datetime] = sa.bindparam("now")
_MINE = batches.c.id == sa.bindparam("batch"), batches.c.worker == sa.bindparam("name")
_DUE = (
    sa.select(batches.c.id, alerts.c.story_id, alerts.c.expires_at)
    .join(alerts, alerts.c.id == batches.c.alert_id)
    .where(batches.c.done_at.is_(None), batches.c.due_at <= _now, alerts.c.expires_at > _now)
    .order_by(batches.c.due_at, batches.c.id)
    .limit(1)
    .with_for_update(of=batches, skip_locked=True)
)
_THIS_DUE = _DUE.where(batches.c.id == sa.bindparam("batch"))
_CLAIM = (
    sa.update(batches)
    .where(batches.c.id == sa.bindparam("batch"), batches.c.done_at.is_(None), batches.c.due_at <= _now)
    .values(worker=sa.bindparam("name"), due_at=sa.bindparam("lease_ends"), attempts=batches.c.attempts + 1)
    .returning(batches.c.alert_id, batches.c.after_id, batches.c.until_id, batches.c.attempts)
)
_EXTEND = (
    sa.update(batches)
    .where(*_MINE, batches.c.done_at.is_(None))
    .values(due_at=sa.bindparam("lease_ends"), after_id=sa.bindparam("written"))
)
_FINISH = sa.update(batches).where(*_MINE).values(done_at=_now)


def claim_batch(
    conn: Connection, worker: str, now: datetime, lease: timedelta, *, batch_id: int | None = None
) -> ClaimedBatch | None:
    """The batch that has waited longest, or whose lease ran out, of an alert that may still ring; with
    `batch_id` that one or none. No two workers are given the same while a lease lasts.
    """
    if batch_id is None:
        found = conn.execute(_DUE, {"now": now}).mappings().first()
    else:
        found = conn.execute(_THIS_DUE, {"now": now, "batch": batch_id}).mappings().first()
    if found is None:
        return None
    claim = {"batch": found["id"], "now": now, "name": worker, "lease_ends": now + lease}
    row = conn.execute(_CLAIM, claim).mappings().first()
    return None if row is None else ClaimedBatch(**found, **row)


def recipients(conn: Connection, batch: ClaimedBatch) -> list[Recipient]:
    """Whom to ring for a batch: each once, in the order of their numbers.

    Those in its range who follow a topic of the alert and are not suspended. Who is already waiting for
    another try is left to that.
    """
    topic_ids = alert_topic_ids(conn, batch.alert_id)
    if not topic_ids:
        return []
    alert_id = batch.alert_id
    values = follower_values(topic_ids, after=batch.after_id, until=batch.until_id) | {"alert": alert_id}
    return [
        Recipient(alert_id, number, PushTarget(endpoint, p256dh, auth), key_id, bool(proven), bool(failing))
        for number, endpoint, p256dh, auth, key_id, proven, failing in conn.execute(
            _recipients(len(topic_ids)), values
        ).all()
    ]


def count_recipients(conn: Connection, alert_id: int, *, after: int, until: int) -> int:
    """How many there are to ring for an alert in the range (after, until]."""
    topic_ids = alert_topic_ids(conn, alert_id)
    if not topic_ids:
        return 0
    values = follower_values(topic_ids, after=after, until=until) | {"alert": alert_id}
    return conn.execute(_count(len(topic_ids)), values).scalar_one()


@lru_cache(maxsize=64)
def _count(topics: int) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(_recipients(topics).order_by(None).subquery())


@lru_cache(maxsize=64)
def _recipients(topics: int) -> sa.Select[Any]:
    member = followers(topics).order_by(None).subquery()
    reader = subscriptions.c
    alert: sa.BindParameter[int] = sa.bindparam("alert")
    waiting = sa.exists().where(retries.c.alert_id == alert, retries.c.subscription_id == reader.id)
    return (
        sa.select(
            reader.id,
            reader.endpoint,
            reader.p256dh,
            reader.auth,
            reader.vapid_key_id,
            # As the database says it: making each a bool is a tenth of what reading a recipient costs.
            sa.type_coerce(reader.first_success_at.is_not(None), sa.Integer),
            sa.type_coerce(
                sa.or_(reader.failing_since.is_not(None), reader.refused_since.is_not(None)), sa.Integer
            ),
        )
        .join(member, member.c.id == reader.id)
        # The range again, for PostgreSQL: without it a merge join reads all subscriptions.
        .where(reader.id > sa.bindparam("after"), reader.id <= sa.bindparam("until"))
        .where(reader.suspended_at.is_(None), ~waiting)
        .order_by(member.c.id)  # in which SQLite walks the followers anyway; it sorts by the other one
    )


def extend_lease(
    conn: Connection,
    batch_id: int,
    worker: str,
    now: datetime,
    lease: timedelta,
    *,
    after_id: int,
) -> bool:
    """Hold the batch for another lease from now; False where it is not this worker's any more.

    `after_id` is the number of the last recipient whose answer is written down in the same transaction. The
    range begins behind it: whoever claims the batch next does not ring those before again. With the last of
    all the batch is to be finished instead: where its range ends, the next one begins.
    """
    values = {"batch": batch_id, "name": worker, "lease_ends": now + lease, "written": after_id}
    return bool(conn.execute(_EXTEND, values).rowcount)


def finish_batch(conn: Connection, batch_id: int, worker: str, now: datetime) -> bool:
    """Every recipient was tried; False where it is not this worker's any more. It may be said again: who
    heard nothing of the first time cannot tell whether it was stored.
    """
    return bool(conn.execute(_FINISH, {"batch": batch_id, "name": worker, "now": now}).rowcount)
