"""Values for tests: each valid as it is, each part of it changeable."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newsbell.domain.article import Article, CleanArticle, Origin
from newsbell.domain.subscription import PushTarget
from newsbell.storage import articles, delivery, keys, schema, subscriptions, topics
from newsbell.storage.articles import TopicLink
from newsbell.storage.database import Connection

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)

_numbers = count(1)


def clean_article(**changes: Any) -> CleanArticle:
    """An article as cleaning gives it, with an address of its own."""
    number = next(_numbers)
    article = CleanArticle(
        url=f"https://news.example/{number}?from=front",
        canonical_url=f"https://news.example/{number}",
        title=f"Bridge number {number} opens",
        summary="Ferries may now rest.",
        byline=("Ada Byron",),
        body_html="<p>Ferries may now rest.</p><p>The bridge is open.</p>",
        body_text="Ferries may now rest.\nThe bridge is open.",
        lead_image=None,
        site_name="The Example",
        language="en",
        published_at=None,
        modified_at=None,
        topics=(),
        removals=(),
    )
    return replace(article, **changes)


def push_target(endpoint: str = "") -> PushTarget:
    """An endpoint with keys as a browser makes them (RFC 8291 section 3.1): a point on P-256, 16 bytes."""
    return PushTarget(
        endpoint=endpoint or f"https://push.example/send/{next(_numbers)}",
        p256dh=_base64url(_point()),
        auth=_base64url(os.urandom(16)),
    )


def vapid_pair() -> tuple[str, str]:
    """A new VAPID pair: (private key as PKCS 8 PEM, public key as base64url of the point)."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode(), _base64url(_public_bytes(key))


def stored_article(
    conn: Connection,
    *topic_names: str,
    now: datetime = NOW,
    origin: Origin = "declared",
    original: bytes | None = None,
    story_id: int | None = None,
    **changes: Any,
) -> Article:
    """An article stored under these topics, of a story of its own where none is given."""
    links = [
        TopicLink(topic=topic, origin=origin, weight=0.5) for topic in topics.ensure(conn, topic_names, now)
    ]
    if story_id is None:
        story_id = articles.add_story(conn, f"digest {next(_numbers)}", now)
    clean = clean_article(**changes)
    return articles.add(conn, clean, topics=links, story_id=story_id, original=original, now=now)


def stored_key(conn: Connection, now: datetime = NOW) -> int:
    """The number of a stored VAPID key, made where there is none."""
    return (keys.current(conn) or keys.add(conn, *_one_pair(), now)).id


def subscriber(
    conn: Connection, *topic_names: str, now: datetime = NOW, target: PushTarget | None = None
) -> int:
    """The number of a stored subscription that follows these topics."""
    number = next(_numbers)
    target = target or _one_target()._replace(endpoint=f"https://push.example/send/{number}")
    return subscriptions.add(
        conn,
        target,
        vapid_key_id=stored_key(conn, now),
        topic_ids=topic_ids(conn, topic_names),
        manage_token_hash=f"hash {number}",
        now=now,
    )


def subscribers(
    conn: Connection, endpoints: Sequence[str], *topic_names: str, now: datetime = NOW, proven: bool = False
) -> list[int]:
    """The numbers of stored subscriptions of these endpoints that follow these topics: the rows of
    `subscriber`, in a few statements however many they are. They are `proven` if they were rung before.
    """
    if not endpoints:
        return []
    target, key, followed = _one_target(), stored_key(conn, now), topic_ids(conn, topic_names)
    browser = {"p256dh": target.p256dh, "auth": target.auth, "vapid_key_id": key, "created_at": now}
    rows = [
        {**browser, "endpoint": endpoint, "manage_token_hash": f"hash {next(_numbers)}"}
        for endpoint in endpoints
    ]
    add = sa.insert(schema.subscriptions)
    ids = list(
        conn.execute(add.returning(schema.subscriptions.c.id, sort_by_parameter_order=True), rows).scalars()
    )
    follows = [{"topic_id": topic, "subscription_id": number} for number in ids for topic in followed]
    conn.execute(sa.insert(schema.subscription_topics), follows)
    if proven:
        subscriptions.record_success(conn, ids, now)
    return ids


def add_retry(
    conn: Connection, alert_id: int, subscription_id: int, *, due_at: datetime, attempts: int
) -> None:
    """Store that a reader is to be tried again."""
    one = delivery.Retry(
        alert_id=alert_id, subscription_id=subscription_id, due_at=due_at, attempts=attempts
    )  # fmt: skip
    delivery.add_retries(conn, [one], "worker")


def topic_ids(conn: Connection, names: Sequence[str]) -> list[int]:
    return [topic.id for topic in topics.ensure(conn, names, NOW)]


@cache
def _one_pair() -> tuple[str, str]:
    return vapid_pair()


@cache
def _one_target() -> PushTarget:
    return push_target()


def _point() -> bytes:
    return _public_bytes(ec.generate_private_key(ec.SECP256R1()))


def _public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
