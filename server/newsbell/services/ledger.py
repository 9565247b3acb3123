"""What is sent and not written down yet, in the order of the recipients.

Answers are written down from the front, many in one transaction, and a batch is held from behind the last one
written: at most `Worker.batch_size` messages are sent and not written down at any moment, and so many a dead
worker's successor may repeat. Whose answer keeps the others waiting is set aside, as a retry of its own. What
the database cannot take now is kept, and offered to it again.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from newsbell.domain.push import PushResult
from newsbell.errors import UnavailableError
from newsbell.services.news import News
from newsbell.services.work import Delivery, Due, Entry, Held, Worker, pair_of
from newsbell.storage import delivery
from newsbell.storage.database import Connection
from newsbell.storage.delivery import ClaimedBatch, Pair, Retry

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(seconds=0.25)
"""How much longer each time the database that cannot write is left in peace. At first it is asked again at
once: it may have been a matter of a moment.
"""
LAST_TRIES = 3
"""How often it is asked in a row when the round is over."""


class Ledger:
    """The entries of one round. It is written when a quarter of a batch has been answered, and at the end."""

    def __init__(self, work: Delivery) -> None:
        self._work = work
        self._full = work.worker.batch_size
        self._enough = work.worker.written_at_once
        self._line: deque[Entry] = deque()
        self._answered: list[Entry] = []
        self._left_behind: list[Entry] = []  # set aside, and to be written as retries
        self._unwritten = 0  # in line, answered or set aside
        self._news = News(work)
        self._held: list[Held] = []
        self._claimed: dict[Pair, Due] = {}  # retries that were not begun
        self._failures = 0  # of the database, one after the other
        self._failing_since = self._again_at = work.clock()

    def take_retries(self, due: Sequence[Due]) -> None:
        """These were claimed. What is not begun of them is given back."""
        self._claimed |= {pair_of(one): one for one in due}

    def take_batch(self, batch: ClaimedBatch) -> Held:
        """This was claimed. What is left of it is given back."""
        self._held.append(Held(batch, batch.after_id))
        return self._held[-1]

    def give_up(self, due: Sequence[Due]) -> None:
        """These retries need no try any more."""
        for one in due:
            self._claimed.pop(pair_of(one), None)
        self._news.give_up(due)

    def has_room(self) -> bool:
        """Whether another message may begin; what is answered is written down where that makes room."""
        if self._unwritten >= self._full:
            self._set_aside()
            self._write()
        return self._unwritten < self._full

    def enter(self, entry: Entry) -> None:
        """Put a message in line, before it is sent."""
        if entry.batch:
            entry.batch.in_line += 1
        else:
            self._claimed.pop(pair_of(entry.due), None)
        self._unwritten += 1
        self._line.append(entry)

    def answer(self, entry: Entry, result: PushResult) -> None:
        """What came of a message in line, or set aside."""
        entry.result = result
        if entry.aside:
            self._answered.append(entry)
        while self._line and self._line[0].result is not None:
            self._answered.append(self._line.popleft())
        if len(self._answered) >= self._enough:
            self._write()

    def settle(self) -> None:
        """Write down what is answered, and let no batch wait for what is not."""
        if self._answered or any(entry.result is not None for entry in self._line):
            self._set_aside()
            self._write()

    def is_done(self) -> bool:
        """Whether all that was begun is answered and written down; what is all answered is written here."""
        if self._unwritten and self._unwritten == len(self._answered) + len(self._news):
            self._write()
        return not self._unwritten

    def close(self) -> None:
        """Write down the rest, and leave what was not sent to whoever looks next."""
        self._set_aside()
        for _ in range(LAST_TRIES - 1):
            with suppress(UnavailableError):
                self._commit(leave=True)
                return
        self._commit(leave=True)

    def _set_aside(self) -> None:
        """Take those out of the line that have no answer though somebody behind them has."""
        line = self._line
        while line and any(entry.result is not None for entry in line):
            entry = line.popleft()
            if entry.result is None:
                entry.aside = True
                self._left_behind.append(entry)
            else:
                self._answered.append(entry)

    def _write(self) -> None:
        """Write down what is answered, now or, where the database cannot, later. Raises its error where it
        could not for as long as a lease: then another worker takes over what is held.
        """
        if self._failures and self._work.clock() < self._again_at:
            return
        try:
            self._commit()
        except UnavailableError as error:
            now = self._work.clock()
            self._failing_since = self._failing_since if self._failures else now
            if now - self._failing_since >= self._work.worker.lease:
                raise
            self._again_at = now + TRY_AGAIN_AFTER * self._failures
            self._failures += 1
            log.warning("answers_kept messages=%d error=%r", self._unwritten, error.message)
        else:
            self._failures = 0

    def _commit(self, *, leave: bool = False) -> None:
        news, behind = self._news, [entry for entry in self._left_behind if entry.result is None]
        for entry in (*self._answered, *behind):
            _leave_line(entry)
        news.note(self._answered)
        self._answered = []
        fresh = {entry: self._retry(entry.due, self._work.worker) for entry in behind if not entry.retry}
        back = [self._retry(due) for due in self._claimed.values()] if leave else []
        if not (news or news.over or behind or back or self._held):
            return
        with self._work.db.transaction() as conn:
            alerts = {held.batch.alert_id for held in self._held}
            stored = news.lock(conn, [*fresh.values(), *back], alerts)
            kept = [held for held in self._held if self._keep(conn, held, leave=leave)]
            aside = [retry for entry, retry in fresh.items() if not entry.taken_over]
            news.write(conn, stored, aside=aside, back=back)
        for entry in fresh:
            entry.retry = not entry.taken_over
        self._held, self._left_behind = kept, []
        self._unwritten -= len(news)
        self._news = News(self._work)
        news.tell()

    def _retry(self, due: Due, holder: Worker | None = None) -> Retry:
        """Due now, or when the holder's lease ends."""
        return Retry(
            alert_id=due.alert_id,
            subscription_id=due.subscription_id,
            due_at=self._work.clock() + (holder.lease if holder else timedelta()),
            attempts=due.attempts,
            worker=holder.name if holder else None,
        )

    def _keep(self, conn: Connection, held: Held, *, leave: bool) -> bool:
        """Hold what is left of a batch, or finish it; whether it is still this worker's afterwards."""
        number, worker, now = held.batch.id, self._work.worker, self._work.clock()
        # After its last recipient, too, where nobody has looked whether there are more.
        if (held.all_entered and not held.in_line) or held.written_id >= held.batch.until_id:
            held.lost = not delivery.finish_batch(conn, number, worker.name, now)
            keep = False
        else:
            lease = timedelta() if leave else worker.lease
            keep = delivery.extend_lease(conn, number, worker.name, now, lease, after_id=held.written_id)
            held.lost = not keep
        if held.lost:
            log.warning("batch_lost batch=%d worker=%s", number, worker.name)
        return keep


def _leave_line(entry: Entry) -> None:
    if entry.batch and entry.in_line:
        entry.batch.in_line -= 1
        # The line is left in its order, but those set aside are written behind others that left it later.
        entry.batch.written_id = max(entry.batch.written_id, entry.due.subscription_id)
    entry.in_line = False
