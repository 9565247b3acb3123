"""What a worker does by the clock: saying that it lives, and clearing up."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbell.errors import UnavailableError
from newsbell.jobs.logs import log_failure
from newsbell.services.upkeep import sweep
from newsbell.services.work import Delivery
from newsbell.storage.delivery import forget_worker, heartbeat

HEARTBEAT_EVERY = timedelta(seconds=10)
SWEEP_EVERY = timedelta(minutes=1)
SWEEP_ON_AFTER = timedelta(seconds=1)
"""From the end of a sweep that left something to the next."""

logger = logging.getLogger("newsbell.worker")


@dataclass
class Chores:
    """The chores of one worker, and when each is due next. Done by two workers at once they do no harm."""

    work: Delivery
    _heartbeat_at: datetime | None = None
    _sweep_at: datetime | None = None

    def do_due(self) -> None:
        now = self.work.clock()
        if self._heartbeat_at is None or now >= self._heartbeat_at:
            with self.work.db.transaction() as conn:
                heartbeat(conn, self.work.worker.name, now)
            self._heartbeat_at = now + HEARTBEAT_EVERY
        if self._sweep_at is None or now >= self._sweep_at:
            self._sweep(now)

    def _sweep(self, now: datetime) -> None:
        """Clear up. What cannot be cleared now waits for the next time, and keeps nobody from being rung."""
        self._sweep_at = now + SWEEP_EVERY
        try:
            if sweep(self.work):
                self._sweep_at = self.work.clock() + SWEEP_ON_AFTER
        except UnavailableError as error:
            log_failure(logger, "sweep_failed", error, again_in_seconds=SWEEP_EVERY.seconds)


def say_goodbye(work: Delivery) -> None:
    """The worker ends, as it was asked to: nobody need wonder why it is silent. A database that is away will
    see that it is.
    """
    with suppress(UnavailableError), work.db.transaction() as conn:
        forget_worker(conn, work.worker.name)
