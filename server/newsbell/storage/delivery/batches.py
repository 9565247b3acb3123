"""Batches: ranges of followers, claimed by one worker at a time, sent, done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from newsbell.domain.subscription import PushTarget
from newsbell.storage.database import Connection
from newsbell.storage.delivery.followers import alert_topic_ids, followers
from newsbell.storage.schema import alerts, batches, retries, subscriptions


@dataclass(frozen=True, kw_only=True)
class ClaimedBatch:
    """A batch a worker is to send; `attempts` counts the claims, this one too."""

    id: int
    alert_id: int
    article_id: int
    story_id: int
    after_id: int
    until_id: int
    expires_at: datetime
    attempts: int


class Recipient(NamedTuple):
    """One browser to ring for the first time for an alert. `proven`: it was rung before. `failing`: the last
    message to it failed.
    """

    alert_id: int
    subscription_id: int
    target: PushTarget
    vapid_key_id: int
    proven: bool
    failing: bool = False
    attempts: int = 0


def claim_batch(
    conn: Connection, worker: str, now: datetime, lease: timedelta, *, batch_id: int | None = None
) -> ClaimedBatch | None:
    """The batch that has waited longest, or whose lease ran out, of an alert that may still ring; with
    `batch_id` that one or none. No two workers are given the same while a lease lasts.
    """
    due = (
        sa.select(batches.c.id, alerts.c.article_id, alerts.c.story_id, alerts.c.expires_at)
        .join(alerts, alerts.c.id == batches.c.alert_id)
        .where(batches.c.done_at.is_(None), batches.c.due_at <= now, alerts.c.expires_at > now)
        .order_by(batches.c.due_at, batches.c.id)
        .limit(1)
        .with_for_update(of=batches, skip_locked=True)
    )
    if batch_id is not None:
        due = due.where(batches.c.id == batch_id)
    found = conn.execute(due).mappings().first()
    if found is None:
        return None
    row = (
        conn.execute(
            sa.update(batches)
            .where(batches.c.id == found["id"], batches.c.done_at.is_(None), batches.c.due_at <= now)
            .values(worker=worker, due_at=now + lease, attempts=batches.c.attempts + 1)
            .returning(batches.c.alert_id, batches.c.after_id, batches.c.until_id, batches.c.attempts)
        )
        .mappings()
        .first()
    )
    return None if row is None else ClaimedBatch(**found, **row)


def recipients(conn: Connection, batch: ClaimedBatch) -> list[Recipient]:
    """Whom to ring for a batch: each once, in the order of their numbers.

    Those in its range who follow a topic of the alert, subscribed before it, and are not suspended. Who is
    already waiting for another try is left to that.
    """
    members = followers(alert_topic_ids(conn, batch.alert_id), after=batch.after_id, until=batch.until_id)
    if members is None:
        return []
    member = members.order_by(None).subquery()
    reader = subscriptions.c
    waiting = sa.exists().where(retries.c.alert_id == batch.alert_id, retries.c.subscription_id == reader.id)
    asked_at = sa.select(alerts.c.created_at).where(alerts.c.id == batch.alert_id).scalar_subquery()
    query = (
        sa.select(
            reader.id,
            reader.endpoint,
            reader.p256dh,
            reader.auth,
            reader.vapid_key_id,
            # As the database says it: making each a bool is a tenth of what reading a recipient costs.
            sa.type_coerce(reader.first_success_at.is_not(None), sa.Integer),
            sa.type_coerce(reader.failing_since.is_not(None), sa.Integer),
        )
        .join(member, member.c.id == reader.id)
        # The range again, for PostgreSQL: without it a merge join reads all subscriptions.
        .where(reader.id > batch.after_id, reader.id <= batch.until_id)
        .where(reader.suspended_at.is_(None), reader.created_at <= asked_at, ~waiting)
        .order_by(reader.id)
    )
    alert_id = batch.alert_id
    return [
        Recipient(alert_id, number, PushTarget(endpoint, p256dh, auth), key_id, bool(proven), bool(failing))
        for number, endpoint, p256dh, auth, key_id, proven, failing in conn.execute(query).all()
    ]


def extend_lease(
    conn: Connection,
    batch_id: int,
    worker: str,
    now: datetime,
    lease: timedelta,
    *,
    after_id: int | None = None,
) -> bool:
    """Hold the batch for another lease from now; False where it is not this worker's any more.

    With `after_id`, the number of the last recipient whose answer is written down in the same transaction,
    the range begins behind it: whoever claims the batch next does not ring those before again.
    """
    values: dict[str, Any] = {"due_at": now + lease}
    if after_id is not None:
        # Never up to the end of the range, where the next batch begins: no two batches of an alert begin at
        # one place.
        values["after_id"] = sa.case((batches.c.until_id > after_id, after_id), else_=batches.c.until_id - 1)
    return _change_mine(conn, batch_id, worker, values)


def finish_batch(conn: Connection, batch_id: int, worker: str, now: datetime) -> bool:
    """Every recipient was tried; False where it is not this worker's any more."""
    return _change_mine(conn, batch_id, worker, {"done_at": now, "worker": None})


def _change_mine(conn: Connection, batch_id: int, worker: str, values: dict[str, Any]) -> bool:
    mine = (batches.c.id == batch_id, batches.c.worker == worker, batches.c.done_at.is_(None))
    return bool(conn.execute(sa.update(batches).where(*mine).values(values)).rowcount)
