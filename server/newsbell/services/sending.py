"""Send one message to many browsers, and write down what came of each.

What an answer means is decided in the domain (`push`, `backoff`, `key_refusals`); here it becomes rows.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from newsbell.config import Settings
from newsbell.domain.backoff import given_up, retry_at
from newsbell.domain.key_refusals import PAUSE, KeyRefusals
from newsbell.domain.push import Outcome, PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.services.ports import Hints, NoHints, Pusher
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Connection, Database

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker's name, unique to its process, and the bounds it works in."""

    name: str
    batch_size: int = 500
    lease: timedelta = timedelta(minutes=5)
    concurrency: int = 16


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


Sent = list[tuple[Due, PushResult]]
"""Whom it was sent to, with what the push service said."""


def send_all(
    work: Delivery, due: Sequence[Due], message: PushMessage, vapid_keys: Mapping[int, VapidKey]
) -> Sent:
    """Send to all of them, several at a time; those of a paused push service come back as `PAUSED`."""
    with work.db.read() as conn:
        paused = delivery.paused(conn, work.clock())

    def send(one: Due) -> PushResult:
        until = paused.get(host_of(one))
        if until is not None:
            return PushResult(outcome=Outcome.PAUSED, status=0, retry_after=until - work.clock())
        return work.pusher.send(one.target, message, vapid_keys[one.vapid_key_id])

    with ThreadPoolExecutor(work.worker.concurrency) as pool:
        return list(zip(due, pool.map(send, due), strict=True))


def record(conn: Connection, work: Delivery, sent: Sent) -> None:
    """Write down what came of each, in one transaction of the caller's."""
    counts = Counter(result.outcome.value for _, result in sent)
    log.info("sent %s", " ".join(f"{name}={count}" for name, count in sorted(counts.items())))
    for one, result in sent:
        if result.outcome is not Outcome.SENT:
            log.info(
                "push_%s subscription=%d service=%s status=%d detail=%.100r",
                result.outcome.value, one.subscription_id, host_of(one), result.status, result.detail,
            )  # fmt: skip
        _RECORD[result.outcome](conn, work, one, result)


def host_of(one: Due) -> str:
    """The push service: the host of the endpoint."""
    return urlsplit(one.target.endpoint).hostname or ""


def _sent(conn: Connection, work: Delivery, one: Due, _result: PushResult) -> None:
    work.refusals.sent(host_of(one))
    subscriptions.record_success(conn, [one.subscription_id], work.clock())


def _gone(conn: Connection, _work: Delivery, one: Due, _result: PushResult) -> None:
    subscriptions.remove(conn, one.subscription_id)


def _nothing(_conn: Connection, _work: Delivery, _one: Due, _result: PushResult) -> None:
    """Our message is at fault, or the answer is final: sent again as it is, it would fail again."""


def _key_refused(conn: Connection, work: Delivery, one: Due, result: PushResult) -> None:
    now, host = work.clock(), host_of(one)
    subscriptions.suspend(conn, one.subscription_id, now)
    row = work.refusals.refused(host, one.subscription_id, one.alert_id, proven=one.proven)
    if not row:
        return
    log.error("service_paused service=%s status=%d reason=it_refuses_our_key", host, result.status)
    delivery.pause(conn, host, now + PAUSE)
    for number, alert in row.items():
        subscriptions.unsuspend(conn, number)
        delivery.add_retry(conn, alert, number, due_at=now + PAUSE, attempts=one.attempts)


def _later(conn: Connection, work: Delivery, one: Due, result: PushResult) -> None:
    now = work.clock()
    if given_up(now, subscriptions.record_failure(conn, one.subscription_id, now)):
        subscriptions.remove(conn, one.subscription_id)
        return
    jitter = random.random()  # noqa: S311 - spreads load, guards nothing
    due_at = retry_at(now, attempts=one.attempts, retry_after=result.retry_after, jitter=jitter)
    delivery.add_retry(conn, one.alert_id, one.subscription_id, due_at=due_at, attempts=one.attempts + 1)


def _paused(conn: Connection, work: Delivery, one: Due, result: PushResult) -> None:
    """It was not tried, so nothing is held against it."""
    due_at = work.clock() + (result.retry_after or PAUSE)
    delivery.add_retry(conn, one.alert_id, one.subscription_id, due_at=due_at, attempts=one.attempts)


_RECORD: dict[Outcome, Callable[[Connection, Delivery, Due, PushResult], None]] = {
    Outcome.SENT: _sent,
    Outcome.GONE: _gone,
    Outcome.MESSAGE_REFUSED: _nothing,
    Outcome.REFUSED: _nothing,
    Outcome.KEY_REFUSED: _key_refused,
    Outcome.LATER: _later,
    Outcome.PAUSED: _paused,
}
