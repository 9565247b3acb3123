"""Push messages and what becomes of them, as rules without a network."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from newsbell.domain.subscription import PushTarget, VapidKey


class Outcome(enum.Enum):
    """What a push service's answer means for the subscription and for the message."""

    SENT = "sent"  # any 2xx
    GONE = "gone"  # 404, 410: the subscription is over and is removed
    MESSAGE_REFUSED = "message_refused"  # 400, 413: our message is at fault; not retried as it is
    KEY_REFUSED = "key_refused"  # 401, 403: another key's subscription; suspended, not removed
    REFUSED = "refused"  # 3xx and what else is final: never followed
    LATER = "later"  # 429, 5xx, network: try again, after retry_after where the service named it
    PAUSED = "paused"  # not sent: the push service rests, is slow, or takes our key no more, for now


@dataclass(frozen=True, kw_only=True)
class PushResult:
    """One answer: the outcome, the HTTP status (0: none came), and how long the service asked to wait."""

    outcome: Outcome
    status: int
    detail: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class PushMessage:
    """One message before encryption. `ttl` in seconds (RFC 8030 section 5.2), `topic` at most 32
    URL-safe characters (section 5.4), `urgency` one of very-low, low, normal, high (section 5.3).
    """

    payload: bytes
    ttl: int
    topic: str
    urgency: str = "normal"


class Outgoing(Protocol):
    """One message on its way to one browser, signed with the key its subscription was made with."""

    @property
    def target(self) -> PushTarget: ...
    @property
    def message(self) -> PushMessage: ...
    @property
    def key(self) -> VapidKey: ...


@dataclass(frozen=True, slots=True)
class PushOrder:
    """An `Outgoing` and nothing more."""

    target: PushTarget
    message: PushMessage
    key: VapidKey


def classify(status: int) -> Outcome:
    """The outcome of an HTTP status from a push service (RFC 8030 sections 5 and 7.3, RFC 8292 section 2)."""
    if 200 <= status < 300:
        return Outcome.SENT
    known = {
        400: Outcome.MESSAGE_REFUSED,
        401: Outcome.KEY_REFUSED,
        403: Outcome.KEY_REFUSED,
        404: Outcome.GONE,
        408: Outcome.LATER,
        410: Outcome.GONE,
        413: Outcome.MESSAGE_REFUSED,
        429: Outcome.LATER,
    }
    if status in known:
        return known[status]
    return Outcome.LATER if status >= 500 or status < 200 else Outcome.REFUSED
