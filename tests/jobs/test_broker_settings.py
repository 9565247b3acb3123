"""What a real RabbitMQ is asked to promise, seen by what it does: each of the four settings of delivery."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import PreconditionFailed
from kombu import Exchange, Queue

from newsbell.config import Settings
from newsbell.domain.push import PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.jobs.celery_app import WORK, celery_app, queue_name
from newsbell.jobs.celery_hints import BrokerHints
from newsbell.jobs.celery_worker import run_celery_worker
from newsbell.jobs.hints import hinting
from newsbell.services.delivery import Worker
from newsbell.services.importing import Source, import_article
from newsbell.storage import delivery
from newsbell.storage.database import Database
from tests.factories import push_target, subscriber
from tests.fakes import SENT, FakePusher
from tests.jobs.brokers import waiting, with_broker
from tests.jobs.push_service import PushService, push_service
from tests.jobs.unscheduled import unscheduled
from tests.jobs.waiting import wait_until
from tests.pages import news_page

pytestmark = [pytest.mark.database, pytest.mark.slow]

_ROOT = Path(__file__).parents[2]
_LEASE = "2"  # seconds


@pytest.fixture
def brokered(settings: Settings, sqlite_database: Database) -> Iterator[Settings]:
    with with_broker(settings, sqlite_database) as found:
        yield found


def _ring(db: Database, settings: Settings, endpoint: str) -> None:
    """Store a reader and a story, and tell the workers."""
    now = datetime.now(UTC)
    with db.transaction() as conn:
        subscriber(conn, "Russia", now=now, target=push_target(endpoint))
    source = Source(url="https://news.example/a", content=news_page(topics=["Russia"]))
    with hinting(settings, db) as hints:
        assert import_article(db, settings, source, hints=hints, now=datetime.now(UTC)).rung


def _due_batches(db: Database) -> list[int]:
    with db.read() as conn:
        return delivery.due(conn, datetime.now(UTC), limit=9).batches


def _batches(db: Database) -> int:
    with db.read() as conn:
        return delivery.pending(conn, datetime.now(UTC)).batches


@contextmanager
def _process(settings: Settings, service: PushService) -> Iterator[subprocess.Popen[bytes]]:
    environ = {
        **os.environ,
        "NEWSBELL_DATA_DIR": str(settings.data_dir),
        "NEWSBELL_BROKER_URL": settings.broker_url,
        "NEWSBELL_PRIVATE_HOSTS": service.host,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.unscheduled", _LEASE], cwd=_ROOT, env=environ
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_late_acknowledgement_gives_a_dead_workers_message_to_another(
    sqlite_database: Database, brokered: Settings
) -> None:
    with push_service(hold=1) as service:
        _ring(sqlite_database, brokered, f"http://{service.host}/send/1")
        with _process(brokered, service) as first:
            assert service.held.wait(30)
            assert waiting(brokered, sqlite_database) == 0
            first.send_signal(signal.SIGKILL)
        wait_until(lambda: waiting(brokered, sqlite_database) == 1, what="the message of the dead worker")
        service.go_on.set()
        wait_until(lambda: bool(_due_batches(sqlite_database)), what="the end of its lease")
        with _process(brokered, service):
            wait_until(lambda: not _batches(sqlite_database), seconds=120, what="the end of the work")
        assert service.received == ["/send/1", "/send/1"]


def test_the_queue_is_a_quorum_queue(sqlite_database: Database, brokered: Settings) -> None:
    _ring(sqlite_database, brokered, "")
    name = queue_name(sqlite_database)
    arguments = {"x-queue-type": "classic"}
    another = Queue(name, Exchange(""), routing_key=name, durable=True, queue_arguments=arguments)
    with (
        celery_app(brokered, name).connection_for_write() as connection,
        pytest.raises(PreconditionFailed, match="current is 'quorum'"),
    ):
        another.bind(connection.default_channel).queue_declare()


def test_a_hint_that_the_broker_does_not_keep_is_noticed(
    sqlite_database: Database, brokered: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Without publisher confirms a message is given away and forgotten, whatever becomes of it."""
    name = queue_name(sqlite_database)
    full = {"x-queue-type": "quorum", "x-max-length": 1, "x-overflow": "reject-publish"}
    app = celery_app(brokered, name)
    app.conf.task_queues = [Queue(name, Exchange(""), routing_key=name, durable=True, queue_arguments=full)]
    hints = BrokerHints(app)
    for _ in range(9):
        hints.give((WORK, None))
    assert hints.flushed(30)
    hints.close()
    assert "broker_away reason=MessageNacked" in caplog.text


def test_a_busy_worker_holds_what_it_works_on_and_leaves_the_rest_to_others(
    sqlite_database: Database, brokered: Settings
) -> None:
    busy, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def answer(_target: PushTarget) -> PushResult:
        busy.set()
        go_on.wait(60)
        return SENT

    given = {"pusher": FakePusher(answer), "worker": Worker(name="busy"), "stop": stop}
    with unscheduled():
        worker = threading.Thread(target=run_celery_worker, args=(brokered,), kwargs=given)
        worker.start()
        try:
            _ring(sqlite_database, brokered, "")
            assert busy.wait(30)
            assert _taken_by_another(brokered, sqlite_database, given=5) == 5
        finally:
            go_on.set()
            stop.set()
            worker.join(30)
    assert not worker.is_alive()


def _taken_by_another(settings: Settings, db: Database, *, given: int) -> int:
    """Send so many messages, and take from the queue what the broker gives to another consumer."""
    name = queue_name(db)
    app = celery_app(settings, name)
    hints = BrokerHints(app)
    for _ in range(given):
        hints.give((WORK, None))
    assert hints.flushed(30)
    hints.close()
    with app.connection_for_read() as connection:
        queue: Any = app.amqp.queues[name].bind(connection.default_channel)
        taken = 0
        while queue.get(no_ack=True):
            taken += 1
    return taken
