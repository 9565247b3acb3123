"""What a push service checks in the Authorization header of a push (RFC 8292)."""

from __future__ import annotations

import base64
import binascii
import json
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_LONGEST_LIFE = 24 * 3600  # section 2


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def fault(header: str, *, key: str, origin: str) -> str:
    """What is wrong with the header for a subscription made with `key` (base64url of the point) at the
    push service's `origin`; "" where nothing is."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme.lower() != "vapid" or not {"t", "k"} <= parts.keys():
        return "no vapid scheme with t and k"
    try:
        if from_base64url(parts["k"]) != from_base64url(key):
            return "k is not the key of the subscription"
        return _claims_fault(_verified_claims(parts["t"], from_base64url(key)), origin)
    except (InvalidSignature, ValueError, binascii.Error) as error:
        return f"the token cannot be read: {error!r}"


def _verified_claims(token: str, point: bytes) -> dict[str, object]:
    header, claims, signature = token.split(".")
    raw = from_base64url(signature)
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public.verify(encode_dss_signature(r, s), f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    found: dict[str, object] = json.loads(from_base64url(claims))
    return found


def _claims_fault(claims: dict[str, object], origin: str) -> str:
    if claims.get("aud") != origin:
        return f"aud is {claims.get('aud')}, not {origin}"
    expires = claims.get("exp")
    if not isinstance(expires, int) or not time.time() < expires <= time.time() + _LONGEST_LIFE:
        return f"exp is {expires}"
    if not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
        return f"sub is {claims.get('sub')}"
    return ""
