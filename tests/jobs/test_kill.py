"""kill -9 of the worker, placed: while the push service holds request k of n."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbell.config import Settings
from newsbell.services.importing import Source, import_article
from newsbell.storage import delivery
from newsbell.storage.database import Database
from tests.factories import push_target, subscriber
from tests.jobs.push_service import PushService, push_service
from tests.jobs.waiting import wait_until
from tests.pages import news_page

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_DUE = 40
_BATCH = 8
_LEASE = "2"  # seconds


@contextmanager
def _worker(settings: Settings, service: PushService) -> Iterator[subprocess.Popen[bytes]]:
    environ = {
        **os.environ,
        "NEWSBELL_DATA_DIR": str(settings.data_dir),
        "NEWSBELL_PRIVATE_HOSTS": service.host,
    }
    command = [sys.executable, "-m", "tests.jobs.worker_process", str(_BATCH), _LEASE]
    process = subprocess.Popen(command, cwd=_ROOT, env=environ)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _ask_for_rings(db: Database, settings: Settings, service: PushService) -> set[str]:
    """Store subscriptions and an article that rings for them; the paths the service is to be sent to."""
    now = datetime.now(UTC)
    paths = {f"/send/{number}" for number in range(_DUE)}
    keys = push_target()
    with db.transaction() as conn:
        for path in sorted(paths):
            target = keys._replace(endpoint=f"http://{service.host}{path}")
            subscriber(conn, "Russia", now=now, target=target)
        subscriber(conn, "Chess", now=now, target=keys._replace(endpoint=f"http://{service.host}/send/chess"))
    source = Source(url="https://news.example/a", content=news_page(topics=["Russia"]))
    assert import_article(db, settings, source, now=datetime.now(UTC)).rung
    return paths


def _nothing_left(db: Database) -> bool:
    with db.read() as conn:
        left = delivery.pending(conn, datetime.now(UTC))
    return not (left.alerts or left.batches or left.retries)


@pytest.mark.parametrize("hold", [1, 19, _DUE])
def test_whoever_is_due_is_reached_and_at_most_a_batch_twice(
    sqlite_database: Database, settings: Settings, hold: int
) -> None:
    with push_service(hold) as service:
        due = _ask_for_rings(sqlite_database, settings, service)
        with _worker(settings, service) as first:
            assert service.held.wait(30)
            first.send_signal(signal.SIGKILL)
            assert first.wait() == -signal.SIGKILL
        assert not _nothing_left(sqlite_database)
        service.go_on.set()
        with _worker(settings, service) as second:
            wait_until(lambda: _nothing_left(sqlite_database), seconds=120, what="the end of the work")
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
        received = service.received
    assert set(received) == due
    assert len(received) - len(due) <= _BATCH


def test_a_worker_asked_to_end_repeats_nothing(sqlite_database: Database, settings: Settings) -> None:
    with push_service(19) as service:
        due = _ask_for_rings(sqlite_database, settings, service)
        with _worker(settings, service) as first:
            assert service.held.wait(30)
            first.send_signal(signal.SIGTERM)
            service.go_on.set()
            assert first.wait(30) == 0
        with _worker(settings, service):
            wait_until(lambda: _nothing_left(sqlite_database), seconds=120, what="the end of the work")
        received = service.received
    assert sorted(received) == sorted(due)
