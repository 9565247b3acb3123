"""What came of messages, and how it is written down: many in one transaction.

What an answer means is decided in the domain (`push`, `backoff`, `key_refusals`); here it becomes rows.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from newsbell.domain.backoff import given_up, refused_for_good, retry_at
from newsbell.domain.push import Outcome, PushResult
from newsbell.services.work import Delivery, Due, Entry, host_of, is_witness, pair_of, spread
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Connection
from newsbell.storage.delivery import Pair, Retry

log = logging.getLogger(__name__)

_SPREAD = 0.25
"""Those who began a pause come back behind its end by this part of it."""
MIXED_WITHIN = timedelta(minutes=1)
"""Who is passed over within this time comes back in any order, so that nobody chooses to be the first."""


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
        self.reached: list[Entry] = []
        self.gone: list[Entry] = []
        self.failed: list[tuple[Entry, PushResult]] = []
        self.suspended: list[Entry] = []
        self.unsuspended: set[int] = set()
        self.pauses: dict[str, datetime] = {}
        self.passed_over: list[tuple[Entry, Retry]] = []
        self.again: list[Retry] = []  # who was refused while the push service refused all

    def __len__(self) -> int:
        return self.counts.total()

    def note(self, answered: Sequence[Entry]) -> None:
        """Decide what each answer means."""
        self.now, others = self.work.clock(), 0
        for entry in answered:
            assert entry.result is not None, "it is answered"
            if entry.retry or entry.aside:  # set aside, it may be stored though its commit seemed to fail
                self.over.append(entry.pair)
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
        self.over += [pair_of(one) for one in due]

    def lock(self, conn: Connection, retries: Sequence[Retry], alerts: Collection[int]) -> Mapping[int, str]:
        """The endpoint of each reader that is written of, in `retries` too.

        All the readers are locked first, and then the alerts, those too whose batches are written after this
        (the order of `newsbell.storage.delivery`): whoever writes of the same ones waits here, and holds
        nothing yet that another may wait for.
        """
        stored = subscriptions.lock(conn, self._readers(retries))
        delivery.lock_alerts(conn, self._alerts(retries).union(alerts))
        return stored

    def write(
        self, conn: Connection, stored: Mapping[int, str], *, aside: Sequence[Retry], back: Sequence[Retry]
    ) -> None:
        """Write down what is noted, and the retries of those set `aside` and of those given `back` that were
        claimed and not begun. It may be done again.

        `stored` are the endpoints as `lock` gave them. An answer of one that a reader has left meanwhile says
        nothing about the new one, except that it was not tried: it is tried then.
        """
        over = [*self.over, *map(pair_of, back)]
        held = delivery.finish_retries(conn, over, self.work.worker.name)

        def stayed(entry: Entry) -> bool:
            return stored.get(entry.due.subscription_id) == entry.due.target.endpoint

        if reached := [entry.due.subscription_id for entry in self.reached if stayed(entry)]:
            subscriptions.record_success(conn, reached, self.now)
        gone = [entry.due.subscription_id for entry in self.gone if stayed(entry)]
        for number in [entry.due.subscription_id for entry in self.suspended if stayed(entry)]:
            refusal = subscriptions.suspend(conn, number, self.now)
            if refusal and refused_for_good(self.now, refusal.since, tries=refusal.tries):
                gone.append(number)
        for number in self.unsuspended:
            subscriptions.unsuspend(conn, number)
        failed = [each for each in self.failed if stayed(each[0]) and _is_ours(each[0], held)]
        again = self._give_up_or_try_again(conn, failed, gone)
        subscriptions.remove_many(conn, gone)
        for host, until in sorted(self.pauses.items()):
            delivery.pause(conn, host, until)
        left = [entry for entry in self._unreached() if not stayed(entry) and _is_ours(entry, held)]
        moved = [_retry(entry.due, self.now, attempts=entry.due.attempts) for entry in left]
        passed_over = [retry for entry, retry in self.passed_over if _is_ours(entry, held)]
        waiting = [self._in_line(retry, stored) for retry in (*passed_over, *self.again)]
        kept = [retry for retry in back if pair_of(retry) in held]
        delivery.add_retries(conn, [*waiting, *again, *moved, *aside, *kept], self.work.worker.name)

    def _in_line(self, retry: Retry, stored: Mapping[int, str]) -> Retry:
        """Who moved while passed over does not wait for the push service that was left."""
        endpoint = stored.get(retry.subscription_id)
        if retry.service is None or endpoint is None or host_of(endpoint) == retry.service:
            return retry
        return replace(retry, service=None, witness=None, due_at=self.now)

    def tell(self) -> None:
        """Log how many of each there were."""
        if self.counts:
            found = sorted(f"{what.value}={count}" for what, count in self.counts.items() if count)
            log.info("sent %s", " ".join(found))

    def _readers(self, aside: Sequence[Retry]) -> set[int]:
        return {
            *(entry.due.subscription_id for entry in (*self.reached, *self._unreached())),
            *(retry.subscription_id for retry in (*self._waiting(), *aside)),
            *(reader for _, reader in self.over),
            *self.unsuspended,
        }

    def _alerts(self, aside: Sequence[Retry]) -> set[int]:
        return {
            *(entry.due.alert_id for entry in self._unreached()),
            *(retry.alert_id for retry in (*self._waiting(), *aside)),
            *(alert for alert, _ in self.over),
        }

    def _unreached(self) -> list[Entry]:
        return [*self.gone, *self.suspended, *(entry for entry, _ in self.failed)]

    def _waiting(self) -> list[Retry]:
        return [*self.again, *(retry for _, retry in self.passed_over)]

    def _give_up_or_try_again(
        self, conn: Connection, failed: Sequence[tuple[Entry, PushResult]], gone: list[int]
    ) -> list[Retry]:
        again = []
        numbers = [entry.due.subscription_id for entry, _ in failed]
        since = subscriptions.record_failures(conn, numbers, self.now)
        for one, result in [(entry.due, result) for entry, result in failed]:
            if given_up(self.now, since.get(one.subscription_id, self.now), attempts=one.attempts):
                gone.append(one.subscription_id)
                continue
            due_at = retry_at(
                self.now, attempts=one.attempts, retry_after=result.retry_after, jitter=spread()
            )
            again.append(_retry(one, due_at, attempts=one.attempts + 1))
        return again


def _is_ours(entry: Entry, held: Collection[Pair]) -> bool:
    """Whether this worker, who `held` these retries until now, is to try it again. Whom another one took
    over, because a lease ran out, that one rings and tries again.
    """
    if entry.retry or entry.pair in held:
        return entry.pair in held
    return not entry.taken_over


def _retry(one: Due, due_at: datetime, *, attempts: int) -> Retry:
    return Retry(
        alert_id=one.alert_id, subscription_id=one.subscription_id, due_at=due_at, attempts=attempts
    )  # fmt: skip


def _sent(news: News, entry: Entry) -> None:
    news.work.refusals.sent(entry.service.host, news.now)
    if entry.due.failing or not entry.due.proven:
        news.reached.append(entry)


def _gone(news: News, entry: Entry, _result: PushResult) -> None:
    news.gone.append(entry)


def _nothing(_news: News, _entry: Entry, _result: PushResult) -> None:
    """Our message is at fault, or the answer is final: sent again as it is, it would fail again."""


def _key_refused(news: News, entry: Entry, result: PushResult) -> None:
    now, host, one = news.now, entry.service.host, entry.due
    news.suspended.append(entry)
    news.unsuspended.discard(one.subscription_id)
    refused = news.work.refusals.refused(
        host, one.subscription_id, one.alert_id, attempts=one.attempts, proven=one.proven, now=now
    )  # fmt: skip
    if refused is None:
        return
    if refused.begins:
        log.error("service_paused service=%s status=%d reason=it_refuses_our_key", host, result.status)
        news.pauses[host] = refused.until
    # A while after the pause ends, when those who wait for its end have had a turn: whoever was refused of
    # their own making, and there may be many in league, would else begin the next pause before them.
    last = refused.until + (refused.until - now) * _SPREAD
    readers = {reader for _, reader in refused.row}
    news.suspended = [other for other in news.suspended if other.due.subscription_id not in readers]
    news.unsuspended |= readers
    news.again += [
        Retry(alert_id=alert, subscription_id=reader, due_at=last, attempts=attempts)
        for (alert, reader), attempts in refused.row.items()
    ]


def _later(news: News, entry: Entry, result: PushResult) -> None:
    news.failed.append((entry, result))


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
    news.passed_over.append((entry, waiting))


_FIND: dict[Outcome, Callable[[News, Entry, PushResult], None]] = {
    Outcome.GONE: _gone,
    Outcome.MESSAGE_REFUSED: _nothing,
    Outcome.REFUSED: _nothing,
    Outcome.KEY_REFUSED: _key_refused,
    Outcome.LATER: _later,
    Outcome.PAUSED: _paused,
}
