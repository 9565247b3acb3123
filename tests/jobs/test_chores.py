"""What a worker does by the clock, and that it keeps nobody from being rung."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from celery import Celery
from sqlalchemy import select

from newsbell.config import Settings
from newsbell.domain.push import PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.errors import UnavailableError
from newsbell.jobs import chores
from newsbell.jobs.celery_app import celery_app, queue_name
from newsbell.jobs.celery_hints import BrokerHints
from newsbell.jobs.celery_schedule import Desk, Schedule
from newsbell.jobs.chores import HEARTBEAT_EVERY, SWEEP_EVERY, Chores
from newsbell.jobs.embedded import work_until
from newsbell.services.delivery import Delivery, Worker
from newsbell.storage import delivery
from newsbell.storage.database import Database
from newsbell.storage.statements import take_turn
from tests.factories import NOW, subscriber
from tests.fakes import SENT, Clock, FakePusher
from tests.jobs.waiting import wait_until
from tests.services.readers import ring


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(sqlite_database: Database, clock: Clock) -> Delivery:
    return Delivery(sqlite_database, Settings(), Worker(name="w"), FakePusher(), clock)


@pytest.fixture
def sweeps(work: Delivery, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When there was a sweep; none of them succeeds."""
    begun = list[datetime]()

    def failing(work: Delivery) -> bool:
        begun.append(work.clock())
        raise UnavailableError("Somebody has what it needs.")

    monkeypatch.setattr(chores, "sweep", failing)
    return begun


def _heartbeat(work: Delivery) -> datetime | None:
    with work.db.read() as conn:
        return delivery.last_heartbeat(conn)


def test_a_sweep_that_fails_is_logged_and_tried_again_in_its_time(
    work: Delivery, clock: Clock, sweeps: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    mine = Chores(work)
    for _ in range(7):
        mine.do_due()
        assert _heartbeat(work) == clock()
        clock.advance(SWEEP_EVERY / 6)
    assert sweeps == [NOW, NOW + SWEEP_EVERY]
    assert caplog.text.count("sweep_failed") == 2


def test_a_defect_of_the_sweep_is_met_once_in_its_time(
    work: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "sweep", lambda _work: 1 / 0)
    mine = Chores(work)
    with pytest.raises(ZeroDivisionError):
        mine.do_due()
    mine.do_due()


def test_a_sweep_that_left_something_is_soon_followed_by_another(
    work: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = list[datetime]()

    def leaving(work: Delivery) -> bool:
        begun.append(work.clock())
        return len(begun) < 3

    monkeypatch.setattr(chores, "sweep", leaving)
    mine = Chores(work)
    for _ in range(70):
        mine.do_due()
        clock.advance(timedelta(seconds=1))
    assert begun == [NOW + timedelta(seconds=after) for after in (0, 1, 2, 62)]


def test_readers_are_rung_though_no_sweep_succeeds(work: Delivery, sweeps: list[datetime]) -> None:
    _ring_some(work, 1)
    with _running(work) as rung:
        wait_until(rung, what="the ring")
    assert sweeps


@pytest.mark.database
def test_readers_are_rung_while_an_editor_has_the_turn(
    postgresql_database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    work = Delivery(postgresql_database, Settings(), Worker(name="w"), FakePusher(), clock)
    _ring_some(work, 1)
    with work.db.transaction() as conn:
        take_turn(conn)
        with _running(work) as rung:
            # A session in which nothing happens for long loses its locks.
            wait_until(lambda: bool(conn.execute(select(1)).all()) and rung(), what="the ring")
    assert "_failed" not in caplog.text


def test_who_works_without_the_broker_says_that_it_lives(work: Delivery, clock: Clock) -> None:
    heard = list[datetime | None]()

    def answer(_target: PushTarget) -> PushResult:
        heard.append(_heartbeat(work))
        clock.advance(HEARTBEAT_EVERY)
        return SENT

    work = replace(work, worker=Worker(name="w", batch_size=1), pusher=FakePusher(answer))
    _ring_some(work, 3)
    with _brokerless(work):
        wait_until(lambda: len(heard) == 3, what="the rings")
    assert heard == [NOW, NOW + HEARTBEAT_EVERY, NOW + 2 * HEARTBEAT_EVERY]


def test_who_is_at_work_while_the_broker_goes_says_that_it_lives(work: Delivery, clock: Clock) -> None:
    _ring_some(work, 1)
    with _brokerless(work, at_work=True):
        wait_until(lambda: _heartbeat(work) == NOW, what="a sign of life")
        clock.advance(HEARTBEAT_EVERY)
        wait_until(lambda: _heartbeat(work) == clock(), seconds=30, what="another sign of life")


def test_a_broker_that_is_away_is_asked_once_in_a_while(
    work: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def hang(_app: Celery) -> None:
        asked.append("how many wait?")
        raise TimeoutError

    monkeypatch.setattr(Celery, "connection_for_read", hang)
    pusher = work.pusher
    assert isinstance(pusher, FakePusher)
    _ring_some(work, 1)
    with _brokerless(work):
        wait_until(lambda: len(pusher.endpoints) == 1, what="the first ring")
        ring(work, "https://news.example/b")
        wait_until(lambda: len(pusher.endpoints) == 2, what="the second ring")
    assert len(asked) == 1


@contextmanager
def _brokerless(work: Delivery, *, at_work: bool = False) -> Iterator[None]:
    """The schedule of a worker whose broker is away, in a thread of its own; somebody else is `at_work`."""
    name, stop = queue_name(work.db), threading.Event()
    app = celery_app(Settings(broker_url="redis://127.0.0.1:1"), name)
    desk = Desk(work, BrokerHints(app), stop)
    schedule = Schedule(app, name, desk)
    with desk.turn if at_work else nullcontext():
        schedule.start()
        try:
            yield
        finally:
            stop.set()
            schedule.join(30)
            assert not schedule.is_alive()


def _ring_some(work: Delivery, readers: int) -> None:
    with work.db.transaction() as conn:
        for _ in range(readers):
            subscriber(conn, "Russia", now=NOW - timedelta(days=1))
    ring(work)


@contextmanager
def _running(work: Delivery) -> Iterator[Callable[[], bool]]:
    """A worker in a thread; whether it has rung anybody."""
    pusher, stop = work.pusher, threading.Event()
    assert isinstance(pusher, FakePusher)
    thread = threading.Thread(target=work_until, args=(stop, work))
    thread.start()
    try:
        yield lambda: bool(pusher.sent)
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()
