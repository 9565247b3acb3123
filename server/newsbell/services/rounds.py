"""A round of sending: whatever is due, one after the other, as one unbroken stream of messages.

The next batch follows while answers of the last one are awaited, so that a push service that takes its time
does not leave the line empty, and one that takes for ever keeps no other waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from datetime import datetime, timedelta

from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.slots import Service, Slots
from newsbell.services.claims import Job, claim
from newsbell.services.ledger import Ledger
from newsbell.services.sending import Delivery, Due, Entry, Held, host_of, spread
from newsbell.storage import delivery

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=10)
"""How long a round goes on to claim what is due: a broker wants to hear of its message again."""
LOOK_EVERY = timedelta(seconds=0.25)
"""How often a round looks for work while all it has left is answers to wait for."""

PASSED_OVER_AT_ONCE = 250
"""How many who may not be rung now are passed over before the answers of others are looked at."""

Line = Generator[Entry | None, None, None]
"""Messages, each when it may begin; None where none may at the moment."""


def nothing_else() -> None:
    """Nothing has to be done besides."""


class Round:
    """One round of one worker; `run` it once. `meanwhile` is called again and again, for what else the worker
    has to do by the clock.
    """

    def __init__(self, work: Delivery, meanwhile: Callable[[], None] = nothing_else) -> None:
        self._work = work
        self._meanwhile = meanwhile
        self._ledger = Ledger(work)
        self._slots = Slots(work.worker.at_once, work.worker.patience)
        self._services: dict[str, Service] = {}
        self._found = False

    def run(self, batch_id: int | None = None) -> bool:
        """Send what is due, with `batch_id` that batch before all else; False where nothing was due, or not
        that batch.
        """
        try:
            self._send(self._messages(batch_id))
        except Exception:
            self._ledger.close()
            raise
        self._ledger.close()
        return self._found

    def _send(self, messages: Line) -> None:
        at_once = self._work.worker.at_once
        with closing(messages), closing(self._work.pusher.send_many(messages, at_once=at_once)) as answers:
            for entry, result in answers:
                self._end(entry, result)
                self._ledger.answer(entry, result)

    def _messages(self, batch_id: int | None) -> Line:
        """All that is due, until it is written down what came of it. An error ends the line, and nothing that
        is under way: its answers are awaited and written down, too, before it is raised.
        """
        error: Exception | None = None
        try:
            yield from self._all_due(batch_id)
        except Exception as caught:  # noqa: BLE001 - whatever it is, it is raised below
            error = caught
        while not self._ledger.is_done():
            yield None
        if error:
            raise error

    def _all_due(self, batch_id: int | None) -> Line:
        until = self._work.clock() + LONGEST
        jobs = claim(self._work, batch_id)
        while jobs is not None:
            self._found = True
            for job in jobs:
                yield from self._of_job(job)
            self._meanwhile()
            yield None  # claiming takes a while, and answers come
            jobs = claim(self._work) if self._work.clock() < until else None
            if jobs is None:
                jobs = yield from self._while_answers_are_awaited(until)

    def _while_answers_are_awaited(self, until: datetime) -> Generator[None, None, list[Job] | None]:
        """What becomes due before the last message is answered; and what is answered is written down, if that
        takes long.
        """
        clock, patience = self._work.clock, self._work.worker.patience
        look_at, write_at = clock() + LOOK_EVERY, clock() + patience
        while any(service.under_way for service in self._services.values()):
            yield None
            now = clock()
            if look_at <= now < until:
                look_at = now + LOOK_EVERY
                self._meanwhile()
                jobs = self._due()
                if jobs is not None:
                    return jobs
            if now >= write_at:
                write_at = now + patience
                self._ledger.settle()
        return None

    def _due(self) -> list[Job] | None:
        with self._work.db.read() as conn:
            if not delivery.has_work(conn, self._work.clock()):
                return None
        return claim(self._work)

    def _of_job(self, job: Job) -> Line:
        held = self._ledger.hold(job.batch) if job.batch else None
        if job.message is None:
            if not held:
                self._ledger.give_up(job.due)
        else:
            yield from self._to_each(job.due, job, held)
        if held:
            held.all_entered = True

    def _to_each(self, due: Sequence[Due], job: Job, held: Held | None) -> Line:
        assert job.message is not None
        slots, retry, passed_over = self._slots, held is None, 0
        for one in due:
            service = self._service(one.target.endpoint)
            rest = None
            while not slots.free(service):
                rest = slots.rest(service, self._work.clock())
                if rest:
                    break
                yield None
            while not self._ledger.has_room():
                yield None
            if held and held.lost:
                return
            rest = rest or self._rest(job, service.host, one)
            entry = Entry(
                one, one.target, job.message, job.vapid_keys[one.vapid_key_id], service, held, retry
            )
            self._ledger.enter(entry)
            if rest is None:
                slots.begun(service)
                yield entry
            else:
                self._ledger.answer(entry, PushResult(outcome=Outcome.PAUSED, status=0, retry_after=rest))
                passed_over += 1
                if passed_over % PASSED_OVER_AT_ONCE == 0:
                    yield None

    def _service(self, endpoint: str) -> Service:
        origin = endpoint[: endpoint.find("/", 8)]
        service = self._services.get(origin)
        if service is None:
            host = host_of(endpoint)
            same = (known for known in self._services.values() if known.host == host)
            service = self._services[origin] = next(same, None) or Service(host)
        return service

    def _rest(self, job: Job, host: str, due: Due) -> timedelta | None:
        """How long the push service is to be left alone; None where it may be sent to."""
        if host in job.paused:
            return job.paused[host] - self._work.clock()
        governor = self._work.governor
        if not governor.watches(host):
            return None
        return governor.rest(host, self._work.clock(), witness=_is_witness(due))

    def _end(self, entry: Entry, result: PushResult) -> None:
        """Tell the slots, and the governor; it says when a push service has had enough."""
        service = entry.service
        self._slots.ended(service, answered=result.status > 0)
        if result.outcome is Outcome.SENT:
            self._work.governor.taken(service.host)
            return
        due, now = entry.due, self._work.clock()
        rest = self._work.governor.answered(
            service.host, due.subscription_id, result, witness=_is_witness(due), now=now, jitter=spread()
        )
        if rest:
            log.warning("service_rests service=%s seconds=%d", service.host, rest.total_seconds())


def _is_witness(due: Due) -> bool:
    """Whether the last message to it was taken, so that a failure is news."""
    return due.proven and not due.failing
