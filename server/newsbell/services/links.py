"""Handing a subscription to the extension: the page offers a link, the extension claims it.

Why there are two manage tokens afterwards: docs/decisions/0006.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsbell.domain.links import LIFETIME, Link, is_verifier, is_verifier_hash, opens
from newsbell.domain.subscription import FollowedTopic
from newsbell.errors import MalformedError, NotFoundError
from newsbell.services.subscriptions import view
from newsbell.services.tokens import new_token, token_hash
from newsbell.storage import links as store
from newsbell.storage import subscriptions
from newsbell.storage.database import Connection, Database


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A link's code, shown this once, and the moment it is over."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """The subscription as the extension has it from now on; its manage token is shown this once."""

    id: int
    manage_token: str
    topics: tuple[FollowedTopic, ...]


def offer(db: Database, subscription_id: int, *, verifier_hash: str, now: datetime) -> Offered:
    """A code with which whoever knows the verifier behind the hash may manage the subscription.

    It takes the place of a link offered before.
    """
    if not is_verifier_hash(verifier_hash):
        raise MalformedError("hash is the base64url of a SHA-256 digest: 43 characters.", field="hash")
    code, expires_at = new_token("nbl"), now + LIFETIME
    link = Link(
        subscription_id=subscription_id, verifier_hash=verifier_hash, wrong_tries=0, expires_at=expires_at
    )
    with db.transaction() as conn:
        if subscriptions.get(conn, subscription_id) is None:
            raise NotFoundError("There is no such subscription here.")
        store.put(conn, link, code_hash=token_hash(code))
    return Offered(code=code, expires_at=expires_at)


def claim(db: Database, *, code: str, verifier: str, now: datetime) -> Claimed:
    """Take over a link, once: the manage token is a fresh one, and the page's own stays valid beside it.

    One answer for a code that is wrong, used or too late, and for a verifier that is not the one behind
    the hash: `NotFoundError`.
    """
    if not is_verifier(verifier):
        raise MalformedError("verifier has 43 to 128 letters, digits or -._~ .", field="verifier")
    token = new_token("nbm")
    with db.transaction() as conn:
        subscription_id = _take(conn, token_hash(code), verifier, now)
        if subscription_id is not None:
            store.set_linked_token(conn, subscription_id, token_hash(token), now)
    if subscription_id is None:
        raise NotFoundError("There is no such link: it was used, is too old, or is not this extension's.")
    return Claimed(id=subscription_id, manage_token=token, topics=view(db, subscription_id).topics)


def _take(conn: Connection, code_hash: str, verifier: str, now: datetime) -> int | None:
    """The subscription whose link this claims; a wrong try is counted, so that it must not be undone."""
    link = store.find(conn, code_hash)
    if link is None:
        return None
    if not opens(link, verifier, now):
        store.count_wrong_try(conn, code_hash)
        return None
    subscriptions.lock(conn, [link.subscription_id])  # before its link (`newsbell.storage.delivery`)
    return link.subscription_id if store.take(conn, code_hash) else None
