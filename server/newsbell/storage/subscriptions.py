"""Subscriptions: browsers that asked to be rung, the topics they follow, and how pushing to them goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, bindparam, case, delete, func, literal, or_, select, update
from sqlalchemy import insert as plain_insert

from newsbell.domain.subscription import MAX_ENDPOINT, FollowedTopic, PushTarget, Subscription
from newsbell.errors import ConflictError, MalformedError
from newsbell.storage.database import Connection
from newsbell.storage.schema import (
    alerts,
    linked_tokens,
    retries,
    subscription_topics,
    subscriptions,
    topics,
    vapid_keys,
)
from newsbell.storage.statements import insert, is_number, is_text
from newsbell.storage.types import AwareUTC

# Made once: a fan-out asks this for every few hundred answers that are news.
_LOCK = (
    select(subscriptions.c.id, subscriptions.c.endpoint)
    .where(subscriptions.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(subscriptions.c.id)
    .with_for_update(key_share=True)
)


class Refusal(NamedTuple):
    """Since when a push service has refused our key for a subscription without a success between, and how
    often that was tried again after a while.
    """

    since: datetime
    tries: int


def add(
    conn: Connection,
    target: PushTarget,
    *,
    vapid_key_id: int,
    topic_ids: Collection[int],
    manage_token_hash: str,
    now: datetime,
) -> int:
    """Store a subscription; its number. `ConflictError` where the endpoint has one already."""
    row = insert(conn, subscriptions).values(
        _columns(target)
        | {"vapid_key_id": vapid_key_id, "manage_token_hash": manage_token_hash, "created_at": now}
    )
    row = row.on_conflict_do_nothing(index_elements=[subscriptions.c.endpoint])
    number: int | None = conn.execute(row.returning(subscriptions.c.id)).scalar()
    if number is None:
        raise ConflictError("This push endpoint is subscribed already.", field="endpoint")
    _follow(conn, number, set(topic_ids))
    return number


def get(conn: Connection, subscription_id: int) -> Subscription | None:
    return _first(conn, subscriptions.c.id == subscription_id) if is_number(subscription_id) else None


def find_by_endpoint(conn: Connection, endpoint: str) -> Subscription | None:
    return _first(conn, subscriptions.c.endpoint == endpoint) if is_text(endpoint) else None


def find_by_token(conn: Connection, token_hash: str) -> int | None:
    """The number of the subscription one of whose manage tokens has this hash."""
    own = select(subscriptions.c.id).where(subscriptions.c.manage_token_hash == token_hash)
    linked = select(linked_tokens.c.subscription_id).where(linked_tokens.c.token_hash == token_hash)
    number: int | None = conn.execute(own.union_all(linked)).scalar()
    return number


def lock(conn: Connection, ids: Collection[int]) -> dict[int, str]:
    """Let nobody else change these to the end of the transaction; the endpoint of each that is there.

    Whoever changes several locks them here first, all of them: it is in the order of their numbers, so that
    no two wait for each other.
    """
    if not ids:
        return {}
    return {row.id: row.endpoint for row in conn.execute(_LOCK, {"ids": sorted(ids)})}


def lock_followers(conn: Connection, topic_id: int) -> None:
    """Let nobody else change those who follow the topic, to the end of the transaction, in the same order.
    The database only counts them: there may be very many.
    """
    followed = subscription_topics.c
    followers = select(followed.subscription_id).where(followed.topic_id == topic_id)
    mine = select(subscriptions.c.id).where(subscriptions.c.id.in_(followers)).order_by(subscriptions.c.id)
    conn.execute(select(func.count()).select_from(mine.with_for_update(key_share=True).subquery()))


def set_topics(conn: Connection, subscription_id: int, topic_ids: Collection[int]) -> None:
    """Follow exactly these topics."""
    lock(conn, [subscription_id])  # before what hangs on it (`newsbell.storage.delivery`)
    followed = subscription_topics.c
    query = select(followed.topic_id).where(followed.subscription_id == subscription_id)
    before, after = set(conn.execute(query).scalars()), set(topic_ids)
    if gone := before - after:
        conn.execute(
            delete(subscription_topics).where(
                followed.subscription_id == subscription_id, followed.topic_id.in_(gone)
            )
        )
    _follow(conn, subscription_id, after - before)


def set_endpoint(
    conn: Connection, subscription_id: int, target: PushTarget, vapid_key_id: int, now: datetime
) -> None:
    """Ring at another endpoint from now on, which has proved nothing yet. `ConflictError` where another
    subscription has it.

    What was to be tried again at the one before is tried at the new one now. Failed attempts still count: a
    move is worth one try of each story, and no more.
    """
    has_it = select(subscriptions.c.id).where(subscriptions.c.endpoint == target.endpoint)
    owner = conn.execute(has_it).scalar()
    if owner not in (None, subscription_id):
        raise ConflictError("Another subscription has this push endpoint.", field="endpoint")
    fresh = _NOTHING_WRONG | {"vapid_key_id": vapid_key_id, "first_success_at": None}
    _set(conn, subscription_id, _columns(target) | fresh)
    # Nor does it wait for the push service of the one before, or, unless it has not moved at all, until the
    # moment that named. What a worker holds is the worker's.
    waits: dict[str, Any] = {"service": None, "witness": None} | ({"due_at": now} if owner is None else {})
    mine = update(retries).where(retries.c.subscription_id == subscription_id, retries.c.worker.is_(None))
    conn.execute(mine.values(waits))


def set_token(conn: Connection, subscription_id: int, manage_token_hash: str) -> None:
    """Open the subscription with another manage token; the one before ends."""
    _set(conn, subscription_id, {"manage_token_hash": manage_token_hash})


def remove(conn: Connection, subscription_id: int) -> bool:
    """Forget a subscription, what it follows and what was to be tried again for it."""
    if not is_number(subscription_id):
        return False
    return bool(conn.execute(delete(subscriptions).where(subscriptions.c.id == subscription_id)).rowcount)


def remove_many(conn: Connection, ids: Collection[int]) -> None:
    """Forget these subscriptions, which the caller has locked."""
    if ids:
        # Their retries go with them, and so the alerts are locked before (`newsbell.storage.delivery`).
        waited_for = select(retries.c.alert_id).where(retries.c.subscription_id.in_(ids))
        mine = select(alerts.c.id).where(alerts.c.id.in_(waited_for)).order_by(alerts.c.id)
        conn.execute(mine.with_for_update(read=True, key_share=True))
        conn.execute(delete(subscriptions).where(subscriptions.c.id.in_(sorted(ids))))


def suspend(conn: Connection, subscription_id: int, now: datetime) -> Refusal | None:
    """Keep it, and do not ring it: its push service refuses our key. None where there is no such
    subscription. The moments stay that stand there already, except one that a wrong clock left in the future.
    """
    reader = subscriptions.c
    statement = update(subscriptions).where(reader.id == subscription_id)
    statement = statement.values(
        suspended_at=_first_moment(reader.suspended_at, now),
        refused_since=case((reader.refused_since <= now, reader.refused_since), else_=literal(now, AwareUTC)),
    )
    row = conn.execute(statement.returning(reader.refused_since, reader.tried_again)).first()
    return None if row is None else Refusal(*row)


def unsuspend(conn: Connection, subscription_id: int) -> None:
    """Ring it again. Only a success proves that our key is taken, so what it was refused before stays."""
    _set(conn, subscription_id, {"suspended_at": None})


def try_suspended_again(conn: Connection, now: datetime, waits: Sequence[timedelta], limit: int) -> int:
    """Let at most `limit` be rung again: perhaps our key is taken again. How many that were.

    Whoever was tried again n times since the last success has been suspended for `waits[n]` by then, or the
    last of them; or suspended by a clock that is ahead of `now` by more than the first, and so was wrong.
    """
    at, tries, last = subscriptions.c.suspended_at, subscriptions.c.tried_again, len(waits) - 1
    over = [(at < now - wait) & (tries == number) for number, wait in enumerate(waits)]
    found: list[int] = []
    for condition in (*over, at > now + waits[0]):  # each by an index of its own; OR may read all of them
        query = select(subscriptions.c.id).where(condition).limit(limit - len(found))
        found += conn.execute(query.with_for_update(skip_locked=True)).scalars()
    if found:
        again = update(subscriptions).where(subscriptions.c.id.in_(found))
        counted = case((tries < last, tries + 1), else_=last)
        conn.execute(again.values(suspended_at=None, tried_again=counted))
    return len(found)


_NOTHING_WRONG = {"failing_since": None, "refused_since": None, "suspended_at": None, "tried_again": 0}


def record_success(conn: Connection, ids: Collection[int], now: datetime) -> None:
    """These were reached. It writes only where that is news, so that a fan-out is not a write for each."""
    reader = subscriptions.c
    wrong = (
        column.is_not(None) for column in (reader.failing_since, reader.refused_since, reader.suspended_at)
    )
    news = or_(reader.first_success_at.is_(None), *wrong)
    first = _first_moment(reader.first_success_at, now)
    conn.execute(
        update(subscriptions)
        .where(reader.id.in_(ids), news)
        .values(_NOTHING_WRONG | {"first_success_at": first})
    )


def record_failures(conn: Connection, ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """They could not be reached; since when that has been so for each without a success between."""
    if not ids:
        return {}
    column = subscriptions.c.failing_since
    statement = update(subscriptions).where(subscriptions.c.id.in_(sorted(ids)))
    statement = statement.values(failing_since=_first_moment(column, now))
    found = conn.execute(statement.returning(subscriptions.c.id, column))
    return {row.id: row.failing_since for row in found}


def count(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(subscriptions)).scalar_one()


def _first(conn: Connection, condition: ColumnElement[bool]) -> Subscription | None:
    of_key = vapid_keys.c.id == subscriptions.c.vapid_key_id
    query = select(subscriptions, vapid_keys.c.public_key).join(vapid_keys, of_key).where(condition)
    row = conn.execute(query).first()
    if row is None:
        return None
    followed = (
        select(topics.c.name, topics.c.slug)
        .join(subscription_topics, subscription_topics.c.topic_id == topics.c.id)
        .where(subscription_topics.c.subscription_id == row.id)
        .order_by(topics.c.folded)
    )
    names = tuple(FollowedTopic(name=name, slug=slug) for name, slug in conn.execute(followed))
    linked = select(linked_tokens.c.subscription_id).where(linked_tokens.c.subscription_id == row.id)
    return _subscription(row, names, linked=conn.execute(linked).first() is not None)


def _subscription(row: Row[Any], followed: tuple[FollowedTopic, ...], *, linked: bool) -> Subscription:
    return Subscription(
        id=row.id,
        target=PushTarget(endpoint=row.endpoint, p256dh=row.p256dh, auth=row.auth),
        vapid_key_id=row.vapid_key_id,
        vapid_key=row.public_key,
        topics=followed,
        created_at=row.created_at,
        suspended_at=row.suspended_at,
        linked=linked,
    )


def _columns(target: PushTarget) -> dict[str, Any]:
    # In bytes here: PostgreSQL cannot index much longer ones.
    if len(target.endpoint.encode()) > MAX_ENDPOINT:
        raise MalformedError(f"The push endpoint has more than {MAX_ENDPOINT} bytes.", field="endpoint")
    return {"endpoint": target.endpoint, "p256dh": target.p256dh, "auth": target.auth}


def _follow(conn: Connection, subscription_id: int, topic_ids: Collection[int]) -> None:
    if topic_ids:
        rows = [{"topic_id": number, "subscription_id": subscription_id} for number in sorted(topic_ids)]
        conn.execute(plain_insert(subscription_topics), rows)


def _first_moment(column: ColumnElement[datetime], now: datetime) -> ColumnElement[datetime]:
    return func.coalesce(column, literal(now, AwareUTC))


def _set(conn: Connection, subscription_id: int, values: dict[str, Any]) -> None:
    conn.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(values))
