"""Delivery as rows: alert → batches → retries. Whatever a worker holds, it holds for the time of a lease.

An alert is cut into batches, each a range of subscriptions (after_id, until_id]. Claiming is a conditional
UPDATE that puts a row's `due_at` at the end of the lease, so what a dead worker held is due again by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsbell.domain.subscription import PushTarget
from newsbell.storage.database import Connection
from newsbell.storage.schema import (
    alert_topics,
    alerts,
    batches,
    retries,
    stories,
    subscription_topics,
    subscriptions,
    workers,
)
from newsbell.storage.statements import insert


@dataclass(frozen=True, kw_only=True)
class PlannedAlert:
    """An alert whose batches a worker is to make."""

    id: int
    article_id: int
    story_id: int
    expires_at: datetime


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


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One browser to ring."""

    subscription_id: int
    target: PushTarget
    vapid_key_id: int


@dataclass(frozen=True, kw_only=True)
class ClaimedRetry:
    """One browser that could not be reached before; `attempts` counts the tries that failed."""

    alert_id: int
    article_id: int
    story_id: int
    subscription_id: int
    target: PushTarget
    vapid_key_id: int
    expires_at: datetime
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Pending:
    """What is still to do. `oldest_due` is since when the longest waiting of it could have been done; None
    where nothing waits.
    """

    alerts: int
    batches: int
    retries: int
    oldest_due: datetime | None


def add_alert(
    conn: Connection,
    story_id: int,
    article_id: int,
    topic_ids: Collection[int],
    *,
    now: datetime,
    expires_at: datetime,
) -> int | None:
    """The duty to ring for a story; None where the story has or had an alert: one for each, for good."""
    first = sa.update(stories).where(stories.c.id == story_id, stories.c.alerted_at.is_(None))
    if not conn.execute(first.values(alerted_at=now)).rowcount:
        return None
    values = {
        "story_id": story_id, "article_id": article_id, "created_at": now, "expires_at": expires_at,
        "cursor": 0, "due_at": now,
    }  # fmt: skip
    alert_id: int = conn.execute(sa.insert(alerts).values(values).returning(alerts.c.id)).scalar_one()
    if topic_ids:
        rows = [{"alert_id": alert_id, "topic_id": topic_id} for topic_id in sorted(set(topic_ids))]
        conn.execute(sa.insert(alert_topics), rows)
    return alert_id


# Planning ------------------------------------------------------------------------------------------


def claim_alert_to_plan(
    conn: Connection, worker: str, now: datetime, lease: timedelta
) -> PlannedAlert | None:
    """The alert that has waited longest for its batches, or whose planner's lease ran out."""
    due = (
        sa.select(alerts.c.id)
        .where(alerts.c.planned_at.is_(None), alerts.c.due_at <= now)
        .order_by(alerts.c.due_at, alerts.c.id)
        .limit(1)
    )
    number = conn.execute(due.with_for_update(skip_locked=True)).scalar()
    claim = (
        sa.update(alerts)
        .where(alerts.c.id == number, alerts.c.planned_at.is_(None), alerts.c.due_at <= now)
        .values(worker=worker, due_at=now + lease)
        .returning(alerts.c.id, alerts.c.article_id, alerts.c.story_id, alerts.c.expires_at)
    )
    row = None if number is None else conn.execute(claim).mappings().first()
    return None if row is None else PlannedAlert(**row)


def plan_next_batch(conn: Connection, alert_id: int, *, size: int, now: datetime) -> bool:
    """Make the alert's next batch, of at most `size` followers of its topics, and move the cursor behind it.

    False at the end of the followers: the alert is planned then. Two planners of one alert do no harm: the
    cursor moves for one of them only.
    """
    query = sa.select(alerts.c.cursor).where(alerts.c.id == alert_id, alerts.c.planned_at.is_(None))
    cursor = conn.execute(query).scalar()
    if cursor is None:
        return False
    page = _followers(_topics(conn, alert_id), after=cursor, limit=size)
    followers = [] if page is None else conn.execute(page).scalars().all()
    last = followers[-1] if followers else cursor
    more = len(followers) == size
    moved = conn.execute(
        sa.update(alerts)
        .where(alerts.c.id == alert_id, alerts.c.cursor == cursor, alerts.c.planned_at.is_(None))
        .values(cursor=last, planned_at=None if more else now)
    ).rowcount
    if moved and followers:
        values = {"alert_id": alert_id, "after_id": cursor, "until_id": last, "due_at": now, "attempts": 0}
        conn.execute(sa.insert(batches).values(values))
    return more


