"""Work shared out by a broker, over real ones; hints when it is away."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsbell.config import Settings
from newsbell.errors import NoStoreError
from newsbell.jobs.celery_app import PLAN, SEND, WORK, celery_app, queue_name
from newsbell.jobs.celery_hints import TRY_AGAIN_AFTER, BrokerHints, Hint
from newsbell.jobs.celery_schedule import Desk, Schedule, offer
from newsbell.jobs.celery_worker import run_celery_worker
from newsbell.jobs.hints import hinting
from newsbell.services.delivery import RETRIES_AT_ONCE, Delivery, Worker
from newsbell.services.importing import Source, import_article
from newsbell.services.ports import NoHints
from newsbell.storage import delivery
from newsbell.storage.database import Database
from newsbell.storage.delivery import Due
from tests.factories import subscriber
from tests.fakes import FakePusher
from tests.jobs.brokers import delete_queue, waiting, with_broker
from tests.jobs.waiting import wait_until
from tests.jobs.workers import working
from tests.pages import news_page

REDIS = os.environ.get("NEWSBELL_TEST_REDIS_URL", "")
_READERS = 30


@pytest.fixture(params=["rabbitmq", "redis"])
def brokered(
    request: pytest.FixtureRequest, settings: Settings, sqlite_database: Database
) -> Iterator[Settings]:
    """Settings with a broker, of each kind there is."""
    if request.param == "rabbitmq":
        with with_broker(settings, sqlite_database) as found:
            yield found
        return
    if not REDIS:
        pytest.skip("NEWSBELL_TEST_REDIS_URL is not set: no Redis to test with")
    found = replace(settings, broker_url=REDIS)
    yield found
    delete_queue(found, sqlite_database)


def _worker(settings: Settings, pusher: FakePusher) -> AbstractContextManager[threading.Event]:
    return working(run_celery_worker, settings, pusher=pusher, worker=Worker(name="one", batch_size=3))


def _ring(db: Database, settings: Settings, *, hint: bool) -> None:
    now = datetime.now(UTC)
    with db.transaction() as conn:
        for _ in range(_READERS):
            subscriber(conn, "Russia", now=now)
    source = Source(url="https://news.example/a", content=news_page(topics=["Russia"]))
    with hinting(settings, db) as hints:
        given = hints if hint else None
        assert import_article(db, settings, source, hints=given, now=datetime.now(UTC)).rung


def _nothing_left(db: Database) -> bool:
    with db.read() as conn:
        left = delivery.pending(conn, datetime.now(UTC))
    return not (left.alerts or left.batches or left.retries)


@pytest.mark.database
@pytest.mark.parametrize("hint", [True, False], ids=["told", "found in the rows"])
def test_an_alert_reaches_each_follower_once(
    sqlite_database: Database, brokered: Settings, *, hint: bool
) -> None:
    pusher = FakePusher()
    with _worker(brokered, pusher):
        _ring(sqlite_database, brokered, hint=hint)
        wait_until(lambda: _nothing_left(sqlite_database), seconds=120, what="the end of the work")
    assert len(set(pusher.endpoints)) == len(pusher.endpoints) == _READERS


@pytest.mark.database
def test_what_was_told_waits_for_a_worker(sqlite_database: Database, brokered: Settings) -> None:
    _ring(sqlite_database, brokered, hint=True)
    assert waiting(brokered, sqlite_database) == 1
    pusher = FakePusher()
    with _worker(brokered, pusher):
        wait_until(lambda: _nothing_left(sqlite_database), seconds=120, what="the end of the work")
        wait_until(lambda: not waiting(brokered, sqlite_database), what="an empty queue")
    assert len(pusher.endpoints) == _READERS


@pytest.mark.slow
@pytest.mark.database
def test_the_command_works_by_the_broker_and_ends_when_asked_to(
    sqlite_database: Database, settings: Settings
) -> None:
    with with_broker(settings, sqlite_database) as brokered:
        environ = {
            **os.environ,
            "NEWSBELL_DATA_DIR": str(settings.data_dir),
            "NEWSBELL_BROKER_URL": brokered.broker_url,
        }
        command = [sys.executable, "-P", "-m", "newsbell", "worker"]
        with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            said = ""
            while "Connected to amqp" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            process.send_signal(signal.SIGTERM)
            said += process.stderr.read()
            assert process.wait(30) == 0
    assert "worker_started" in said
    assert "worker_ended" in said


def _nobodys_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_broker_that_is_away_delays_nobody(
    sqlite_database: Database, settings: Settings, scheme: str
) -> None:
    away = replace(settings, broker_url=f"{scheme}://127.0.0.1:{_nobodys_port()}")
    pusher = FakePusher()
    with _worker(away, pusher):
        _ring(sqlite_database, away, hint=True)
        wait_until(lambda: _nothing_left(sqlite_database), seconds=120, what="the end of the work")
    assert len(set(pusher.endpoints)) == len(pusher.endpoints) == _READERS


def test_a_broker_that_never_answers_holds_nobody_up(sqlite_database: Database, settings: Settings) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        port = silent.getsockname()[1]
        app = celery_app(
            replace(settings, broker_url=f"amqp://127.0.0.1:{port}"), queue_name(sqlite_database)
        )
        hints = BrokerHints(app)
        hints.alert_due(1)
        silent.settimeout(10)
        caller, _ = silent.accept()
        with caller:
            # It has not been sent, and whoever gave it has long gone on.
            assert not hints.flushed(0)


def test_without_a_broker_nobody_is_told(sqlite_database: Database, settings: Settings) -> None:
    with hinting(settings, sqlite_database) as hints:
        assert isinstance(hints, NoHints)


def test_two_stores_at_one_broker_have_queues_of_their_own(
    sqlite_database: Database, postgresql_database: Database
) -> None:
    assert queue_name(sqlite_database) == queue_name(sqlite_database)
    assert queue_name(sqlite_database) != queue_name(postgresql_database)


def test_there_is_no_working_without_a_store(settings: Settings) -> None:
    away = replace(settings, broker_url="amqp://127.0.0.1:1")
    with pytest.raises(NoStoreError):
        run_celery_worker(away, pusher=FakePusher(), stop=threading.Event())


class _Given(BrokerHints):
    """Hints that are kept, and go nowhere."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []

    away = False

    @property
    def unsent(self) -> int:
        return len(self.hints)

    def give(self, hint: Hint) -> None:
        self.hints.append(hint)


