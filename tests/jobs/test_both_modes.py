"""What workers do in both modes: by the rows alone, and with a broker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from newsbell.config import Settings
from newsbell.jobs.celery_worker import run_celery_worker
from newsbell.jobs.embedded import run_worker
from newsbell.jobs.hints import hinting
from newsbell.services.delivery import Worker
from newsbell.services.importing import Source, import_article
from newsbell.services.planning import PLANNED_AT_ONCE
from newsbell.storage import delivery
from newsbell.storage.database import Database
from tests.factories import push_target, subscriber
from tests.fakes import FakePusher
from tests.jobs.brokers import with_broker
from tests.jobs.waiting import wait_until
from tests.jobs.workers import working
from tests.pages import news_page, paragraphs_of

pytestmark = pytest.mark.database

_MANY = 8 * PLANNED_AT_ONCE
_ONE = "https://push.example/one"

Run = Callable[..., None]


@pytest.fixture(params=["rows", "broker"])
def mode(
    request: pytest.FixtureRequest, settings: Settings, sqlite_database: Database
) -> Iterator[tuple[Run, Settings]]:
    """How a worker runs, and its settings."""
    if request.param == "rows":
        yield run_worker, settings
        return
    with with_broker(settings, sqlite_database) as brokered:
        yield run_celery_worker, brokered


def _running(run: Run, settings: Settings, pusher: FakePusher) -> AbstractContextManager[threading.Event]:
    return working(run, settings, pusher=pusher, worker=Worker(name="one", batch_size=1))


def _ring(db: Database, settings: Settings, topic: str) -> None:
    page = news_page(topics=[topic], paragraphs=paragraphs_of(topic))
    source = Source(url=f"https://news.example/{topic}", content=page)
    with hinting(settings, db) as hints:
        assert import_article(db, settings, source, hints=hints, now=datetime.now(UTC)).rung


def _nothing_left(db: Database) -> bool:
    with db.read() as conn:
        left = delivery.pending(conn, datetime.now(UTC))
    return not (left.alerts or left.batches or left.retries)


def test_a_small_story_does_not_wait_for_a_big_one(
    sqlite_database: Database, mode: tuple[Run, Settings]
) -> None:
    run, settings = mode
    with sqlite_database.transaction() as conn:
        for _ in range(_MANY):
            subscriber(conn, "Big", now=datetime.now(UTC))
        subscriber(conn, "Small", now=datetime.now(UTC), target=push_target(_ONE))
    _ring(sqlite_database, settings, "Big")
    _ring(sqlite_database, settings, "Small")
    pusher = FakePusher()
    with _running(run, settings, pusher):
        wait_until(lambda: _nothing_left(sqlite_database), seconds=120, what="the end of the work")
    assert len(pusher.endpoints) == _MANY + 1
    assert pusher.endpoints.index(_ONE) <= 2 * PLANNED_AT_ONCE, "two turns of the big one at most"


def test_a_worker_that_was_asked_to_end_is_not_missed(
    sqlite_database: Database, mode: tuple[Run, Settings]
) -> None:
    def heard_of() -> bool:
        with sqlite_database.read() as conn:
            return delivery.last_heartbeat(conn) is not None

    run, settings = mode
    with _running(run, settings, FakePusher()):
        wait_until(heard_of, what="a sign of life")
    assert not heard_of()