def _topics(conn: Connection, alert_id: int) -> Sequence[int]:
    query = sa.select(alert_topics.c.topic_id).where(alert_topics.c.alert_id == alert_id)
    return conn.execute(query).scalars().all()


def _followers(
    topic_ids: Sequence[int], *, after: int, until: int | None = None, limit: int | None = None
) -> sa.Select[Any] | None:
    """The numbers of those who follow one of the topics, each once, in order, in the range (after, until].

    Each topic's share is a scan of the primary key, so it costs what it yields, whatever else is stored.
    """
    if not topic_ids:
        return None
    follow = subscription_topics.c
    shares = []
    for topic_id in topic_ids:
        share = sa.select(follow.subscription_id.label("id"))
        share = share.where(follow.topic_id == topic_id, follow.subscription_id > after)
        if until is not None:
            share = share.where(follow.subscription_id <= until)
        if limit is not None:
            share = share.order_by(follow.subscription_id).limit(limit)
        shares.append(sa.select(share.subquery()))
    members = (sa.union(*shares) if len(shares) > 1 else shares[0]).subquery()
    query = sa.select(members.c.id).order_by(members.c.id)
    return query if limit is None else query.limit(limit)


# Batches -------------------------------------------------------------------------------------------


def claim_batch(conn: Connection, worker: str, now: datetime, lease: timedelta) -> ClaimedBatch | None:
    """The batch that has waited longest, or whose lease ran out, of an alert that may still ring. No two
    workers are given the same while a lease lasts.
    """
    found = (
        conn.execute(
            sa.select(batches.c.id, alerts.c.article_id, alerts.c.story_id, alerts.c.expires_at)
            .join(alerts, alerts.c.id == batches.c.alert_id)
            .where(batches.c.done_at.is_(None), batches.c.due_at <= now, alerts.c.expires_at > now)
            .order_by(batches.c.due_at, batches.c.id)
            .limit(1)
            .with_for_update(of=batches, skip_locked=True)
        )
        .mappings()
        .first()
    )
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
    members = _followers(_topics(conn, batch.alert_id), after=batch.after_id, until=batch.until_id)
    if members is None:
        return []
    member = members.order_by(None).subquery()
    reader = subscriptions.c
    waiting = sa.exists().where(retries.c.alert_id == batch.alert_id, retries.c.subscription_id == reader.id)
    asked_at = sa.select(alerts.c.created_at).where(alerts.c.id == batch.alert_id).scalar_subquery()
    query = (
        sa.select(reader.id, reader.endpoint, reader.p256dh, reader.auth, reader.vapid_key_id)
        .join(member, member.c.id == reader.id)
        # The range again, for PostgreSQL: without it a merge join reads all subscriptions.
        .where(reader.id > batch.after_id, reader.id <= batch.until_id)
        .where(reader.suspended_at.is_(None), reader.created_at <= asked_at, ~waiting)
        .order_by(reader.id)
    )
    return [
        Recipient(subscription_id=row.id, target=_target(row), vapid_key_id=row.vapid_key_id)
        for row in conn.execute(query)
    ]


def extend_lease(conn: Connection, batch_id: int, worker: str, now: datetime, lease: timedelta) -> bool:
    """Hold the batch for another lease from now; False where it is not this worker's any more."""
    return _change_mine(conn, batch_id, worker, {"due_at": now + lease})


def finish_batch(conn: Connection, batch_id: int, worker: str, now: datetime) -> bool:
    """Every recipient was tried; False where it is not this worker's any more."""
    return _change_mine(conn, batch_id, worker, {"done_at": now, "worker": None})


def _change_mine(conn: Connection, batch_id: int, worker: str, values: dict[str, Any]) -> bool:
    mine = (batches.c.id == batch_id, batches.c.worker == worker, batches.c.done_at.is_(None))
    return bool(conn.execute(sa.update(batches).where(*mine).values(values)).rowcount)


