"""The worker with real push services on local ports, one of which takes every message and never answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsbell.config import Settings
from newsbell.edges.push import PushSender
from newsbell.edges.vapid import new_key_pair
from newsbell.jobs.embedded import run_worker
from newsbell.services.delivery import Worker
from newsbell.services.importing import Source, import_article
from newsbell.services.vapid import ensure_keys
from newsbell.storage.database import Database
from tests.edges.local import Exchange, LocalServer
from tests.factories import push_target, subscriber
from tests.jobs.waiting import wait_until
from tests.pages import news_page, paragraphs_of

PATIENCE = 120.0
"""Seconds the sender waits for an answer: more than the test does."""


def _takes(exchange: Exchange) -> None:
    exchange.answer(201)


def _hangs(exchange: Exchange) -> None:
    exchange.close_connection = True
    exchange.closing.wait(PATIENCE)


@pytest.fixture
def well() -> Iterator[LocalServer]:
    server = LocalServer(_takes)
    yield server
    server.close()


@pytest.fixture
def silent() -> Iterator[LocalServer]:
    server = LocalServer(_hangs)
    yield server
    server.close()


def _follow(db: Database, host: str, number: int) -> set[str]:
    paths = {f"/send/{one}" for one in range(number)}
    with db.transaction() as conn:
        for path in sorted(paths):
            target = push_target()._replace(endpoint=f"http://{host}{path}")
            subscriber(conn, "Russia", now=datetime.now(UTC), target=target)
    return paths


def _ring(db: Database, settings: Settings, url: str) -> None:
    page = news_page(topics=["Russia"], paragraphs=paragraphs_of(url))
    assert import_article(db, settings, Source(url=url, content=page), now=datetime.now(UTC)).rung


def test_a_silent_push_service_keeps_no_reader_of_another_waiting(
    sqlite_database: Database, settings: Settings, well: LocalServer, silent: LocalServer
) -> None:
    other = f"localhost:{silent.port}"  # a service is a host: by its number it would be the same one
    settings = replace(settings, private_hosts=frozenset({well.host, other}))
    ensure_keys(sqlite_database, new_key_pair, datetime.now(UTC))
    _follow(sqlite_database, other, 150)
    paths = _follow(sqlite_database, well.host, 40)
    stop = threading.Event()
    given = {
        "pusher": PushSender(settings, timeout=PATIENCE), "stop": stop,
        "worker": Worker(name="one", batch_size=40),
    }  # fmt: skip
    worker = threading.Thread(target=run_worker, args=(settings,), kwargs=given)
    worker.start()
    try:
        for number, url in enumerate(("https://news.example/a", "https://news.example/b"), 1):
            _ring(sqlite_database, settings, url)
            wait_until(lambda: len(well.received) == number * len(paths), what=f"story {number}")  # noqa: B023
        assert {received.path for received in well.received} == paths
        assert silent.received, "it was asked, and has them all still"
    finally:
        stop.set()
        silent.close()
        worker.join(30)
        assert not worker.is_alive()
