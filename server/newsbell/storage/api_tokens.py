"""API tokens of editors: a name, and the hash of what they show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update

from newsbell.errors import ConflictError
from newsbell.storage.database import Connection
from newsbell.storage.schema import api_tokens
from newsbell.storage.statements import insert

_IN_USE = text("revoked_at IS NULL")


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """A token as it is listed; `revoked_at` says since when it opens nothing."""

    name: str
    created_at: datetime
    revoked_at: datetime | None


def add(conn: Connection, name: str, token_hash: str, now: datetime) -> None:
    """Store a token. `ConflictError` where one in use has the name; a revoked one's name is free again."""
    row = insert(conn, api_tokens).values(name=name, token_hash=token_hash, created_at=now)
    row = row.on_conflict_do_nothing(index_elements=[api_tokens.c.name], index_where=_IN_USE)
    if conn.execute(row.returning(api_tokens.c.id)).first() is None:
        raise ConflictError(f"There is a token named {name} already.", code="name_taken", field="name")


def find(conn: Connection, token_hash: str) -> str | None:
    """The name of the token with this hash, unless it was revoked."""
    query = select(api_tokens.c.name).where(api_tokens.c.token_hash == token_hash, _IN_USE)
    name: str | None = conn.execute(query).scalar()
    return name


def listed(conn: Connection) -> list[ApiToken]:
    """Every token, the revoked ones too, the oldest first."""
    columns = (api_tokens.c.name, api_tokens.c.created_at, api_tokens.c.revoked_at)
    rows = conn.execute(select(*columns).order_by(api_tokens.c.id))
    return [ApiToken(name=row.name, created_at=row.created_at, revoked_at=row.revoked_at) for row in rows]


def revoke(conn: Connection, name: str, now: datetime) -> bool:
    """End the token of this name; False where none in use has it."""
    statement = update(api_tokens).where(api_tokens.c.name == name, _IN_USE).values(revoked_at=now)
    return bool(conn.execute(statement).rowcount)
