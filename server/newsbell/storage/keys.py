"""The server's own secrets: VAPID key pairs (RFC 8292), and what else it signs with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy import insert as plain_insert

from newsbell.domain.subscription import VapidKey
from newsbell.storage.database import Connection
from newsbell.storage.schema import secrets, vapid_keys
from newsbell.storage.statements import insert, lock

_KEY_LOCK = 0x4E62_6B79


def current(conn: Connection) -> VapidKey | None:
    """The newest key: new subscriptions are made with it."""
    row = conn.execute(select(vapid_keys).order_by(vapid_keys.c.id.desc()).limit(1)).first()
    return None if row is None else _key(row)


def get(conn: Connection, key_id: int) -> VapidKey | None:
    row = conn.execute(select(vapid_keys).where(vapid_keys.c.id == key_id)).first()
    return None if row is None else _key(row)


def all_keys(conn: Connection) -> list[VapidKey]:
    """Every key, the oldest first."""
    return [_key(row) for row in conn.execute(select(vapid_keys).order_by(vapid_keys.c.id))]


def add(conn: Connection, private_pem: str, public_b64: str, now: datetime) -> VapidKey:
    """Store a pair; it is the current one from now on."""
    values = {"private_key": private_pem, "public_key": public_b64, "created_at": now}
    row = conn.execute(plain_insert(vapid_keys).values(values).returning(*vapid_keys.c)).one()
    return _key(row)


def take_turn(conn: Connection) -> None:
    """Wait until this is the one transaction that makes keys, to its end, so that two servers that start
    at once on one empty store agree on a key.
    """
    if conn.dialect.name == "postgresql":
        lock(conn, _KEY_LOCK)


def secret(conn: Connection, name: str) -> bytes | None:
    """The secret of this name."""
    value: bytes | None = conn.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar()
    return value


def set_secret(conn: Connection, name: str, value: bytes) -> bytes:
    """Keep a secret for good, and give back the one in force: that of the first who kept one."""
    conn.execute(insert(conn, secrets).values(name=name, value=value).on_conflict_do_nothing())
    kept = secret(conn, name)
    assert kept is not None, "it was there, or is now"
    return kept


def _key(row: Row[Any]) -> VapidKey:
    return VapidKey(
        id=row.id, private_key=row.private_key, public_key=row.public_key, created_at=row.created_at
    )
