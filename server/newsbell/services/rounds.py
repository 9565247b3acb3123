"""A round of sending: whatever is due, one after the other, as one unbroken stream of messages.

The next batch follows while answers of the last one are awaited, so that a push service that takes its time
does not leave the line empty.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import closing
from datetime import timedelta

from newsbell.domain.push import Outcome, PushResult
from newsbell.services.claims import Job, claim
from newsbell.services.ledger import Ledger
from newsbell.services.sending import Delivery, Entry, host_of, spread

log = logging.getLogger(__name__)

LONGEST = timedelta(seconds=5)
"""How long a round goes on to claim what is due; then the worker sees to its other duties."""


class Round:
    """One round of one worker; `run` it once."""

    def __init__(self, work: Delivery) -> None:
        self._work = work
        self._ledger = Ledger(work)
        self._found = False

    def run(self, batch_id: int | None = None) -> bool:
        """Send what is due, with `batch_id` that batch before all else; False where nothing was due, or not
        that batch.
        """
        messages = self._messages(batch_id)
        at_once = self._work.worker.at_once
        with closing(messages), closing(self._work.pusher.send_many(messages, at_once=at_once)) as answers:
            for entry, result in answers:
                self._note(entry, result)
                self._ledger.answer(entry, result)
        if self._found:
            self._ledger.close()
        return self._found

    def _messages(self, batch_id: int | None) -> Generator[Entry, None, None]:
        until = self._work.clock() + LONGEST
        jobs = claim(self._work, batch_id)
        while jobs:
            self._found = True
            for job in jobs:
                yield from self._of_job(job)
            jobs = claim(self._work) if self._work.clock() < until else []

    def _of_job(self, job: Job) -> Generator[Entry, None, None]:
        held = self._ledger.hold(job.batch) if job.batch else None
        if job.message is None:
            if not held:
                self._ledger.give_up(job.due)
        else:
            retry = held is None
            for due in job.due:
                if held and held.lost:
                    return
                key = job.vapid_keys[due.vapid_key_id]
                entry = Entry(due, due.target, job.message, key, host_of(due), held, retry)
                self._ledger.enter(entry)
                rest = self._rest(job, entry.host)
                if rest is None:
                    yield entry
                else:
                    paused = PushResult(outcome=Outcome.PAUSED, status=0, retry_after=rest)
                    self._ledger.answer(entry, paused)
        if held:
            held.all_entered = True

    def _rest(self, job: Job, host: str) -> timedelta | None:
        """How long the push service is to be left alone; None where it may be sent to."""
        if host in job.paused:
            return job.paused[host] - self._work.clock()
        governor = self._work.governor
        return governor.rest(host, self._work.clock()) if governor.watches(host) else None

    def _note(self, entry: Entry, result: PushResult) -> None:
        """Tell the governor; it says when a push service has had enough."""
        if result.outcome is Outcome.SENT:
            self._work.governor.taken(entry.host)
            return
        due, now = entry.due, self._work.clock()
        rest = self._work.governor.answered(
            entry.host, due.subscription_id, result, proven=due.proven, now=now, jitter=spread()
        )
        if rest:
            log.warning("service_rests service=%s seconds=%d", entry.host, rest.total_seconds())
