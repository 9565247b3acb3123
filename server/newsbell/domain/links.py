"""A link hands a subscription to the extension: a code, worth nothing without the secret behind a hash.

It is the exchange of RFC 7636 (PKCE): the extension keeps a verifier and shows only its hash; the code is
given out for that hash; the verifier claims the code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(minutes=10)
MAX_WRONG_TRIES = 5
"""Wrong verifiers after which a link is over."""

_HASH = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link that waits to be claimed; `verifier_hash` as `is_verifier_hash` wants it."""

    subscription_id: int
    verifier_hash: str
    wrong_tries: int
    expires_at: datetime


def is_verifier_hash(text: str) -> bool:
    """Whether it is the base64url of a SHA-256 digest, without padding (RFC 7636 section 4.2, S256)."""
    return _HASH.fullmatch(text) is not None


def is_verifier(text: str) -> bool:
    """Whether it has the form of a verifier (RFC 7636 section 4.1): 43 to 128 unreserved characters."""
    return _VERIFIER.fullmatch(text) is not None


def opens(link: Link, verifier: str, now: datetime) -> bool:
    """Whether the verifier claims the link at this moment; the comparison takes the same time either way."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    matches = hmac.compare_digest(digest, link.verifier_hash)
    return matches and now < link.expires_at and link.wrong_tries < MAX_WRONG_TRIES
