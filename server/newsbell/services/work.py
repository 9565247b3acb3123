"""What every step of the work needs: the worker, its surroundings, and a message on its way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from newsbell.config import Settings
from newsbell.domain.governor import Governor
from newsbell.domain.key_refusals import KeyRefusals
from newsbell.domain.push import PushMessage, PushResult
from newsbell.domain.slots import PATIENCE, Service
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.services.payloads import Payloads
from newsbell.services.ports import Hints, NoHints, Pusher
from newsbell.storage.database import Database
from newsbell.storage.delivery import ClaimedBatch, Pair, Retry

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker's name, unique to its process, and the bounds it works in. No more than `batch_size` messages
    are sent and not yet written down, and no more than `concurrency` are under way. `patience` is how long
    all wait for a push service that has its share of them and is slow to answer.
    """

    name: str
    batch_size: int = 1_000
    lease: timedelta = timedelta(minutes=5)
    concurrency: int = 750
    patience: timedelta = PATIENCE

    @property
    def written_at_once(self) -> int:
        """Answers that are worth a transaction."""
        return max(1, self.batch_size // 4)

    @property
    def at_once(self) -> int:
        """Messages under way, besides which a batch has room for answers that wait to be written down."""
        return max(1, min(self.concurrency, self.batch_size - self.written_at_once))


@dataclass
class Turn:
    """Behind which host the next look at the push services that are waited for begins."""

    after: str = ""


@dataclass(frozen=True)
class Delivery:
    """What every step of the work needs, and what this worker has seen of the push services."""

    db: Database
    settings: Settings
    worker: Worker
    pusher: Pusher
    clock: Clock
    hints: Hints = field(default_factory=NoHints)
    refusals: KeyRefusals = field(default_factory=KeyRefusals)
    governor: Governor = field(default_factory=Governor)
    payloads: Payloads = field(default_factory=Payloads)
    turn: Turn = field(default_factory=Turn)


class Due(Protocol):
    """One browser to ring for one alert; `attempts` counts the tries that failed."""

    @property
    def alert_id(self) -> int: ...
    @property
    def subscription_id(self) -> int: ...
    @property
    def target(self) -> PushTarget: ...
    @property
    def vapid_key_id(self) -> int: ...
    @property
    def attempts(self) -> int: ...
    @property
    def proven(self) -> bool: ...
    @property
    def failing(self) -> bool: ...


@dataclass(eq=False, slots=True)
class Held:
    """A batch in this worker's hands: the recipient it is written down up to, how many behind that one are in
    line, and whether all of them have been.
    """

    batch: ClaimedBatch
    written_id: int
    in_line: int = 0
    all_entered: bool = False
    lost: bool = False


@dataclass(eq=False, slots=True)
class Entry:
    """One message. `batch` is the one it came by, and `in_line` whether that waits for it; `retry`: this
    worker holds a retry of it.
    """

    due: Due
    target: PushTarget
    message: PushMessage
    key: VapidKey
    service: Service
    batch: Held | None
    retry: bool = False
    in_line: bool = True
    aside: bool = False
    result: PushResult | None = None

    @property
    def pair(self) -> Pair:
        return pair_of(self.due)

    @property
    def taken_over(self) -> bool:
        """Whether another worker has the batch it came by."""
        return self.batch is not None and self.batch.lost


def host_of(endpoint: str) -> str:
    """The push service: the host of the endpoint."""
    return urlsplit(endpoint).hostname or ""


def pair_of(one: Due | Retry) -> Pair:
    """Whom it rings, and for what."""
    return one.alert_id, one.subscription_id


def is_witness(due: Due) -> bool:
    """Whether the last message to it was taken, so that a failure is news."""
    return due.proven and not due.failing


def spread() -> float:
    """A number from 0 to 1, so that those that failed together do not come back together."""
    return random.random()  # noqa: S311 - spreads load, guards nothing
