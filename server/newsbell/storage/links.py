"""Links that wait to be claimed, and the second manage token that a claimed one leaves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from newsbell.domain.links import Link
from newsbell.storage.database import Connection
from newsbell.storage.schema import linked_tokens, links
from newsbell.storage.statements import insert


def put(conn: Connection, link: Link, *, code_hash: str) -> None:
    """Store a link in place of the one its subscription has already."""
    values = {
        "code_hash": code_hash,
        "verifier_hash": link.verifier_hash,
        "wrong_tries": link.wrong_tries,
        "expires_at": link.expires_at,
    }
    row = insert(conn, links).values(subscription_id=link.subscription_id, **values)
    conn.execute(row.on_conflict_do_update(index_elements=[links.c.subscription_id], set_=values))


def find(conn: Connection, code_hash: str) -> Link | None:
    row = conn.execute(select(links).where(links.c.code_hash == code_hash)).first()
    if row is None:
        return None
    return Link(
        subscription_id=row.subscription_id,
        verifier_hash=row.verifier_hash,
        wrong_tries=row.wrong_tries,
        expires_at=row.expires_at,
    )


def count_wrong_try(conn: Connection, code_hash: str) -> None:
    tries = {"wrong_tries": links.c.wrong_tries + 1}
    conn.execute(update(links).where(links.c.code_hash == code_hash).values(tries))


def take(conn: Connection, code_hash: str) -> bool:
    """Remove a link; of several that try at once, one is told True."""
    return bool(conn.execute(delete(links).where(links.c.code_hash == code_hash)).rowcount)


def set_linked_token(conn: Connection, subscription_id: int, token_hash: str, now: datetime) -> None:
    """Open the subscription with this manage token too; a linked one before it ends."""
    values = {"token_hash": token_hash, "created_at": now}
    row = insert(conn, linked_tokens).values(subscription_id=subscription_id, **values)
    conn.execute(row.on_conflict_do_update(index_elements=[linked_tokens.c.subscription_id], set_=values))


def clear_expired(conn: Connection, now: datetime, limit: int) -> int:
    """Remove at most `limit` of the links that nobody claimed in time; how many that were."""
    late = (
        select(links.c.code_hash)
        .where(links.c.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    codes = conn.execute(late).scalars().all()
    return conn.execute(delete(links).where(links.c.code_hash.in_(codes))).rowcount
