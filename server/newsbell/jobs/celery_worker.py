"""The worker with a broker: Celery hands it messages, the services do the work, the rows say what is true."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from celery import Celery, bootsteps
from celery.worker import WorkController, state
from celery.worker.consumer import Consumer

from newsbell.config import Settings
from newsbell.edges.push import PushSender
from newsbell.jobs.celery_app import PLAN, SEND, WORK, celery_app, queue_name
from newsbell.jobs.celery_hints import BrokerHints
from newsbell.jobs.celery_schedule import Desk, Schedule
from newsbell.jobs.chores import say_goodbye
from newsbell.jobs.embedded import StoppablePusher, worker_name
from newsbell.jobs.lifetime import leave_what_is_loaded, stop_on_signals
from newsbell.jobs.logs import event, log_failure
from newsbell.services.delivery import Clock, Delivery, Worker, plan_alert, send_batch, work_once
from newsbell.services.ports import Pusher
from newsbell.storage.database import open_database

_PAUSE_AFTER_AN_ERROR = 1.0
_PAUSE_AFTER_A_REFUSAL = 5.0

logger = logging.getLogger("newsbell.worker")


class RowsConsumer(Consumer):
    """Celery's consumer with what we need of it. Workers do not talk to each other and are not controlled
    through the broker, and nothing is delayed there, for which Celery would declare thirty queues.
    """

    class Blueprint(bootsteps.Blueprint):
        """What the consumer is made of."""

        name = "Consumer"
        default_steps = {  # noqa: RUF012 - as Celery declares it
            "celery.worker.consumer.connection:Connection",
            "celery.worker.consumer.tasks:Tasks",
            "celery.worker.consumer.consumer:Evloop",
        }

        def shutdown(self, parent: Any) -> None:
            """As Celery's own: every step is told."""
            self.send_all(parent, "shutdown")

    channel_errors: tuple[type[Exception], ...]

    # Celery's own, and no next try at once: it pauses for a broker that is away, not for one that answers and
    # refuses, be it the connection or what is asked over it.
    def on_connection_error_before_connected(self, exc: Exception) -> None:
        super().on_connection_error_before_connected(exc)
        time.sleep(_PAUSE_AFTER_A_REFUSAL)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        super().on_connection_error_after_connected(exc)
        if isinstance(exc, self.channel_errors):
            time.sleep(_PAUSE_AFTER_A_REFUSAL)


def run_celery_worker(
    settings: Settings,
    *,
    pusher: Pusher | None = None,
    worker: Worker | None = None,
    clock: Clock = lambda: datetime.now(UTC),
    stop: threading.Event | None = None,
) -> None:
    """Work on what the broker hands out until `stop` is set, by SIGTERM or SIGINT where none is given;
    messages to browsers under way are finished.

    No error of the work ends it, nor a broker or a database that is away. Raises `NoStoreError` where there
    is nothing to work on.
    """
    stop = stop or stop_on_signals()
    worker = worker or Worker(name=worker_name())
    db = open_database(settings)
    try:
        queue = queue_name(db)
        app = celery_app(settings, queue)
        hints = BrokerHints(app)
        stoppable = StoppablePusher(pusher or PushSender(settings), stop)
        work = Delivery(
            db=db, settings=settings, worker=worker, pusher=stoppable, clock=clock, hints=hints
        )  # fmt: skip
        desk = Desk(work, hints, stop)
        add_tasks(app, desk)
        _calm_celery()
        leave_what_is_loaded()
        logger.info(event("worker_started", worker=worker.name, queue=queue))
        _consume(app, queue, desk)
        hints.close()
        say_goodbye(work)
    finally:
        db.close()
        logger.info(event("worker_ended", worker=worker.name))


def add_tasks(app: Celery, desk: Desk) -> None:
    """The tasks of this worker. Each does what it names, or where that is done already whatever is due next:
    then as many messages as there are due things are enough, whichever were lost.
    """
    work = desk.work

    @app.task(name=PLAN, shared=False)
    def plan(number: int) -> None:
        _do(desk, lambda: plan_alert(work, int(number)))

    @app.task(name=SEND, shared=False)
    def send(number: int) -> None:
        _do(desk, lambda: send_batch(work, int(number)))

    @app.task(name=WORK, shared=False)
    def work_on() -> None:
        _do(desk, lambda: False)

    app.finalize()


def _do(desk: Desk, named: Callable[[], bool]) -> None:
    try:
        with desk.turn:
            if not desk.stop.is_set() and not named():
                work_once(desk.work)
    except Exception as error:  # noqa: BLE001 - it is logged, and tried again
        # The message is over; its row is still due, and is offered again.
        log_failure(logger, "work_failed", error)
        desk.stop.wait(_PAUSE_AFTER_AN_ERROR)


def _consume(app: Celery, queue: str, desk: Desk) -> None:
    schedule = Schedule(app, queue, desk)
    # Tasks are found through the application that is current where Celery runs them: in this thread.
    app.set_current()
    controller = WorkController(
        app=app,
        hostname=f"newsbell@{desk.work.worker.name}",
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
    )
    ending = threading.Thread(target=_end_celery, args=(desk.stop,), daemon=True)
    schedule.start()
    ending.start()
    try:
        controller.start()
    finally:
        desk.stop.set()
        schedule.join()
        ending.join()
        _tell_celery(None)
    if controller.exitcode:
        raise SystemExit(controller.exitcode)


def _calm_celery() -> None:
    """It would tell of every message; what is done is told by those who do it."""
    for name in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _end_celery(stop: threading.Event) -> None:
    stop.wait()
    _tell_celery(0)


def _tell_celery(exit_code: int | None) -> None:
    """What Celery's own handler of SIGTERM does; its loop looks at it at least once a second."""
    celery_state: Any = state
    celery_state.should_stop = exit_code
