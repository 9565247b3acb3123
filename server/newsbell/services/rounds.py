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
from newsbell.services.ledger import Entry, Held, Ledger
from newsbell.services.sending import Delivery, Due, host_of, spread

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
        if job.message is not None:
            for due in job.due:
                if held and held.lost:
                    return
                yield from self._of_one(job, due, held)
        elif not held:
            self._ledger.give_up(job.due)
        if held:
            held.all_entered = True

    def _of_one(self, job: Job, due: Due, held: Held | None) -> Generator[Entry, None, None]:
        """The message, unless its push service is to be left alone now: that is an answer too."""
        assert job.message is not None, "asked before"
        key = job.vapid_keys[due.vapid_key_id]
        entry = Entry(due, due.target, job.message, key, host_of(due), held, retry=held is None)
        self._ledger.enter(entry)
        now = self._work.clock()
        until = job.paused.get(entry.host)
        rest = until - now if until else self._work.governor.rest(entry.host, now)
        if rest is None:
            yield entry
        else:
            self._ledger.answer(entry, PushResult(outcome=Outcome.PAUSED, status=0, retry_after=rest))

    def _note(self, entry: Entry, result: PushResult) -> None:
        """Tell the governor; it says when a push service has had enough."""
        due, now = entry.due, self._work.clock()
        rest = self._work.governor.answered(
            entry.host, due.subscription_id, result, proven=due.proven, now=now, jitter=spread()
        )
        if rest:
            log.warning("service_rests service=%s seconds=%d", entry.host, rest.total_seconds())
