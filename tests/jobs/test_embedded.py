"""The worker over a real database, with a push service that is a list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushResult
from newsbell.errors import NoStoreError
from newsbell.jobs import embedded
from newsbell.jobs.chores import Chores
from newsbell.jobs.embedded import StoppablePusher, run_worker, work_until, worker_name
from newsbell.services.delivery import Delivery, Worker, plan_alert, work_once
from newsbell.services.importing import Source, import_article
from newsbell.storage import delivery
from newsbell.storage.database import Database
from tests.factories import NOW, subscriber
from tests.fakes import SENT, Clock, FakePusher
from tests.jobs.waiting import wait_until
from tests.jobs.workers import working
from tests.pages import news_page

_LATER = PushResult(outcome=Outcome.LATER, status=503)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(sqlite_database: Database, settings: Settings, clock: Clock) -> Delivery:
    worker = Worker(name="one", batch_size=2, lease=timedelta(minutes=5), concurrency=2)
    return Delivery(db=sqlite_database, settings=settings, worker=worker, pusher=FakePusher(), clock=clock)


def _running(work: Delivery) -> AbstractContextManager[threading.Event]:
    given: dict[str, Any] = {"pusher": work.pusher, "worker": work.worker, "clock": work.clock}
    return working(run_worker, work.settings, **given)


def _followers(work: Delivery, *topics: str, number: int = 1) -> None:
    with work.db.transaction() as conn:
        for _ in range(number):
            subscriber(conn, *topics, now=NOW)


def _ring(work: Delivery) -> int:
    """Store a story that rings; the number of its alert."""
    page = news_page(topics=("Russia", "Ukraine"))
    imported = import_article(
        work.db, work.settings, Source(url="https://news.example/a", content=page), now=work.clock()
    )
    assert imported.rung
    assert imported.alert_id is not None
    return imported.alert_id


def _pending(work: Delivery) -> delivery.Pending:
    with work.db.read() as conn:
        return delivery.pending(conn, work.clock())


def _undone(work: Delivery) -> int:
    left = _pending(work)
    return left.alerts + left.batches + left.retries


def _pusher(work: Delivery) -> FakePusher:
    assert isinstance(work.pusher, FakePusher)
    return work.pusher


def test_an_alert_reaches_each_follower_once(work: Delivery) -> None:
    _followers(work, "Russia", number=3)
    _followers(work, "Russia", "Ukraine", number=3)
    _followers(work, "Chess")
    with _running(work):
        _ring(work)
        wait_until(lambda: len(_pusher(work).sent) >= 6 and not _undone(work), what="six rings")
    assert len(set(_pusher(work).endpoints)) == len(_pusher(work).endpoints) == 6


def test_two_workers_share_the_work_and_repeat_nothing(work: Delivery) -> None:
    _followers(work, "Russia", number=20)
    _ring(work)
    other = replace(work, worker=Worker(name="two", batch_size=2))
    with _running(work), _running(other):
        wait_until(lambda: not _undone(work), what="the end of the work")
    assert len(set(_pusher(work).endpoints)) == len(_pusher(work).endpoints) == 20


def test_a_batch_of_a_dead_worker_waits_for_its_lease_and_is_sent_then(work: Delivery, clock: Clock) -> None:
    _followers(work, "Russia", number=4)
    plan_alert(work, _ring(work))
    with work.db.transaction() as conn:
        assert delivery.claim_batch(conn, "dead", clock(), timedelta(minutes=5))
    while work_once(work):
        pass
    assert len(_pusher(work).endpoints) == 2
    clock.advance(timedelta(minutes=6))
    while work_once(work):
        pass
    assert len(set(_pusher(work).endpoints)) == len(_pusher(work).endpoints) == 4


def test_what_could_not_be_reached_is_tried_again_later(work: Delivery, clock: Clock) -> None:
    _followers(work, "Russia", number=2)
    _ring(work)
    failing = True
    _pusher(work).answer = lambda _target: _LATER if failing else SENT
    with _running(work):
        wait_until(lambda: _pending(work).retries == 2, what="the first tries")
        failing = False
        clock.advance(timedelta(hours=2))
        wait_until(lambda: not _undone(work), what="the second tries")
    assert len(_pusher(work).sent) == 4


def test_an_error_does_not_end_the_worker(
    work: Delivery, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _followers(work, "Russia")
    _ring(work)
    errors: Iterator[Exception] = iter([RuntimeError("a bug")])

    def failing_once(work: Delivery, meanwhile: Callable[[], None]) -> bool:
        for error in errors:
            raise error
        return work_once(work, meanwhile)

    monkeypatch.setattr(embedded, "work_once", failing_once)
    with _running(work):
        wait_until(lambda: len(_pusher(work).sent) == 1, what="the ring after the error")
    assert "work_failed error=RuntimeError" in caplog.text


def test_a_worker_says_that_it_lives_and_clears_up_by_the_clock(work: Delivery, clock: Clock) -> None:
    chores = Chores(work)

    def heartbeat_after(seconds: int) -> datetime | None:
        clock.advance(timedelta(seconds=seconds))
        chores.do_due()
        with work.db.read() as conn:
            return delivery.last_heartbeat(conn)

    assert heartbeat_after(0) == NOW
    assert heartbeat_after(5) == NOW
    assert heartbeat_after(5) == NOW + timedelta(seconds=10)


def test_what_is_too_late_is_swept_and_does_not_ring(work: Delivery, clock: Clock) -> None:
    _followers(work, "Russia")
    _ring(work)
    clock.advance(timedelta(days=2))
    with _running(work):
        wait_until(lambda: not _undone(work), what="the sweep")
    assert _pusher(work).sent == []


def test_a_worker_asked_to_end_begins_no_message_and_loses_none(work: Delivery, clock: Clock) -> None:
    _followers(work, "Russia", number=4)
    _ring(work)
    stop = threading.Event()

    def answer(_target: object) -> PushResult:
        stop.set()
        return SENT

    _pusher(work).answer = answer
    one_at_a_time = Worker(name="one", batch_size=10, concurrency=1)
    work_until(stop, replace(work, pusher=StoppablePusher(work.pusher, stop), worker=one_at_a_time))
    assert len(_pusher(work).sent) == 1
    clock.advance(timedelta(seconds=2))
    while work_once(work):
        pass
    assert len(set(_pusher(work).endpoints)) == len(_pusher(work).endpoints) == 4


def test_there_is_no_working_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(NoStoreError):
        run_worker(Settings(data_dir=tmp_path / "nothing"), pusher=FakePusher(), stop=threading.Event())


def test_no_two_workers_have_one_name() -> None:
    assert worker_name() != worker_name()
