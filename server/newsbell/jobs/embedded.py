"""The worker: looks for what is due in the database and does it, one thing at a time."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from newsbell.config import Settings
from newsbell.domain.push import Outgoing, PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.edges.push import PushSender
from newsbell.jobs.chores import Chores, say_goodbye
from newsbell.jobs.lifetime import leave_what_is_loaded, stop_on_signals
from newsbell.jobs.logs import event, log_failure
from newsbell.services.delivery import Clock, Delivery, Worker, work_once
from newsbell.services.ports import Pusher
from newsbell.storage.database import open_database

LOOK_EVERY = 0.25
"""Seconds between two looks when nothing was due."""
_LONGEST_PAUSE = 30.0

M = TypeVar("M", bound=Outgoing)

logger = logging.getLogger("newsbell.worker")


@dataclass(frozen=True)
class StoppablePusher:
    """Sends as `pusher` does until `stop` is set. What comes later is not taken: it is left to another
    worker, so that the work is over as soon as the messages under way are.
    """

    pusher: Pusher
    stop: threading.Event

    def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult:
        return self.pusher.send(target, message, key)

    def send_many(
        self, messages: Iterable[M | None], *, at_once: int
    ) -> Generator[tuple[M, PushResult], None, None]:
        yield from self.pusher.send_many(self._until_stopped(iter(messages)), at_once=at_once)

    def _until_stopped(self, messages: Iterator[M | None]) -> Iterator[M | None]:
        while not self.stop.is_set():
            try:
                message = next(messages)
            except StopIteration:
                return
            yield message


def run_worker(
    settings: Settings,
    *,
    pusher: Pusher | None = None,
    worker: Worker | None = None,
    clock: Clock = lambda: datetime.now(UTC),
    stop: threading.Event | None = None,
) -> None:
    """Work until `stop` is set, by SIGTERM or SIGINT where none is given; messages under way are finished.

    No error of the work ends it: it is logged and tried again after a pause. Raises `NoStoreError` where
    there is nothing to work on.
    """
    stop = stop or stop_on_signals()
    worker = worker or Worker(name=worker_name())
    stoppable = StoppablePusher(pusher or PushSender(settings), stop)
    db = open_database(settings)
    leave_what_is_loaded()
    logger.info(event("worker_started", worker=worker.name))
    try:
        work = Delivery(db=db, settings=settings, worker=worker, pusher=stoppable, clock=clock)
        work_until(stop, work)
        say_goodbye(work)
    finally:
        db.close()
        logger.info(event("worker_ended", worker=worker.name))


def worker_name() -> str:
    """A name no other worker has: two on one machine, or one started again, must not share a lease."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"


def work_until(stop: threading.Event, work: Delivery) -> None:
    """The loop: what is due is done at once, one thing after the other; nothing due, a short wait."""
    chores = Chores(work)
    failures = 0
    while not stop.is_set():
        try:
            chores.do_due()
            busy = work_once(work, chores.do_due)
        except Exception as error:  # noqa: BLE001 - it is logged, and tried again
            failures += 1
            pause = min(_LONGEST_PAUSE, 0.5 * (1 << min(failures, 10)))
            log_failure(logger, "work_failed", error, again_in_seconds=pause)
        else:
            failures = 0
            pause = 0 if busy else LOOK_EVERY
        stop.wait(pause)
