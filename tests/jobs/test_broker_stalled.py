"""Brokers that are there and of no use: one takes no messages, one says nothing any more."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from celery.worker.consumer import Consumer

from newsbell.config import Settings
from newsbell.jobs.celery_worker import RowsConsumer, run_celery_worker
from newsbell.services.delivery import Worker
from newsbell.services.importing import Source, import_article
from newsbell.storage import delivery
from newsbell.storage.database import Database
from tests.factories import subscriber
from tests.fakes import FakePusher
from tests.jobs.brokers import BROKER, delete_queue
from tests.jobs.chaos import address_of, through
from tests.jobs.proxy import Proxy, proxy
from tests.jobs.servers import MissingProgramError, own_rabbitmq, own_redis
from tests.jobs.waiting import wait_until
from tests.jobs.workers import working
from tests.pages import news_page, paragraphs_of

pytestmark = pytest.mark.database

_REDIS = os.environ.get("NEWSBELL_TEST_REDIS_URL", "")
_READERS = 30
_EXABYTE = 10**18


@pytest.fixture(params=["rabbitmq", "redis"])
def full(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """Settings with a broker of each kind that has no room: RabbitMQ's disk is, it says, too small."""
    own = own_rabbitmq(least_free=_EXABYTE) if request.param == "rabbitmq" else own_redis(most_memory=1)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(own)
        except MissingProgramError as missing:
            pytest.skip(str(missing))
        yield replace(settings, broker_url=server.url)


@pytest.fixture(params=["rabbitmq", "redis"])
def stallable(
    request: pytest.FixtureRequest, settings: Settings, sqlite_database: Database
) -> Iterator[tuple[Settings, Proxy]]:
    """Settings with a broker of each kind, and what is between the worker and it."""
    url = BROKER if request.param == "rabbitmq" else _REDIS
    if not url:
        pytest.skip("NEWSBELL_TEST_BROKER_URL or NEWSBELL_TEST_REDIS_URL is not set: no broker to test with")
    with proxy(*address_of(url)) as between:
        yield replace(settings, broker_url=through(url, between.port)), between
    delete_queue(replace(settings, broker_url=url), sqlite_database)


def _worker(settings: Settings, pusher: FakePusher) -> AbstractContextManager[threading.Event]:
    worker = Worker(name="one", batch_size=3)
    return working(run_celery_worker, settings, ends_within=50, pusher=pusher, worker=worker)


def _follow(db: Database) -> None:
    with db.transaction() as conn:
        for _ in range(_READERS):
            subscriber(conn, "Russia", now=datetime.now(UTC))


def _ring(db: Database, settings: Settings, name: str) -> None:
    """Store a story and tell nobody."""
    page = news_page(topics=["Russia"], paragraphs=paragraphs_of(name))
    source = Source(url=f"https://news.example/{name}", content=page)
    assert import_article(db, settings, source, now=datetime.now(UTC)).rung


def _nothing_left(db: Database) -> bool:
    with db.read() as conn:
        left = delivery.pending(conn, datetime.now(UTC))
    return not (left.alerts or left.batches or left.retries)


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_a_broker_that_takes_no_messages_delays_nobody(sqlite_database: Database, full: Settings) -> None:
    _follow(sqlite_database)
    pusher = FakePusher()
    with _worker(full, pusher):
        _ring(sqlite_database, full, "a")
        wait_until(lambda: _nothing_left(sqlite_database), seconds=60, what="the end of the work")
    assert len(set(pusher.endpoints)) == len(pusher.endpoints) == _READERS


@pytest.mark.slow
def test_a_broker_that_falls_silent_delays_nobody_and_keeps_no_worker_from_ending(
    sqlite_database: Database, stallable: tuple[Settings, Proxy]
) -> None:
    settings, between = stallable
    _follow(sqlite_database)
    pusher = FakePusher()
    with _worker(settings, pusher):
        _ring(sqlite_database, settings, "a")
        wait_until(lambda: _nothing_left(sqlite_database), seconds=60, what="the end of the work")
        between.stall()
        _ring(sqlite_database, settings, "b")
        wait_until(lambda: _nothing_left(sqlite_database), seconds=60, what="the end of the work without it")
    assert len(pusher.endpoints) == 2 * _READERS


def test_what_is_refused_over_a_connection_is_not_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses = list[float]()
    monkeypatch.setattr("newsbell.jobs.celery_worker.time.sleep", pauses.append)
    monkeypatch.setattr(Consumer, "on_connection_error_after_connected", lambda _self, _error: None)
    consumer = RowsConsumer.__new__(RowsConsumer)
    consumer.channel_errors = (LookupError,)
    consumer.on_connection_error_after_connected(ConnectionResetError())
    assert not pauses
    consumer.on_connection_error_after_connected(LookupError())
    assert len(pauses) == 1
