"""The receiving side of Web Push: a browser's keys, and what a push service checks."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.edges.vapid import new_key_pair

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"sixteen bytes..."

    def target(self, endpoint: str) -> PushTarget:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return PushTarget(endpoint=endpoint, p256dh=encoded(point), auth=encoded(self.auth))

    def decrypt(self, body: bytes) -> bytes:
        return bytes(
            http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        )


def new_vapid_key(number: int = 1) -> VapidKey:
    private, public = new_key_pair()
    return VapidKey(id=number, private_key=private, public_key=public, created_at=NOW)


def vapid_claims(header: str, key: VapidKey) -> dict[str, Any]:
    """The claims of an Authorization header, its signature verified (RFC 8292 sections 2 and 3)."""
    scheme, _, parameters = header.partition(" ")
    given = dict(part.strip().split("=", 1) for part in parameters.split(","))
    assert scheme == "vapid"
    assert given["k"] == key.public_key
    signed, _, signature = given["t"].rpartition(".")
    raw = decoded(signature)
    assert len(raw) == 64
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(given["k"]))
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(pair, signed.encode(), ec.ECDSA(hashes.SHA256()))
    head, _, claims = signed.partition(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    found: dict[str, Any] = json.loads(decoded(claims))
    return found
