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
from newsbell.services.work import Delivery, Due, Entry, Held, host_of, is_witness, pair_of, spread
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
        self.reached: list[Due] = []
        self.gone: list[Due] = []
        self.failed: list[tuple[Due, PushResult]] = []
        self.suspended: list[Due] = []
        self.unsuspended: set[int] = set()
        self.pauses: dict[str, datetime] = {}
        self.again: list[Retry] = []
        self._of_batch: dict[Pair, Held] = {}  # who was not reached, and is a batch's
        self._retried: set[Pair] = set()  # and who is a retry's

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
                if entry.retry:
                    self._retried.add(entry.pair)
                elif entry.batch:
                    self._of_batch[entry.pair] = entry.batch
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
        nothing about the new one, except that it was not tried: it is tried then. Whom another worker took
        over, because a lease ran out, it rings and tries again; here a try that failed is nobody's business.
        """
        over = [*self.over, *map(pair_of, back)]
        held = delivery.finish_retries(conn, over, self.work.worker.name)

        def stayed(one: Due) -> bool:
            return stored.get(one.subscription_id) == one.target.endpoint

        def ours(one: Due | Retry) -> bool:
            pair = pair_of(one)
            if pair in self._retried:
                return pair in held
            batch = self._of_batch.get(pair)
            return batch is None or not batch.lost

        if reached := [one.subscription_id for one in self.reached if stayed(one)]:
            subscriptions.record_success(conn, reached, self.now)
        gone = [one.subscription_id for one in self.gone if stayed(one)]
        for one in filter(stayed, self.suspended):
            refusal = subscriptions.suspend(conn, one.subscription_id, self.now)
            if refusal and refused_for_good(self.now, refusal.since, tries=refusal.tries):
                gone.append(one.subscription_id)
        for number in self.unsuspended:
            subscriptions.unsuspend(conn, number)
        failed = [each for each in self.failed if stayed(each[0]) and ours(each[0])]
        again = self._give_up_or_try_again(conn, failed, gone)
        subscriptions.remove_many(conn, gone)
        for host, until in sorted(self.pauses.items()):
            delivery.pause(conn, host, until)
        unreached = [*self.gone, *self.suspended, *(one for one, _ in self.failed)]
        left = [one for one in unreached if not stayed(one) and ours(one)]
        moved = [_retry(one, self.now, attempts=one.attempts) for one in left]
        waiting = [self._in_line(retry, stored) for retry in self.again if ours(retry)]
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
        answered = (*self.reached, *self.gone, *self.suspended, *(one for one, _ in self.failed))
        return {
            *(one.subscription_id for one in answered),
            *(retry.subscription_id for retry in (*self.again, *aside)),
            *(reader for _, reader in self.over),
            *self.unsuspended,
        }

    def _alerts(self, aside: Sequence[Retry]) -> set[int]:
        unreached = (*self.gone, *self.suspended, *(one for one, _ in self.failed))
        return {
            *(one.alert_id for one in unreached),
            *(retry.alert_id for retry in (*self.again, *aside)),
            *(alert for alert, _ in self.over),
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
    news.suspended = [other for other in news.suspended if other.subscription_id not in readers]
    news.unsuspended |= readers
    news.again += [
        Retry(alert_id=alert, subscription_id=reader, due_at=last, attempts=attempts)
        for (alert, reader), attempts in refused.row.items()
    ]


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
