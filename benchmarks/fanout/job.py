"""What a variant's process is given, and what it gives back; both travel as JSON."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be sent. `subscriptions` are as browsers give them, `cert` the authorities that are trusted;
    the rows are in `data_dir`, or in `database_url` where that is given.
    """

    messages: int
    subscriptions: list[dict[str, Any]]
    payload: str
    subject: str
    private_key: str  # PKCS 8 PEM
    public_key: str
    cert: str
    data_dir: str
    host: str
    database_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """`began` and `ended` by `time.time`, `cpu` in seconds, memory in MB: before the first message (`idle`)
    and at the peak; None where the system does not tell.
    """

    messages: int
    began: float
    ended: float
    cpu: float
    idle: float | None
    memory: float | None


def memory_mb(what: str) -> float | None:
    """This process's own memory in MB: VmRSS now, VmHWM at the peak. What `getrusage` tells is no less than
    what the process had that started this one.
    """
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what + ":"))


def raw_key(pem: str) -> str:
    """The private key as pywebpush takes it in a string: base64url of the number."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    number = key.private_numbers().private_value.to_bytes(32, "big")
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()
