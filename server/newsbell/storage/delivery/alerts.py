"""Alerts: the duty to ring for a story, cut into batches of followers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.delivery.followers import alert_topic_ids, followers
from newsbell.storage.schema import alert_topics, alerts, batches, stories, subscriptions


@dataclass(frozen=True, kw_only=True)
class PlannedAlert:
    """An alert whose batches a worker is to make."""

    id: int
    article_id: int
    story_id: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class PlannedBatch:
    """One step of planning, true while there may be another: `id` of the batch it made, None for none."""

    id: int | None
    more: bool

    def __bool__(self) -> bool:
        return self.more


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


def claim_alert_to_plan(
    conn: Connection, worker: str, now: datetime, lease: timedelta, *, alert_id: int | None = None
) -> PlannedAlert | None:
    """The alert that has waited longest for its batches, or whose planner's lease ran out, and that may still
    ring; with `alert_id` that one or none.
    """
    due = (
        sa.select(alerts.c.id)
        .where(alerts.c.planned_at.is_(None), alerts.c.due_at <= now, alerts.c.expires_at > now)
        .order_by(alerts.c.due_at, alerts.c.id)
        .limit(1)
    )
    if alert_id is not None:
        due = due.where(alerts.c.id == alert_id)
    number = conn.execute(due.with_for_update(skip_locked=True)).scalar()
    claim = (
        sa.update(alerts)
        .where(alerts.c.id == number, alerts.c.planned_at.is_(None), alerts.c.due_at <= now)
        .values(worker=worker, due_at=now + lease)
        .returning(alerts.c.id, alerts.c.article_id, alerts.c.story_id, alerts.c.expires_at)
    )
    row = None if number is None else conn.execute(claim).mappings().first()
    return None if row is None else PlannedAlert(**row)


def plan_next_batch(conn: Connection, alert_id: int, *, size: int, now: datetime) -> PlannedBatch:
    """Make the alert's next batch, of at most `size` followers of its topics, and move the cursor behind it.

    False at the end of the followers: the alert is planned then. Who subscribes while it is planned is not
    walked to, so it ends however many come. Two planners of one alert do no harm: the cursor moves for one
    of them only.
    """
    unplanned = (alerts.c.id == alert_id, alerts.c.planned_at.is_(None))
    alert = conn.execute(sa.select(alerts.c.cursor, alerts.c.until_id).where(*unplanned)).first()
    if alert is None:
        return PlannedBatch(id=None, more=False)
    cursor = alert.cursor
    until = _last_subscription(conn) if alert.until_id is None else alert.until_id
    query = followers(alert_topic_ids(conn, alert_id), after=cursor, until=until, limit=size)
    found, last = (0, None) if query is None else _count_and_last(conn, query)
    last = cursor if last is None else last
    more = found == size
    moved = conn.execute(
        sa.update(alerts)
        .where(*unplanned, alerts.c.cursor == cursor)
        .values(cursor=last, until_id=until, planned_at=None if more else now)
    ).rowcount
    if not moved or not found:
        return PlannedBatch(id=None, more=more)
    values = {"alert_id": alert_id, "after_id": cursor, "until_id": last, "due_at": now, "attempts": 0}
    number: int = conn.execute(sa.insert(batches).values(values).returning(batches.c.id)).scalar_one()
    return PlannedBatch(id=number, more=more)


def _count_and_last(conn: Connection, query: sa.Select[Any]) -> tuple[int, int | None]:
    """How many followers there are and the highest number, without reading the numbers themselves."""
    page = query.subquery()
    count, last = conn.execute(sa.select(sa.func.count(), sa.func.max(page.c.id)).select_from(page)).one()
    return count, last


def _last_subscription(conn: Connection) -> int:
    number: int | None = conn.execute(sa.select(sa.func.max(subscriptions.c.id))).scalar()
    return number or 0