def _target(row: Any) -> PushTarget:
    return PushTarget(endpoint=row.endpoint, p256dh=row.p256dh, auth=row.auth)


# Retries -------------------------------------------------------------------------------------------


def add_retry(
    conn: Connection, alert_id: int, subscription_id: int, *, due_at: datetime, attempts: int
) -> None:
    """Try this reader again at `due_at`, instead of what was planned for it before. Nothing where the alert
    or the subscription is gone.
    """
    there = (
        sa.select(alerts.c.id)
        .join(subscriptions, subscriptions.c.id == subscription_id)
        .where(alerts.c.id == alert_id)
    )
    # Locked, so that neither goes before the row that needs both is written.
    if conn.execute(there.with_for_update(read=True, key_share=True)).first() is None:
        return
    values = {"due_at": due_at, "attempts": attempts, "worker": None}
    row = insert(conn, retries).values(values | {"alert_id": alert_id, "subscription_id": subscription_id})
    conn.execute(row.on_conflict_do_update(index_elements=list(retries.primary_key.columns), set_=values))


def claim_retries(
    conn: Connection, worker: str, now: datetime, lease: timedelta, limit: int
) -> list[ClaimedRetry]:
    """At most `limit` readers whose next try is due, of alerts that may still ring. Who does not want to be
    rung any more, or is suspended, is not tried again.
    """
    due = (
        sa.select(retries.c.alert_id, retries.c.subscription_id)
        .join(alerts, alerts.c.id == retries.c.alert_id)
        .where(retries.c.due_at <= now, alerts.c.expires_at > now)
        .order_by(retries.c.due_at)
        .limit(limit)
        .with_for_update(of=retries, skip_locked=True)
    )
    keys = [(row.alert_id, row.subscription_id) for row in conn.execute(due)]
    if not keys:
        return []
    mine = sa.tuple_(retries.c.alert_id, retries.c.subscription_id).in_(keys)
    conn.execute(sa.update(retries).where(mine).values(worker=worker, due_at=now + lease))
    claimed = {(one.alert_id, one.subscription_id): one for one in _claimed(conn, mine)}
    for alert_id, subscription_id in set(keys) - claimed.keys():
        finish_retry(conn, alert_id, subscription_id)
    return [claimed[key] for key in keys if key in claimed]


def finish_retry(conn: Connection, alert_id: int, subscription_id: int, worker: str | None = None) -> bool:
    """It needs no other try; with `worker`, only where that one holds it. False where there was none."""
    gone = sa.delete(retries).where(
        retries.c.alert_id == alert_id, retries.c.subscription_id == subscription_id
    )
    if worker is not None:
        gone = gone.where(retries.c.worker == worker)
    return bool(conn.execute(gone).rowcount)


def _claimed(conn: Connection, mine: sa.ColumnElement[bool]) -> list[ClaimedRetry]:
    follows = (
        sa.exists()
        .where(subscription_topics.c.subscription_id == retries.c.subscription_id)
        .where(subscription_topics.c.topic_id == alert_topics.c.topic_id)
        .where(alert_topics.c.alert_id == retries.c.alert_id)
    )
    query = (
        sa.select(retries, alerts.c.article_id, alerts.c.story_id, alerts.c.expires_at, subscriptions)
        .join(alerts, alerts.c.id == retries.c.alert_id)
        .join(subscriptions, subscriptions.c.id == retries.c.subscription_id)
        .where(mine, follows, subscriptions.c.suspended_at.is_(None))
    )
    return [
        ClaimedRetry(
            alert_id=row.alert_id,
            article_id=row.article_id,
            story_id=row.story_id,
            subscription_id=row.subscription_id,
            target=_target(row),
            vapid_key_id=row.vapid_key_id,
            expires_at=row.expires_at,
            attempts=row.attempts,
        )
        for row in conn.execute(query)
    ]


# The whole -----------------------------------------------------------------------------------------