class _EmptyQueue(Schedule):
    """A schedule whose queue holds nothing, yet."""

    def _depth(self) -> int:
        return 0


class _Tried(BrokerHints):
    """Hints that are sent to nobody: they fail while `failing`."""

    failing = True
    tried = 0

    def _send(self, _hint: Hint) -> None:
        self.tried += 1
        if self.failing:
            raise TimeoutError


@pytest.mark.parametrize(
    ("on_its_way", "offered"),
    [
        (0, [(PLAN, 7), (SEND, 1), (SEND, 2), (WORK, None), (WORK, None)]),
        (2, [(PLAN, 7), (SEND, 1), (SEND, 2)]),
        (5, []),
        (99, []),
    ],
)
def test_what_is_due_and_not_on_its_way_is_offered(on_its_way: int, offered: list[Hint]) -> None:
    given = _Given()
    due = Due(alerts=[7], batches=[1, 2], retries=RETRIES_AT_ONCE + 1, waiting=False)
    assert offer(given, due, on_its_way) == len(offered)
    assert given.hints == offered


def test_one_message_is_enough_for_all_who_wait_for_a_push_service() -> None:
    given = _Given()
    assert offer(given, Due(alerts=[], batches=[], retries=0, waiting=True), 0) == 1
    assert given.hints == [(WORK, None)]


def test_an_unfinished_hint_is_waited_for_as_long_as_asked(
    sqlite_database: Database, settings: Settings
) -> None:
    away = replace(settings, broker_url=f"amqp://127.0.0.1:{_nobodys_port()}")
    hints = BrokerHints(celery_app(away, queue_name(sqlite_database)))
    hints.alert_due(1)
    until = time.monotonic() + 30
    assert hints.flushed(30)
    assert time.monotonic() < until


def test_what_waits_here_to_be_sent_is_not_offered_again(
    sqlite_database: Database, settings: Settings
) -> None:
    _ring(sqlite_database, settings, hint=False)
    given = _Given()
    worker, pusher = Worker(name="one"), FakePusher()
    work = Delivery(sqlite_database, settings, worker, pusher, lambda: datetime.now(UTC), given)
    name = queue_name(sqlite_database)
    schedule = _EmptyQueue(celery_app(settings, name), name, Desk(work, given, threading.Event()))
    schedule._offer()
    schedule._offer()
    assert [task for task, _ in given.hints] == [PLAN]


def test_while_hints_fail_one_in_a_while_is_tried(
    sqlite_database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = [0.0]
    hints = _Tried(celery_app(settings, queue_name(sqlite_database)), clock=lambda: seconds[0])
    for _ in range(9):
        hints.alert_due(1)
    assert hints.flushed(30)
    assert (hints.tried, hints.away, hints.unsent) == (1, True, 0)

    seconds[0] += TRY_AGAIN_AFTER
    hints.failing = False
    for _ in range(9):
        hints.alert_due(1)
    assert hints.flushed(30)
    assert (hints.tried, hints.away) == (10, False)
    hints.close()
    assert caplog.text.count("broker_away") == caplog.text.count("broker_back") == 1
