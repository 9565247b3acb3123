"""A round of sending: whatever is due, one after the other, as one unbroken stream of messages.

The next batch follows while answers of the last one are awaited, so that a push service that takes its time
does not leave the line empty, and one that takes for ever keeps no other waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from datetime import datetime, timedelta

from newsbell.domain.push import Outcome, PushResult
from newsbell.errors import UnavailableError
from newsbell.services.claims import Claimed, Job, claim, read_jobs
from newsbell.services.gates import Gates
from newsbell.services.ledger import TRY_AGAIN_AFTER, Ledger
from newsbell.services.work import Delivery, Due, Entry, Held, is_witness
from newsbell.storage import delivery

LONGEST = timedelta(minutes=10)
"""How long a round goes on to claim what is due: a broker wants to hear of its message again."""
LOOK_EVERY = timedelta(seconds=0.25)
"""How often a round looks for work while all it has left is answers to wait for."""

PASSED_OVER_AT_ONCE = 250
"""How many who may not be rung now are passed over before the answers of others are looked at."""
PASSED_OVER = PushResult(outcome=Outcome.PAUSED, status=0)

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
        self._gates = Gates(work)
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
                self._gates.ended(entry.service, entry.due, result)
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
        claimed = self._claim(batch_id)
        while claimed is not None:
            self._found = True
            jobs = yield from self._read(claimed)
            for job, held in [(job, self._take(job)) for job in jobs]:
                yield from self._of_job(job, held)
            self._meanwhile()
            yield None  # claiming takes a while, and answers come
            claimed = self._claim() if self._work.clock() < until else None
            if claimed is None:
                claimed = yield from self._while_answers_are_awaited(until)

    def _read(self, claimed: Claimed) -> Generator[None, None, list[Job]]:
        """Whom to ring for it, and with what. Where the database cannot say it now, it is asked again for
        half a lease: whoever is claimed would else wait for the whole. After that it is given back at the end
        of the round; what a defect keeps from being read is not, for it would come again at once, before all
        else.
        """
        clock = self._work.clock
        until = clock() + self._work.worker.lease / 2
        try:
            while True:
                again_at = clock() + TRY_AGAIN_AFTER
                try:
                    return read_jobs(self._work, claimed)
                except UnavailableError:
                    if again_at > until:
                        raise
                while clock() < again_at:
                    yield None
        except (UnavailableError, GeneratorExit):
            self._ledger.take_retries(claimed.retries)
            if claimed.batch:
                self._ledger.take_batch(claimed.batch)
            raise

    def _take(self, job: Job) -> Held | None:
        if job.batch:
            return self._ledger.take_batch(job.batch)
        self._ledger.take_retries(job.due)
        return None

    def _while_answers_are_awaited(self, until: datetime) -> Generator[None, None, Claimed | None]:
        """What becomes due before the last message is answered; and what is answered is written down, if that
        takes long.
        """
        clock, patience = self._work.clock, self._work.worker.patience
        look_at, write_at = clock() + LOOK_EVERY, clock() + patience
        while self._gates.under_way:
            yield None
            now = clock()
            if now < until and (look_at <= now or self._gates.have_room_again):
                look_at = now + LOOK_EVERY
                self._meanwhile()
                claimed = self._claim()
                if claimed is not None:
                    return claimed
            if now >= write_at:
                write_at = now + patience
                self._ledger.settle()
        return None

    def _claim(self, batch_id: int | None = None) -> Claimed | None:
        """What is due, or that batch; a look takes no lock where nothing is."""
        waiting: list[tuple[str, bool]] = []
        if batch_id is None:
            with self._work.db.read() as conn:
                waiting = self._gates.waited_for(conn)
                if not waiting and not delivery.has_work(conn, self._work.clock()):
                    return None
        try:
            return claim(self._work, waiting, self._gates, batch_id)
        finally:
            self._gates.keep_promises()

    def _of_job(self, job: Job, held: Held | None) -> Line:
        if job.message is None:
            if not held:
                self._ledger.give_up(job.due)
        else:
            yield from self._to_each(job.due, job, held)
        if held:
            held.all_entered = True

    def _to_each(self, due: Sequence[Due], job: Job, held: Held | None) -> Line:
        assert job.message is not None
        gates, retry, passed_over = self._gates, held is None, 0
        for one in due:
            service, witness = gates.service(one.target.endpoint), is_witness(one)
            while not (free := gates.free(service, witness=witness)) and gates.worth_waiting(service):
                yield None
            while not self._ledger.has_room():
                yield None
            if held and held.lost:
                return
            entry = Entry(
                one, one.target, job.message, job.vapid_keys[one.vapid_key_id], service, held, retry
            )
            self._ledger.enter(entry)
            if free and gates.open(service, one, job.paused):
                gates.begun(service)
                yield entry
            else:
                self._ledger.answer(entry, PASSED_OVER)
                passed_over += 1
                if passed_over % PASSED_OVER_AT_ONCE == 0:
                    yield None
