"""Stores for the benchmarks: readers as browsers make them, and an article that rings for them."""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, insert, select

from newsbell.config import Settings
from newsbell.edges.vapid import new_key_pair
from newsbell.services.importing import Imported, Source, import_article
from newsbell.services.vapid import ensure_keys
from newsbell.storage import topics
from newsbell.storage.database import Database
from newsbell.storage.migrations import migrate
from newsbell.storage.schema import subscription_topics, subscriptions

TOPIC = "Bridges"
_PAGE = 5_000
_BODY = (
    "The bridge over the sound opened to traffic on Monday, two years later than planned. "
    "Ferries that had carried commuters since the last war made their final crossing in the evening, "
    "and the harbour master rang the old bell once for each of them. "
)


@dataclass
class Browser:
    """The keys of a browser's push subscription, both halves."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    def __post_init__(self) -> None:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.p256dh, self.auth_text = _base64url(point), _base64url(self.auth)


def new_store(folder: Path, *, database_url: str = "", private_host: str = "") -> tuple[Settings, Database]:
    """An empty store with its keys."""
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        private_hosts=frozenset({private_host} if private_host else ()),
        vapid_subject="mailto:operator@bell.example",
    )
    migrate(settings)
    db = Database(settings.resolved_database_url)
    ensure_keys(db, new_key_pair, datetime.now(UTC))
    return settings, db


def add_readers(
    db: Database, endpoints: Iterable[str], browser_of: Callable[[int], Browser], topic: str = TOPIC
) -> None:
    """Store a follower of the topic for each endpoint, as rung before: what is new is written once only."""
    now = datetime.now(UTC)
    with db.transaction() as conn:
        topic_id = topics.ensure(conn, [topic], now)[0].id
        first = (conn.execute(select(func.max(subscriptions.c.id))).scalar() or 0) + 1
        rows = [
            {
                "id": number,
                "endpoint": endpoint,
                "p256dh": browser_of(number).p256dh,
                "auth": browser_of(number).auth_text,
                "vapid_key_id": 1,
                "manage_token_hash": f"hash {number}",
                "created_at": now,
                "first_success_at": now,
            }
            for number, endpoint in enumerate(endpoints, first)
        ]
        follows = [{"topic_id": topic_id, "subscription_id": row["id"]} for row in rows]
        for start in range(0, len(rows), _PAGE):
            conn.execute(insert(subscriptions), rows[start : start + _PAGE])
            conn.execute(insert(subscription_topics), follows[start : start + _PAGE])


def body_of(number: str) -> str:
    """A text with words of its own throughout: one like another's would be that one's story, and not ring."""
    return "\n\n".join(" ".join(random.choices(_BODY.split(), k=40)) + f" {number}." for _ in range(4))


def ring(db: Database, settings: Settings, topic: str = TOPIC) -> Imported:
    """Store an article of the topic, and with it the duty to ring for it."""
    number = os.urandom(4).hex()
    text = f"Bridge {number} opens\n\n{body_of(number)}\n\nTopics: {topic}"
    source = Source(url=f"https://news.example/{number}", content=text)
    imported = import_article(db, settings, source, topics=[topic], notify="yes", now=datetime.now(UTC))
    assert imported.rung, imported.reason
    return imported


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
