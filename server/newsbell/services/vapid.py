"""The keys by which push services know this server (RFC 8292)."""

from __future__ import annotations

from datetime import datetime

from newsbell.domain.subscription import VapidKey
from newsbell.errors import NoStoreError
from newsbell.services.ports import KeyMaker
from newsbell.storage import keys
from newsbell.storage.database import Database


def ensure_keys(db: Database, make_pair: KeyMaker, now: datetime) -> VapidKey:
    """The current key, made if there is none. Safe when several servers start at once: the look and the
    making are one write transaction, and a key another one made first is taken.
    """
    with db.transaction() as conn:
        keys.take_turn(conn)
        return keys.current(conn) or keys.add(conn, *make_pair(), now)


def current_key(db: Database) -> VapidKey:
    """The key new subscriptions are made with; `NoStoreError` before the first start."""
    with db.read() as conn:
        key = keys.current(conn)
    if key is None:
        raise NoStoreError("This Newsbell has no VAPID key yet; newsbell serve makes one.")
    return key


def rotate(db: Database, make_pair: KeyMaker, now: datetime) -> VapidKey:
    """A new key for new subscriptions. Those made with an old key go on being rung with it, because a
    push service ties a subscription to the key it was made with (RFC 8292 section 4.2).
    """
    with db.transaction() as conn:
        return keys.add(conn, *make_pair(), now)
