"""Message encryption for Web Push (RFC 8291 over RFC 8188), once for each message, in few steps.

The same bytes as pywebpush's own `encode`, which spends a third of its time on copies and on objects that
live for one message; the curve's arithmetic is what is left here.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from hmac import digest
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pywebpush import NoData, WebPusher, WebPushException

from newsbell.domain.subscription import PushTarget
from newsbell.errors import MalformedError

_CURVE = ec.SECP256R1()
_ECDH = ec.ECDH()
_X962, _POINT = Encoding.X962, PublicFormat.UncompressedPoint

# RFC 8188 section 2.1: the record size (one record holds all of a message), then the length of the key's id.
_RECORD_SIZE = (4_096).to_bytes(4, "big") + b"\x41"
_LAST_RECORD = b"\x02"
# HKDF of one block (RFC 5869 section 2.3): the info, then the block's number.
_KEY_INFO = b"Content-Encoding: aes128gcm\x00\x01"
_NONCE_INFO = b"Content-Encoding: nonce\x00\x01"

# Salts not used yet. Each comes from the system and serves once; fetched one by one they would cost a third
# of the encryption, because each call lets go of Python's lock and has to wait for it again.
_salts: list[bytes] = []
_SALTS_AT_ONCE = 256
os.register_at_fork(after_in_child=_salts.clear)


class MessageEncrypter(WebPusher):  # type: ignore[misc]  # pywebpush tells no types
    """pywebpush's pusher for one subscription, its `encode` for aes128gcm alone and without detours.

    `subscription_info` is {"endpoint", "keys": {"p256dh", "auth"}} with the keys as base64url, as browsers
    give it. Raises WebPushException, or ValueError where a key is not base64url.
    """

    def __init__(self, subscription_info: Mapping[str, Any]) -> None:
        self.subscription_info = subscription_info
        keys = subscription_info["keys"]
        self.receiver_key = _decoded(keys["p256dh"])
        self.auth_key = _decoded(keys["auth"])
        if len(self.auth_key) != 16:
            raise WebPushException("auth is not 16 bytes")

    def encode(self, data: bytes, content_encoding: str = "aes128gcm") -> dict[str, bytes]:
        """The body of RFC 8291 section 4, with a key pair and a salt of its own; {"body"}.

        Raises ValueError where the receiver's key is no point on P-256.
        """
        if content_encoding != "aes128gcm":
            raise WebPushException("only aes128gcm is sent")
        if not data:
            raise NoData
        return {"body": _encrypted(data, self.receiver_key, self.auth_key)}


def encrypt(target: PushTarget, payload: bytes) -> bytes:
    """What is posted to the target. Raises MalformedError where its keys cannot be used."""
    try:
        pusher = MessageEncrypter({"keys": {"p256dh": target.p256dh, "auth": target.auth}})
        return pusher.encode(payload)["body"]
    except (WebPushException, ValueError) as error:
        raise MalformedError("The keys of this subscription cannot be used.", field="keys") from error


def _encrypted(data: bytes, receiver: bytes, auth: bytes) -> bytes:
    salt = _salt()
    # A pair for this message alone (RFC 8291 section 3.1), so that nothing links or opens another one.
    private = ec.generate_private_key(_CURVE)
    sender = private.public_key().public_bytes(_X962, _POINT)
    shared = private.exchange(_ECDH, ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, receiver))
    # RFC 8291 section 3.4: HKDF-Extract and -Expand, twice; each output is one block of SHA-256.
    combined = digest(auth, shared, "sha256")
    secret = digest(combined, b"WebPush: info\x00" + receiver + sender + b"\x01", "sha256")
    record = digest(salt, secret, "sha256")
    key, nonce = digest(record, _KEY_INFO, "sha256")[:16], digest(record, _NONCE_INFO, "sha256")[:12]
    sealed = AESGCM(key).encrypt(nonce, data + _LAST_RECORD, None)
    return b"".join((salt, _RECORD_SIZE, sender, sealed))


def _salt() -> bytes:
    try:
        return _salts.pop()
    except IndexError:
        fresh = os.urandom(16 * _SALTS_AT_ONCE)
        _salts.extend(fresh[place : place + 16] for place in range(16, len(fresh), 16))
        return fresh[:16]


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
