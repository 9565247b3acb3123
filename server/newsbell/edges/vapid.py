"""VAPID: the keys by which push services know us, and the header that proves it (RFC 8292)."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import jwt

from newsbell.domain.subscription import VapidKey

LIFETIME = timedelta(hours=12)  # RFC 8292 section 2: at most 24 hours; half leaves room for a wrong clock
REUSE = timedelta(hours=6)  # section 5 encourages reuse; after this a fresh token is signed
_REMEMBERED = 1_000  # origins; the known services have far fewer


def new_key_pair() -> tuple[str, str]:
    """A new P-256 pair: (private key as PKCS 8 PEM, public key as base64url of the uncompressed point)."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return private.decode("ascii"), base64.urlsafe_b64encode(public).rstrip(b"=").decode("ascii")


@lru_cache(maxsize=32)
def _private_key(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode("ascii"), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("a VAPID key is a key on P-256")
    return key


class VapidHeaders:
    """Makes Authorization headers and reuses each for some hours. Safe to share between threads.

    `subject` is the `sub` claim, whom a push service may write to; it is left out where it is neither
    mailto: nor https:, the only forms RFC 8292 section 2.1 allows.
    """

    def __init__(self, subject: str, *, clock: Callable[[], datetime]) -> None:
        self._subject = subject if subject.startswith(("mailto:", "https://")) else ""
        self._clock = clock
        self._made: dict[tuple[str, str], tuple[datetime, str]] = {}
        self._lock = threading.Lock()

    def header(self, endpoint: str, key: VapidKey) -> str:
        """The Authorization header for one push endpoint: "vapid t=<token>,k=<public key>"."""
        place = (_origin(endpoint), key.private_key)
        now = self._clock()
        with self._lock:
            made_at, header = self._made.get(place, (None, ""))
        if made_at is not None and made_at <= now < made_at + REUSE:
            return header
        header = f"vapid t={self._token(place[0], key, now)},k={key.public_key.rstrip('=')}"
        with self._lock:
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            self._made[place] = (now, header)
        return header

    def _token(self, origin: str, key: VapidKey, now: datetime) -> str:
        # Claims of one token's own: a dict shared between services once sent one's `aud` to the other.
        claims: dict[str, str | int] = {"aud": origin, "exp": int((now + LIFETIME).timestamp())}
        if self._subject:
            claims["sub"] = self._subject
        return str(jwt.sign(claims, _private_key(key.private_key)))


def _origin(endpoint: str) -> str:
    """The origin of a URL as RFC 6454 writes it: lower case, the scheme's own port left out."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    own = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, own) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
