"""What a variant's process is given, and what it gives back; both travel as JSON."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be sent. `subscriptions` are as browsers give them."""

    messages: int
    subscriptions: list[dict[str, Any]]
    payload: str
    subject: str
    private_key: str  # PKCS 8 PEM
    public_key: str
    cert: str
    data_dir: str
    host: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """`began` and `ended` by `time.time`, `cpu` in seconds, `memory` at the peak in MB."""

    messages: int
    began: float
    ended: float
    cpu: float
    memory: float


def raw_key(pem: str) -> str:
    """The private key as pywebpush takes it in a string: base64url of the number."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    number = key.private_numbers().private_value.to_bytes(32, "big")
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()
