"""Alerts: the duty to ring for a story, cut into batches of followers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.delivery.followers import alert_topic_ids, follower_values, followers
from newsbell.storage.schema import alert_topics, alerts, batches, stories, subscriptions


@dataclass(frozen=True, kw_only=True)
class PlannedBatch:
    """One step of planning, true while there may be another: `id` of the batch it made, None for none."""

    id: int | None
    more: bool

    def __bool__(self) -> bool:
        return self.more


# The statements of planning are made once: making one costs several times what executing it does.
_now: sa.BindParameter[datetime] = sa.bindparam("now")
_TO_PLAN = (
    sa.select(alerts.c.id)
    .where(alerts.c.planned_at.is_(None), alerts.c.due_at <= _now, alerts.c.expires_at > _now)
    .order_by(alerts.c.due_at, alerts.c.id)
    .limit(1)
    # Only against whoever plans or removes it: who writes of its retries holds its key all the time.
    .with_for_update(skip_locked=True, key_share=True)
)
_THIS_TO_PLAN = _TO_PLAN.where(alerts.c.id == sa.bindparam("alert"))
_TO_THE_END = sa.update(alerts).where(alerts.c.id == sa.bindparam("alert")).values(due_at=_now)
_UNPLANNED = alerts.c.id == sa.bindparam("alert"), alerts.c.planned_at.is_(None)
_PLACE = sa.select(alerts.c.cursor, alerts.c.until_id).where(*_UNPLANNED)
_MOVE = (
    sa.update(alerts)
    .where(*_UNPLANNED, alerts.c.cursor == sa.bindparam("place"))
    .values(cursor=sa.bindparam("last"), until_id=sa.bindparam("until"), planned_at=sa.bindparam("planned"))
)
_ARTICLE = sa.select(alerts.c.article_id).where(alerts.c.id == sa.bindparam("alert"))
_ADD_BATCH = sa.insert(batches).returning(batches.c.id)


def add_alert(
    conn: Connection,
    story_id: int,
    article_id: int,
    topic_ids: Collection[int],
    *,
    now: datetime,
    expires_at: datetime,
) -> int | None:
    """The duty to ring for a story; None where the story has or had an alert: one for each, for good.

    It is for whoever has subscribed by now, by the numbers and not by `now`: that is when the import began,
    which fetches and cleans and waits before it comes here, and another machine's clock says something else.
    """
    first = sa.update(stories).where(stories.c.id == story_id, stories.c.alerted_at.is_(None))
    if not conn.execute(first.values(alerted_at=now)).rowcount:
        return None
    values = {
        "story_id": story_id, "article_id": article_id, "created_at": now, "expires_at": expires_at,
        "cursor": 0, "until_id": _last_subscription(conn), "due_at": now,
    }  # fmt: skip
    alert_id: int = conn.execute(sa.insert(alerts).values(values).returning(alerts.c.id)).scalar_one()
    if topic_ids:
        rows = [{"alert_id": alert_id, "topic_id": topic_id} for topic_id in sorted(set(topic_ids))]
        conn.execute(sa.insert(alert_topics), rows)
    return alert_id


def article_of(conn: Connection, alert_id: int) -> int | None:
    """The number of the article the alert rings with now; None where there is no such alert, or no more."""
    number: int | None = conn.execute(_ARTICLE, {"alert": alert_id}).scalar()
    return number


def lock_unplanned(conn: Connection, topic_id: int) -> None:
    """Let nobody plan the topic's alerts to the end of the transaction, which changes whom they ring for; who
    plans one at the moment is waited for.
    """
    of_topic = sa.select(alert_topics.c.alert_id).where(alert_topics.c.topic_id == topic_id)
    mine = sa.select(alerts.c.id).where(alerts.c.planned_at.is_(None), alerts.c.id.in_(of_topic))
    conn.execute(mine.order_by(alerts.c.id).with_for_update(key_share=True))


def take_alert_to_plan(conn: Connection, now: datetime, *, alert_id: int | None = None) -> int | None:
    """The number of the alert that has waited longest for its batches and may still ring; with `alert_id`
    that one or none. It goes to the end of the queue.

    It is held to the end of the transaction and no longer: who dies while planning leaves it as it was.
    """
    if alert_id is None:
        number: int | None = conn.execute(_TO_PLAN, {"now": now}).scalar()
    else:
        number = conn.execute(_THIS_TO_PLAN, {"now": now, "alert": alert_id}).scalar()
    if number is not None:
        conn.execute(_TO_THE_END, {"alert": number, "now": now})
    return number


def plan_next_batch(conn: Connection, alert_id: int, *, size: int, now: datetime) -> PlannedBatch:
    """Make the alert's next batch, of at most `size` followers of its topics, and move the cursor behind it.

    False at the end of the followers: the alert is planned then. Who subscribed after it is not walked to,
    so it ends however many come. Two planners of one alert do no harm: the cursor moves for one of them only.
    """
    alert = conn.execute(_PLACE, {"alert": alert_id}).first()
    if alert is None:
        return PlannedBatch(id=None, more=False)
    cursor = alert.cursor
    until = _last_subscription(conn) if alert.until_id is None else alert.until_id
    topic_ids = alert_topic_ids(conn, alert_id)
    found, last = 0, None
    if topic_ids:
        values = follower_values(topic_ids, after=cursor, until=until, size=size)
        found, last = conn.execute(_count_and_last(len(topic_ids)), values).one()
    last = cursor if last is None else last
    more = found == size
    planned = None if more else now
    move = {"alert": alert_id, "place": cursor, "last": last, "until": until, "planned": planned}
    if not conn.execute(_MOVE, move).rowcount or not found:
        return PlannedBatch(id=None, more=more)
    batch = {"alert_id": alert_id, "after_id": cursor, "until_id": last, "due_at": now, "attempts": 0}
    number: int = conn.execute(_ADD_BATCH, batch).scalar_one()
    return PlannedBatch(id=number, more=more)


@lru_cache(maxsize=64)
def _count_and_last(topics: int) -> sa.Select[Any, Any]:
    """How many followers there are and the highest number, without reading the numbers themselves."""
    page = followers(topics, limited=True).subquery()
    return sa.select(sa.func.count(), sa.func.max(page.c.id)).select_from(page)


def _last_subscription(conn: Connection) -> int:
    number: int | None = conn.execute(sa.select(sa.func.max(subscriptions.c.id))).scalar()
    return number or 0