def has_work(conn: Connection, now: datetime) -> bool:
    """Whether anything is due: a look that takes no lock, to be had often."""
    due = [
        sa.exists().where(alerts.c.planned_at.is_(None), alerts.c.due_at <= now),
        sa.exists().where(batches.c.done_at.is_(None), batches.c.due_at <= now),
        sa.exists().where(retries.c.due_at <= now),
    ]
    return bool(conn.execute(sa.select(sa.or_(*due))).scalar_one())


def drop_expired(conn: Connection, now: datetime, *, limit: int = 1_000) -> int:
    """Give up what is too late to ring and what no worker holds, at most `limit` of each kind; how many
    batches, retries and alerts without batches that were.
    """
    late = alerts.c.expires_at <= now
    to_plan = sa.select(alerts.c.id).where(late, alerts.c.planned_at.is_(None), alerts.c.due_at <= now)
    to_send = (
        sa.select(batches.c.id)
        .join(alerts, alerts.c.id == batches.c.alert_id)
        .where(late, batches.c.done_at.is_(None), batches.c.due_at <= now)
    )
    to_retry = (
        sa.select(retries.c.alert_id, retries.c.subscription_id)
        .join(alerts, alerts.c.id == retries.c.alert_id)
        .where(late, retries.c.due_at <= now)
    )
    plans = conn.execute(_free(to_plan, alerts, limit)).scalars().all()
    sends = conn.execute(_free(to_send, batches, limit)).scalars().all()
    tries = [tuple(row) for row in conn.execute(_free(to_retry, retries, limit))]
    conn.execute(sa.update(alerts).where(alerts.c.id.in_(plans)).values(planned_at=now))
    conn.execute(sa.update(batches).where(batches.c.id.in_(sends)).values(done_at=now, worker=None))
    for alert_id, subscription_id in tries:
        finish_retry(conn, alert_id, subscription_id)
    return len(plans) + len(sends) + len(tries)


def clear_finished(conn: Connection, older_than: datetime, limit: int) -> int:
    """Forget at most `limit` batches done before `older_than`, and as many alerts that ended before it and
    have nothing left to do; how many that were. Workers not seen since are forgotten too.
    """
    done = sa.select(batches.c.id).where(batches.c.done_at < older_than)
    left = sa.or_(
        sa.exists().where(batches.c.alert_id == alerts.c.id),
        sa.exists().where(retries.c.alert_id == alerts.c.id),
    )
    over = sa.select(alerts.c.id).where(alerts.c.expires_at < older_than, alerts.c.planned_at.is_not(None))
    cleared = 0
    for table, query in ((batches, done), (alerts, over.where(~left))):
        ids = conn.execute(_free(query, table, limit)).scalars().all()
        cleared += conn.execute(sa.delete(table).where(table.c.id.in_(ids))).rowcount
    conn.execute(sa.delete(workers).where(workers.c.seen_at < older_than))
    return cleared


def pending(conn: Connection, now: datetime) -> Pending:
    """What is still to do, for the operator to look at."""
    kinds = (
        (alerts, alerts.c.planned_at.is_(None)),
        (batches, batches.c.done_at.is_(None)),
        (retries, sa.true()),
    )
    counts, waits = [], []
    for table, still in kinds:
        counts.append(conn.execute(sa.select(sa.func.count()).select_from(table).where(still)).scalar_one())
        oldest = sa.select(sa.func.min(table.c.due_at)).where(still, table.c.due_at <= now)
        waits.append(conn.execute(oldest).scalar())
    return Pending(
        alerts=counts[0],
        batches=counts[1],
        retries=counts[2],
        oldest_due=min((wait for wait in waits if wait is not None), default=None),
    )


def heartbeat(conn: Connection, worker: str, now: datetime) -> None:
    """The worker is alive."""
    row = insert(conn, workers).values(name=worker, seen_at=now)
    conn.execute(row.on_conflict_do_update(index_elements=[workers.c.name], set_={"seen_at": now}))


def last_heartbeat(conn: Connection) -> datetime | None:
    """When any worker was last alive."""
    return conn.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar()


def _free(query: sa.Select[Any], table: sa.Table, limit: int) -> sa.Select[Any]:
    """At most `limit` rows of the table, those another transaction works on left out."""
    return query.limit(limit).with_for_update(of=table, skip_locked=True)
