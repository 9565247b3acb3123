"""Write down what came of messages, many in one transaction.

What an answer means is decided in the domain (`push`, `backoff`, `key_refusals`); here it becomes rows.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from newsbell.config import Settings
from newsbell.domain.backoff import given_up, retry_at
from newsbell.domain.governor import Governor
from newsbell.domain.key_refusals import KeyRefusals
from newsbell.domain.push import Outcome, PushMessage, PushResult
from newsbell.domain.slots import PATIENCE, Service
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.services.payloads import Payloads
from newsbell.services.ports import Hints, NoHints, Pusher
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import ClaimedBatch, Retry

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
_SPREAD = 0.25
"""Those who began a pause come back behind its end by this part of it."""
MIXED_WITHIN = timedelta(minutes=1)
"""Who is passed over within this time comes back in any order, so that nobody chooses to be the first."""


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
    """A batch in this worker's hands: how many of its recipients are in line, whether all of them have been,
    and the last one that is written down.
    """

    batch: ClaimedBatch
    in_line: int = 0
    all_entered: bool = False
    written_id: int | None = None
    lost: bool = False


@dataclass(eq=False, slots=True)
class Entry:
    """One message. `batch` is the one it is in line for; `retry`: this worker holds a retry of it."""

    due: Due
    target: PushTarget
    message: PushMessage
    key: VapidKey
    service: Service
    batch: Held | None
    retry: bool = False
    aside: bool = False
    result: PushResult | None = None


def record(conn: Connection, work: Delivery, answered: Sequence[Entry]) -> None:
    """Write down what came of each, in one transaction of the caller's. Who was reached as usual costs
    nothing here: only what is news is written.
    """
    found = _Found(conn, work, work.clock())
    counts: Counter[Outcome] = Counter()
    for entry in answered:
        assert entry.result is not None, "it is answered"
        if entry.result.outcome is Outcome.SENT:
            _sent(found, entry)
        else:
            counts[entry.result.outcome] += 1
            if entry.result.outcome is not Outcome.PAUSED:  # nothing happened, and there may be very many
                _log(entry, entry.result)
            _FIND[entry.result.outcome](found, entry, entry.result)
    found.write()
    counts[Outcome.SENT] = len(answered) - counts.total()
    if answered:
        log.info(
            "sent %s", " ".join(sorted(f"{what.value}={count}" for what, count in counts.items() if count))
        )


def host_of(endpoint: str) -> str:
    """The push service: the host of the endpoint."""
    return urlsplit(endpoint).hostname or ""


def is_witness(due: Due) -> bool:
    """Whether the last message to it was taken, so that a failure is news."""
    return due.proven and not due.failing


def spread() -> float:
    """A number from 0 to 1, so that those that failed together do not come back together."""
    return random.random()  # noqa: S311 - spreads load, guards nothing


def _log(entry: Entry, result: PushResult) -> None:
    log.info(
        "push_%s subscription=%d service=%s status=%d detail=%.100r",
        result.outcome.value, entry.due.subscription_id, entry.service.host, result.status, result.detail,
    )  # fmt: skip


@dataclass
class _Found:
    """What is to be written, by kind."""

    conn: Connection
    work: Delivery
    now: datetime
    reached: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    failed: list[tuple[Due, PushResult]] = field(default_factory=list)
    again: list[Retry] = field(default_factory=list)

    def write(self) -> None:
        conn = self.conn
        if self.reached:
            subscriptions.record_success(conn, self.reached, self.now)
        self._give_up_or_try_again()
        subscriptions.remove_many(conn, self.gone)
        delivery.add_retries(conn, self.again)

    def _give_up_or_try_again(self) -> None:
        ids = [one.subscription_id for one, _ in self.failed]
        since = subscriptions.record_failures(self.conn, ids, self.now)
        for one, result in self.failed:
            if given_up(self.now, since.get(one.subscription_id, self.now), attempts=one.attempts):
                self.gone.append(one.subscription_id)
                continue
            due_at = retry_at(
                self.now, attempts=one.attempts, retry_after=result.retry_after, jitter=spread()
            )
            self.again.append(_retry(one, due_at, attempts=one.attempts + 1))


def _retry(one: Due, due_at: datetime, *, attempts: int) -> Retry:
    return Retry(
        alert_id=one.alert_id, subscription_id=one.subscription_id, due_at=due_at, attempts=attempts
    )  # fmt: skip


def _sent(found: _Found, entry: Entry) -> None:
    found.work.refusals.sent(entry.service.host, found.now)
    if entry.due.failing or not entry.due.proven:
        found.reached.append(entry.due.subscription_id)


def _gone(found: _Found, entry: Entry, _result: PushResult) -> None:
    found.gone.append(entry.due.subscription_id)


def _nothing(_found: _Found, _entry: Entry, _result: PushResult) -> None:
    """Our message is at fault, or the answer is final: sent again as it is, it would fail again."""


def _key_refused(found: _Found, entry: Entry, result: PushResult) -> None:
    conn, now, host, one = found.conn, found.now, entry.service.host, entry.due
    subscriptions.suspend(conn, one.subscription_id, now)
    refused = found.work.refusals.refused(
        host, one.subscription_id, one.alert_id, proven=one.proven, now=now
    )  # fmt: skip
    if refused is None:
        return
    if refused.begins:
        log.error("service_paused service=%s status=%d reason=it_refuses_our_key", host, result.status)
        delivery.pause(conn, host, refused.until)
    # Behind all who wait for the end of the pause (`_paused`): whoever was refused of their own making, and
    # there may be many in league, would else begin the next pause before anybody had a turn.
    last = refused.until + (refused.until - now) * _SPREAD
    for number, alert in refused.row.items():
        subscriptions.unsuspend(conn, number)
        found.again.append(Retry(alert_id=alert, subscription_id=number, due_at=last, attempts=one.attempts))


def _later(found: _Found, entry: Entry, result: PushResult) -> None:
    found.failed.append((entry.due, result))


def _paused(found: _Found, entry: Entry, _result: PushResult) -> None:
    """It was not tried, so nothing is held against it; it waits for its push service, as long as need be."""
    due = entry.due
    waiting = Retry(
        alert_id=due.alert_id,
        subscription_id=due.subscription_id,
        due_at=found.now + MIXED_WITHIN * spread(),
        attempts=due.attempts,
        service=entry.service.host,
        witness=is_witness(due),
    )
    found.again.append(waiting)


_FIND: dict[Outcome, Callable[[_Found, Entry, PushResult], None]] = {
    Outcome.GONE: _gone,
    Outcome.MESSAGE_REFUSED: _nothing,
    Outcome.REFUSED: _nothing,
    Outcome.KEY_REFUSED: _key_refused,
    Outcome.LATER: _later,
    Outcome.PAUSED: _paused,
}
