"""What came of messages, and how it is written down: many in one transaction.

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
from newsbell.domain.backoff import given_up, refused_for_good, retry_at
from newsbell.domain.governor import Governor
from newsbell.domain.key_refusals import KeyRefusals
from newsbell.domain.push import Outcome, PushMessage, PushResult
from newsbell.domain.slots import PATIENCE, Service
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.services.payloads import Payloads
from newsbell.services.ports import Hints, NoHints, Pusher
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import ClaimedBatch, Pair, Retry

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


class News:
    """What came of messages, by what is to be written for it. It is noted once, in memory, and written in one
    transaction, which may be tried again. Who was reached as usual costs nothing here: only what is news is
    written.
    """

    def __init__(self, work: Delivery) -> None:
        self.work = work
        self.now = work.clock()
        self.counts: Counter[Outcome] = Counter()
        self.over: list[Pair] = []  # retries
        self.reached: list[Due] = []
        self.gone: list[Due] = []
        self.failed: list[tuple[Due, PushResult]] = []
        self.suspended: list[Due] = []
        self.unsuspended: set[int] = set()
        self.pauses: dict[str, datetime] = {}
        self.again: list[Retry] = []

    def __len__(self) -> int:
        return self.counts.total()

    def note(self, answered: Sequence[Entry]) -> None:
        """Decide what each answer means."""
        self.now, others = self.work.clock(), 0
        for entry in answered:
            assert entry.result is not None, "it is answered"
            if entry.retry or entry.aside:  # set aside, it may be stored though its commit seemed to fail
                self.over.append((entry.due.alert_id, entry.due.subscription_id))
            if entry.result.outcome is Outcome.SENT:
                _sent(self, entry)
            else:
                others += 1
                self.counts[entry.result.outcome] += 1
                if entry.result.outcome is not Outcome.PAUSED:  # nothing happened, and there may be very many
                    _log(entry, entry.result)
                _FIND[entry.result.outcome](self, entry, entry.result)
        self.counts[Outcome.SENT] += len(answered) - others

    def give_up(self, due: Sequence[Due]) -> None:
        """These retries must not ring any more."""
        self.over += [(one.alert_id, one.subscription_id) for one in due]

    def write(self, conn: Connection, aside: Sequence[Retry]) -> None:
        """Write down what is noted, and the retries of those set `aside`, as often as it takes.

        All the readers are locked first, in the order of their numbers: whoever writes of the same ones waits
        here, and holds nothing yet that another may wait for. An answer of an endpoint that a reader has left
        meanwhile says nothing about the new one, except that it was not tried: it is tried then.
        """
        stored = subscriptions.lock(conn, self._readers(aside))

        def stayed(one: Due) -> bool:
            return stored.get(one.subscription_id) == one.target.endpoint

        delivery.finish_retries(conn, self.over, self.work.worker.name)
        if reached := [one.subscription_id for one in self.reached if stayed(one)]:
            subscriptions.record_success(conn, reached, self.now)
        gone = [one.subscription_id for one in self.gone if stayed(one)]
        for one in filter(stayed, self.suspended):
            refusal = subscriptions.suspend(conn, one.subscription_id, self.now)
            if refusal and refused_for_good(self.now, refusal.since, tries=refusal.tries):
                gone.append(one.subscription_id)
        for number in self.unsuspended:
            subscriptions.unsuspend(conn, number)
        again = self._give_up_or_try_again(conn, [each for each in self.failed if stayed(each[0])], gone)
        subscriptions.remove_many(conn, gone)
        for host, until in sorted(self.pauses.items()):
            delivery.pause(conn, host, until)
        unreached = [*self.gone, *self.suspended, *(one for one, _ in self.failed)]
        moved = [_retry(one, self.now, attempts=one.attempts) for one in unreached if not stayed(one)]
        delivery.add_retries(conn, [*self.again, *again, *moved, *aside])

    def tell(self) -> None:
        """Log how many of each there were."""
        if self.counts:
            found = sorted(f"{what.value}={count}" for what, count in self.counts.items() if count)
            log.info("sent %s", " ".join(found))

    def _readers(self, aside: Sequence[Retry]) -> set[int]:
        answered = (*self.reached, *self.gone, *self.suspended, *(one for one, _ in self.failed))
        return {
            *(one.subscription_id for one in answered),
            *(retry.subscription_id for retry in (*self.again, *aside)),
            *(reader for _, reader in self.over),
            *self.unsuspended,
        }

    def _give_up_or_try_again(
        self, conn: Connection, failed: Sequence[tuple[Due, PushResult]], gone: list[int]
    ) -> list[Retry]:
        again = []
        since = subscriptions.record_failures(conn, [one.subscription_id for one, _ in failed], self.now)
        for one, result in failed:
            if given_up(self.now, since.get(one.subscription_id, self.now), attempts=one.attempts):
                gone.append(one.subscription_id)
                continue
            due_at = retry_at(
                self.now, attempts=one.attempts, retry_after=result.retry_after, jitter=spread()
            )
            again.append(_retry(one, due_at, attempts=one.attempts + 1))
        return again


def _retry(one: Due, due_at: datetime, *, attempts: int) -> Retry:
    return Retry(
        alert_id=one.alert_id, subscription_id=one.subscription_id, due_at=due_at, attempts=attempts
    )  # fmt: skip


def _sent(news: News, entry: Entry) -> None:
    news.work.refusals.sent(entry.service.host, news.now)
    if entry.due.failing or not entry.due.proven:
        news.reached.append(entry.due)


def _gone(news: News, entry: Entry, _result: PushResult) -> None:
    news.gone.append(entry.due)


def _nothing(_news: News, _entry: Entry, _result: PushResult) -> None:
    """Our message is at fault, or the answer is final: sent again as it is, it would fail again."""


def _key_refused(news: News, entry: Entry, result: PushResult) -> None:
    now, host, one = news.now, entry.service.host, entry.due
    news.suspended.append(one)
    news.unsuspended.discard(one.subscription_id)
    refused = news.work.refusals.refused(
        host, one.subscription_id, one.alert_id, proven=one.proven, now=now
    )  # fmt: skip
    if refused is None:
        return
    if refused.begins:
        log.error("service_paused service=%s status=%d reason=it_refuses_our_key", host, result.status)
        news.pauses[host] = refused.until
    # Behind all who wait for the end of the pause (`_paused`): whoever was refused of their own making, and
    # there may be many in league, would else begin the next pause before anybody had a turn.
    last = refused.until + (refused.until - now) * _SPREAD
    for number, alert in refused.row.items():
        news.suspended = [other for other in news.suspended if other.subscription_id != number]
        news.unsuspended.add(number)
        news.again.append(Retry(alert_id=alert, subscription_id=number, due_at=last, attempts=one.attempts))


def _later(news: News, entry: Entry, result: PushResult) -> None:
    news.failed.append((entry.due, result))


def _paused(news: News, entry: Entry, _result: PushResult) -> None:
    """It was not tried, so nothing is held against it; it waits for its push service, as long as need be."""
    due = entry.due
    waiting = Retry(
        alert_id=due.alert_id,
        subscription_id=due.subscription_id,
        due_at=news.now + MIXED_WITHIN * spread(),
        attempts=due.attempts,
        service=entry.service.host,
        witness=is_witness(due),
    )
    news.again.append(waiting)


_FIND: dict[Outcome, Callable[[News, Entry, PushResult], None]] = {
    Outcome.GONE: _gone,
    Outcome.MESSAGE_REFUSED: _nothing,
    Outcome.REFUSED: _nothing,
    Outcome.KEY_REFUSED: _key_refused,
    Outcome.LATER: _later,
    Outcome.PAUSED: _paused,
}
