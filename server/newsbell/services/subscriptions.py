"""A reader's subscription: made, shown, changed and ended with its manage token. There is no account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbell.config import Settings
from newsbell.domain.payload import preview_payload
from newsbell.domain.push import Outcome, PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, Subscription
from newsbell.errors import ConflictError, MalformedError, NotFoundError, UnauthorizedError
from newsbell.services.ports import EndpointRules, Pusher
from newsbell.services.tokens import new_token, token_hash
from newsbell.services.topics import checked_names, ensure_topics
from newsbell.services.vapid import current_key
from newsbell.storage import keys
from newsbell.storage import subscriptions as store
from newsbell.storage.database import Connection, Database

MAX_TOPICS = 200
"""Topics of one subscription."""
_TEST_TTL = 300


@dataclass(frozen=True, kw_only=True)
class Subscribed:
    """A subscription and its manage token, which is shown this once. `created` is False where the same
    browser was known: its old token has ended.
    """

    id: int
    manage_token: str
    created: bool


def subscribe(
    db: Database,
    *,
    target: PushTarget,
    topics: Sequence[str],
    rules: EndpointRules,
    vapid_key: str | None = None,
    now: datetime,
) -> Subscribed:
    """Store a browser's push subscription and the topics it follows.

    `vapid_key` is the public key the browser subscribed with, where it says so; the current one otherwise.
    Another browser's keys for a known endpoint are a `ConflictError`: whoever knows only the endpoint must
    not take the subscription over.
    """
    rules.check(target)
    with db.read() as conn:
        names = _topic_names(conn, topics)
    current = current_key(db)
    token = new_token("nbm")
    with db.transaction() as conn:
        key_id = current.id if vapid_key is None else _key_id(conn, vapid_key)
        ids = [topic.id for topic in ensure_topics(conn, names, now)]
        known = store.find_by_endpoint(conn, target.endpoint)
        if known is None:
            number = store.add(
                conn,
                target,
                vapid_key_id=key_id,
                topic_ids=ids,
                manage_token_hash=token_hash(token),
                now=now,
            )
            return Subscribed(id=number, manage_token=token, created=True)
        if known.target != target:
            raise ConflictError("This push endpoint is subscribed with other keys.", field="keys")
        store.set_token(conn, known.id, token_hash(token))
        store.set_topics(conn, known.id, ids)
        store.unsuspend(conn, known.id)
    return Subscribed(id=known.id, manage_token=token, created=False)


def authenticate(db: Database, token: str) -> int:
    """The id of the subscription the manage token opens."""
    with db.read() as conn:
        number = store.find_by_token(conn, token_hash(token))
    if number is None:
        raise UnauthorizedError("This manage token is not known here; the subscription may have ended.")
    return number


def view(db: Database, subscription_id: int) -> Subscription:
    with db.read() as conn:
        return _existing(conn, subscription_id)


def change_topics(db: Database, subscription_id: int, topics: Sequence[str], now: datetime) -> Subscription:
    """Follow exactly these topics from now on."""
    with db.read() as conn:
        names = _topic_names(conn, topics)
    with db.transaction() as conn:
        _existing(conn, subscription_id)
        ids = [topic.id for topic in ensure_topics(conn, names, now)]
        store.set_topics(conn, subscription_id, ids)
        return _existing(conn, subscription_id)


def move_endpoint(
    db: Database,
    subscription_id: int,
    target: PushTarget,
    *,
    rules: EndpointRules,
    vapid_key: str | None = None,
    now: datetime,
) -> Subscription:
    """Ring at another endpoint from now on: the browser's push service replaced the old one."""
    rules.check(target)
    current = current_key(db)
    with db.transaction() as conn:
        _existing(conn, subscription_id)
        known = store.find_by_endpoint(conn, target.endpoint)
        if known is not None and known.id != subscription_id:
            raise ConflictError("Another subscription has this push endpoint.", field="endpoint")
        key_id = current.id if vapid_key is None else _key_id(conn, vapid_key)
        store.set_endpoint(conn, subscription_id, target, key_id, now)
        return _existing(conn, subscription_id)


def unsubscribe(db: Database, subscription_id: int) -> None:
    """End it: nothing more is sent, and nothing of it is kept."""
    with db.transaction() as conn:
        if not store.remove(conn, subscription_id):
            raise NotFoundError("There is no such subscription here.")


def send_test(
    db: Database, settings: Settings, subscription_id: int, *, pusher: Pusher, now: datetime
) -> PushResult:
    """Ring this one browser, now. A subscription that its push service says is over is removed, unless it has
    moved to another endpoint meanwhile.
    """
    with db.read() as conn:
        subscription = _existing(conn, subscription_id)
        key = keys.get(conn, subscription.vapid_key_id)
    if key is None:  # pragma: no cover - a foreign key holds it
        raise NotFoundError("The key of this subscription is gone; subscribe again.")
    message = PushMessage(
        payload=preview_payload(settings.base_url), ttl=_TEST_TTL, topic="test", urgency="high"
    )
    result = pusher.send(subscription.target, message, key)
    with db.transaction() as conn:
        if store.lock(conn, [subscription_id]).get(subscription_id) != subscription.target.endpoint:
            return result
        if result.outcome is Outcome.GONE:
            store.remove(conn, subscription_id)
        elif result.outcome is Outcome.SENT:
            store.record_success(conn, [subscription_id], now)
    return result


def _topic_names(conn: Connection, topics: Sequence[str]) -> list[str]:
    names = checked_names(conn, topics, limit=MAX_TOPICS)
    if not names:
        raise MalformedError("Name at least one topic to follow.", field="topics")
    return names


def _existing(conn: Connection, subscription_id: int) -> Subscription:
    subscription = store.get(conn, subscription_id)
    if subscription is None:
        raise NotFoundError("There is no such subscription here.")
    return subscription


def _key_id(conn: Connection, public_key: str) -> int:
    for key in keys.all_keys(conn):
        if key.public_key == public_key.rstrip("="):
            return key.id
    raise ConflictError(
        "This server has no such VAPID key; subscribe with its current one.", field="vapid_key"
    )
