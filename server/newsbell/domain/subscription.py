"""A subscription: one browser that asked to be rung, and the keys to reach it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

MAX_ENDPOINT = 2_048
"""Characters of a push endpoint, which are ASCII; the longest seen from a browser has under 700."""


class PushTarget(NamedTuple):
    """Where and for whom to encrypt (RFC 8291): the endpoint, and the browser's keys as base64url."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A stored subscription. `topics` are the names followed; `vapid_key` is the public key it was made
    with, current or not; `suspended_at` says since when the push service refuses that key for it (it is
    kept, and not rung). `linked`: an extension manages it too.
    """

    id: int
    target: PushTarget
    vapid_key_id: int
    vapid_key: str
    topics: tuple[FollowedTopic, ...]
    created_at: datetime
    suspended_at: datetime | None
    linked: bool = False


@dataclass(frozen=True, kw_only=True)
class FollowedTopic:
    name: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class VapidKey:
    """A key pair of RFC 8292: `private_key` as PKCS 8 PEM (a secret), `public_key` as the base64url of
    the uncompressed point, which browsers take as applicationServerKey.
    """

    id: int
    private_key: str
    public_key: str
    created_at: datetime
