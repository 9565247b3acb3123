"""Secrets we hand out once and keep only as a hash: API tokens of editors, manage tokens of readers."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime

from newsbell.errors import MalformedError, NotFoundError, UnauthorizedError
from newsbell.storage import api_tokens
from newsbell.storage.database import Database

_NAME = re.compile(r"[^\s\x00-\x1f]{1,64}")


def new_token(prefix: str) -> str:
    """A token of 256 random bits; the prefix lets people and leak scanners see what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """What is stored of a token. One round of SHA-256 is enough: a token of 256 random bits cannot be
    guessed from its hash, however fast hashing is.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(db: Database, name: str, now: datetime) -> str:
    """A new API token, shown this once."""
    if not _NAME.fullmatch(name):
        raise MalformedError("A token's name has 1 to 64 characters and no spaces.", field="name")
    token = new_token("nbt")
    with db.transaction() as conn:
        api_tokens.add(conn, name, token_hash(token), now)
    return token


def check_token(db: Database, token: str) -> str:
    """The name of the API token, or `UnauthorizedError`."""
    with db.read() as conn:
        name = api_tokens.find(conn, token_hash(token))
    if name is None:
        raise UnauthorizedError("This API token is not known here, or was revoked.")
    return name


def list_tokens(db: Database) -> list[api_tokens.ApiToken]:
    with db.read() as conn:
        return api_tokens.listed(conn)


def revoke_token(db: Database, name: str, now: datetime) -> None:
    with db.transaction() as conn:
        if not api_tokens.revoke(conn, name, now):
            raise NotFoundError(f"There is no API token named {name} in use.", field="name")
