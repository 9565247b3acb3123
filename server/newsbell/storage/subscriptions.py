"""Subscriptions: browsers that asked to be rung, the topics they follow, and how pushing to them goes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, literal, select, update
from sqlalchemy import insert as plain_insert

from newsbell.domain.subscription import MAX_ENDPOINT, FollowedTopic, PushTarget, Subscription
from newsbell.errors import ConflictError, MalformedError
from newsbell.storage.database import Connection
from newsbell.storage.schema import (
    linked_tokens,
    retries,
    subscription_topics,
    subscriptions,
    topics,
    vapid_keys,
)
from newsbell.storage.statements import insert, is_number, is_text
from newsbell.storage.types import AwareUTC


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


def set_topics(conn: Connection, subscription_id: int, topic_ids: Collection[int]) -> None:
    """Follow exactly these topics."""
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


def set_endpoint(conn: Connection, subscription_id: int, target: PushTarget, vapid_key_id: int) -> None:
    """Ring at another endpoint from now on, which has proved nothing yet. `ConflictError` where another
    subscription has it.
    """
    taken = select(subscriptions.c.id).where(
        subscriptions.c.endpoint == target.endpoint, subscriptions.c.id != subscription_id
    )
    if conn.execute(taken).first():
        raise ConflictError("Another subscription has this push endpoint.", field="endpoint")
    fresh = {"vapid_key_id": vapid_key_id, "failing_since": None, "first_success_at": None}
    _set(conn, subscription_id, _columns(target) | fresh)
    # Nor does it wait for the push service of the one before.
    mine = update(retries).where(retries.c.subscription_id == subscription_id)
    conn.execute(mine.values(service=None, witness=None))


def set_token(conn: Connection, subscription_id: int, manage_token_hash: str) -> None:
    """Open the subscription with another manage token; the one before ends."""
    _set(conn, subscription_id, {"manage_token_hash": manage_token_hash})


def remove(conn: Connection, subscription_id: int) -> bool:
    """Forget a subscription, what it follows and what was to be tried again for it."""
    if not is_number(subscription_id):
        return False
    return bool(conn.execute(delete(subscriptions).where(subscriptions.c.id == subscription_id)).rowcount)


def remove_many(conn: Connection, ids: Collection[int]) -> None:
    """Forget these subscriptions."""
    if ids:
        conn.execute(delete(subscriptions).where(subscriptions.c.id.in_(sorted(ids))))


def suspend(conn: Connection, subscription_id: int, now: datetime) -> None:
    """Keep it, and do not ring it: its push service refuses our key. The first moment stays."""
    _set(conn, subscription_id, {"suspended_at": _first_moment(subscriptions.c.suspended_at, now)})


def unsuspend(conn: Connection, subscription_id: int) -> None:
    _set(conn, subscription_id, {"suspended_at": None})


def try_suspended_again(conn: Connection, before: datetime, limit: int) -> int:
    """Let at most `limit` be rung again that were suspended before then and had been rung before that:
    perhaps our key is taken again. How many that were.
    """
    proven = subscriptions.c.first_success_at.is_not(None)
    query = select(subscriptions.c.id).where(subscriptions.c.suspended_at < before, proven).limit(limit)
    ids = conn.execute(query.with_for_update(skip_locked=True)).scalars().all()
    again = update(subscriptions).where(subscriptions.c.id.in_(ids)).values(suspended_at=None)
    return conn.execute(again).rowcount


def clear_suspended(conn: Connection, before: datetime, limit: int) -> int:
    """Forget at most `limit` subscriptions that were suspended before then; how many that were."""
    query = select(subscriptions.c.id).where(subscriptions.c.suspended_at < before).limit(limit)
    ids = conn.execute(query.with_for_update(skip_locked=True)).scalars().all()
    return conn.execute(delete(subscriptions).where(subscriptions.c.id.in_(ids))).rowcount


def record_success(conn: Connection, ids: Collection[int], now: datetime) -> None:
    """These were reached. It writes only where that is news, so that a fan-out is not a write for each."""
    news = subscriptions.c.first_success_at.is_(None) | subscriptions.c.failing_since.is_not(None)
    first = _first_moment(subscriptions.c.first_success_at, now)
    conn.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(ids), news)
        .values(first_success_at=first, failing_since=None)
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
