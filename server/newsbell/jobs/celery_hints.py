"""Hints sent through the broker, from a thread of their own: who stores an alert never waits for a broker."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from newsbell.jobs.celery_app import PLAN, SECONDS_TO_CONNECT, SEND
from newsbell.jobs.logs import event

if TYPE_CHECKING:
    from celery import Celery
    from kombu import Connection

MOST_WAITING = 100_000
"""Hints kept for a slow broker; more are dropped, and found in the rows later."""
TRY_AGAIN_AFTER = 30.0
"""Seconds after a hint failed in which no other is tried. RabbitMQ in an alarm answers none, and does not see
that a connection it has blocked was given up: each try leaves one behind there, until the alarm ends.
"""
_SECONDS_TO_FLUSH = 2.0

logger = logging.getLogger("newsbell.hints")

Hint = tuple[str, int | None]
"""A kind of work and a row's number, None for whatever is due next."""


class BrokerHints:
    """Hints for a broker's workers. Safe to share between threads; close it at the end.

    While the broker is away, or takes none, hints are dropped, but for one now and then that finds out
    whether it is back: the schedule of the workers finds in the rows what they were about. `clock` counts
    seconds.
    """

    def __init__(self, app: Celery, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._waiting: queue.Queue[Hint | None] = queue.Queue(MOST_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._away = False
        self._try_at = 0.0

    @property
    def away(self) -> bool:
        """Whether the last hint that was tried could not be sent."""
        return self._away

    @property
    def unsent(self) -> int:
        """How many wait here to be sent."""
        return self._waiting.unfinished_tasks

    def alert_due(self, alert_id: int) -> None:
        self.give((PLAN, alert_id))

    def batch_planned(self, batch_id: int) -> None:
        self.give((SEND, batch_id))

    def give(self, hint: Hint) -> None:
        """Have a hint sent, soon; it is dropped where too many wait."""
        try:
            self._waiting.put_nowait(hint)
        except queue.Full:
            logger.warning(event("hint_dropped", task=hint[0], reason="too_many_wait"))
        with self._starting:
            # Started here, not when made: a process may be forked in between, and threads do not follow it.
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_all, name="hints", daemon=True)
                self._thread.start()

    def flushed(self, seconds: float) -> bool:
        """Whether every hint was sent or dropped within so many seconds: for a command that ends now."""
        done = self._waiting.all_tasks_done
        with done:
            return done.wait_for(lambda: not self._waiting.unfinished_tasks, seconds)

    def close(self) -> None:
        """Send what waits, for a moment, and leave the broker."""
        if self._thread is not None and self.flushed(_SECONDS_TO_FLUSH):
            self._waiting.put(None)
            self._thread.join(SECONDS_TO_CONNECT)

    def _send_all(self) -> None:
        while (hint := self._waiting.get()) is not None:
            try:
                if self._away and self._clock() < self._try_at:
                    continue
                self._send(hint)
            except Exception as error:  # noqa: BLE001 - whatever a broker's library raises, a hint may be lost
                # The library wraps what happened in an error that says nothing.
                self._note(away=True, reason=type(error.__cause__ or error).__name__)
            else:
                self._note(away=False)
            finally:
                self._waiting.task_done()
        self._leave()
        self._waiting.task_done()

    def _send(self, hint: Hint) -> None:
        if self._connection is not None:
            try:
                self._send_by(self._connection, hint)
            except Exception:  # noqa: BLE001 - the broker may have ended an idle connection
                self._leave()
            else:
                return
        connection = self._app.connection_for_write()
        try:
            connection.ensure_connection(max_retries=1, interval_start=0)
            self._send_by(connection, hint)
        except BaseException:
            connection.collect(socket_timeout=1)
            raise
        self._connection = connection

    def _send_by(self, connection: Connection, hint: Hint) -> None:
        name, number = hint
        self._app.send_task(
            name,
            args=[] if number is None else [number],
            connection=connection,
            retry=False,
            confirm_timeout=SECONDS_TO_CONNECT,
        )

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.collect(socket_timeout=1)
            self._connection = None

    def _note(self, *, away: bool, reason: str = "") -> None:
        self._try_at = self._clock() + TRY_AGAIN_AFTER
        if away != self._away:
            self._away = away
            logger.warning(event("broker_away", reason=reason) if away else event("broker_back"))
