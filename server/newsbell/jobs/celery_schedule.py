"""The schedule of a worker with a broker: what the rows hold and no message is on its way for is offered.

Every worker runs one. Two at once do no harm: what both offer is claimed once, and the other message finds
nothing to do.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any

from newsbell.jobs.celery_app import PLAN, SEND, WORK, queue_of
from newsbell.jobs.celery_hints import TRY_AGAIN_AFTER, BrokerHints, Hint
from newsbell.jobs.chores import Chores
from newsbell.jobs.logs import event, log_failure
from newsbell.services.delivery import RETRIES_AT_ONCE, Delivery, work_once
from newsbell.storage import delivery
from newsbell.storage.delivery import Due

if TYPE_CHECKING:
    from celery import Celery
    from kombu import Connection

OFFER_EVERY = 1.0
"""Seconds between two looks at rows and queue, spread a little."""
OFFERED_AT_ONCE = 1_000
_LONGEST_PAUSE = 5.0

logger = logging.getLogger("newsbell.worker")


@dataclass
class Desk:
    """What a worker with a broker works with. `turn` is held by whoever works: one thing at a time."""

    work: Delivery
    hints: BrokerHints
    stop: threading.Event
    turn: threading.Lock = field(default_factory=threading.Lock)


class Schedule(threading.Thread):
    """Says that the worker lives, clears up, and offers what is due, until the desk's `stop` is set."""

    def __init__(self, app: Celery, queue: str, desk: Desk) -> None:
        super().__init__(name="schedule", daemon=True)
        self._app, self._queue, self._desk = app, queue_of(queue), desk
        self._connection: Connection | None = None
        self._away = False
        self._ask_at = 0.0
        self._chores = Chores(desk.work)

    def run(self) -> None:
        failures = 0
        while not self._desk.stop.is_set():
            try:
                self._chores.do_due()
                self._offer()
            except Exception as error:  # noqa: BLE001 - it is logged, and tried again
                failures += 1
                pause = min(_LONGEST_PAUSE, 0.5 * (1 << min(failures, 10)))
                log_failure(logger, "schedule_failed", error, again_in_seconds=pause)
            else:
                failures = 0
                pause = OFFER_EVERY * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing
            self._desk.stop.wait(pause)
        self._close()

    def _offer(self) -> None:
        work = self._desk.work
        with work.db.read() as conn:
            due = delivery.due(conn, work.clock(), limit=OFFERED_AT_ONCE)
        if not (due.alerts or due.batches or due.retries):
            return
        on_its_way, hints = self._depth(), self._desk.hints
        if on_its_way is None or hints.away:
            self._work_without_broker()
        else:
            offer(hints, due, on_its_way + hints.unsent)

    def _depth(self) -> int | None:
        """How many messages wait in the queue; None while the broker cannot be asked. After a failure it is
        left alone for a while: one that hangs takes ten seconds to find out.
        """
        if self._away and time.monotonic() < self._ask_at:
            return None
        try:
            if self._connection is None:
                self._connection = self._app.connection_for_read()
                self._connection.ensure_connection(max_retries=1, interval_start=0)
            with self._connection.channel() as channel:
                declared: Any = self._queue.bind(channel).queue_declare()
        except Exception as error:  # noqa: BLE001 - whatever a broker's library raises, it is of no use now
            self._leave(type(error).__name__)
            return None
        if self._away:
            self._away = False
            logger.warning(event("broker_back"))
        return int(declared.message_count)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.collect(socket_timeout=1)
            self._connection = None

    def _leave(self, reason: str) -> None:
        self._close()
        self._ask_at = time.monotonic() + TRY_AGAIN_AFTER
        if not self._away:
            self._away = True
            logger.warning(event("broker_away", reason=reason))

    def _work_without_broker(self) -> None:
        """Nobody waits for a broker that is away or takes no messages: what is due is done here, as without
        one. Whoever has the turn does so already, and meanwhile the broker may be back.
        """
        desk, hints = self._desk, self._desk.hints
        while not desk.stop.is_set():
            if hints.away:
                hints.give((WORK, None))  # whether it is sent tells whether others can be
            if not desk.turn.acquire(timeout=OFFER_EVERY):
                return
            try:
                busy = work_once(desk.work, self._chores.do_due)
            finally:
                desk.turn.release()
            if not busy or (self._depth() is not None and not hints.away):
                return


def offer(hints: BrokerHints, due: Due, on_its_way: int) -> int:
    """Offer what is due beyond the messages that wait already, the longest waiting first; how many that was.

    Any message makes a worker do something that is due, so as many messages as due things are enough.
    """
    offered: list[Hint] = [(PLAN, number) for number in due.alerts]
    offered += [(SEND, number) for number in due.batches]
    offered += [(WORK, None)] * ceil(due.retries / RETRIES_AT_ONCE)
    offered += [(WORK, None)] * due.waiting  # one: a round goes on for as long as they may be sent to
    missing = offered[: max(0, len(offered) - on_its_way)]
    for hint in missing:
        hints.give(hint)
    return len(missing)
