"""Two workers that write of the same readers at once. What each does when is placed here, not hoped for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushMessage, PushResult
from newsbell.domain.slots import Service
from newsbell.domain.subscription import VapidKey
from newsbell.services.delivery import Delivery, Worker
from newsbell.services.news import News
from newsbell.services.work import Entry
from newsbell.storage import delivery
from newsbell.storage.database import Database
from newsbell.storage.delivery import Recipient, Retry
from tests.factories import NOW, push_target, subscriber
from tests.fakes import SENT, Clock, FakePusher
from tests.services.readers import ring
from tests.storage.watching import wait_for_locks, wait_until

pytestmark = pytest.mark.database
ANSWERS = {
    "taken": SENT,
    "later": PushResult(outcome=Outcome.LATER, status=500),
    "refused": PushResult(outcome=Outcome.KEY_REFUSED, status=403),
    "gone": PushResult(outcome=Outcome.GONE, status=410),
}
TARGETS = [push_target(f"https://push.example/{number}") for number in range(2)]
MESSAGE = PushMessage(payload=b"x", ttl=1, topic="t")
KEY = VapidKey(id=1, private_key="", public_key="", created_at=NOW)


@pytest.fixture
def work(postgresql_database: Database) -> Delivery:
    """Two readers who follow, and two stories for them, each of which is to be tried again for both."""
    work = Delivery(postgresql_database, Settings(), Worker(name="w"), FakePusher(), Clock(NOW))
    with work.db.transaction() as conn:
        readers = [subscriber(conn, "Russia", now=NOW, target=target) for target in TARGETS]
    for story in (1, 2):
        ring(work, f"https://news.example/{story}")
    with work.db.transaction() as conn:
        held = [
            Retry(alert_id=alert, subscription_id=reader, due_at=NOW, attempts=1, worker=f"w{alert}")
            for alert in (1, 2)
            for reader in readers
        ]
        delivery.add_retries(conn, held, "another")
    return work


def entries(alert: int, answers: list[str], *, proven: bool) -> list[Entry]:
    found = []
    for number, answer in enumerate(answers):
        due = Recipient(alert, number + 1, TARGETS[number], 1, proven)
        entry = Entry(due, due.target, MESSAGE, KEY, Service("push.example"), None, retry=True)
        entry.result = ANSWERS[answer]
        found.append(entry)
    return found


@contextmanager
def meeting(database: Database, statement: str) -> Iterator[None]:
    """Whoever has executed its first `statement` goes on when the other one has, or waits for a lock."""
    there: set[str] = set()

    def meet(_conn: Any, _cursor: Any, executed: str, *_rest: Any) -> None:
        name = threading.current_thread().name
        if name.startswith("w") and statement in executed and name not in there:
            there.add(name)
            wait_until(lambda: len(there) == 2 or bool(wait_for_locks(database)))

    event.listen(database._engine, "after_cursor_execute", meet)
    try:
        yield
    finally:
        event.remove(database._engine, "after_cursor_execute", meet)


@pytest.mark.parametrize("place", ["UPDATE subscriptions", "DELETE FROM retries"])
@pytest.mark.parametrize(
    ("one", "other"),
    [("taken", "later"), ("taken", "refused"), ("taken", "gone"), ("later", "gone"), ("refused", "gone")],
)
@pytest.mark.parametrize("proven", [False, True])
def test_two_workers_with_news_of_the_same_readers_take_turns(
    work: Delivery, one: str, other: str, place: str, proven: bool
) -> None:
    errors: list[Exception] = []

    def write(alert: int, answers: list[str]) -> None:
        mine = replace(work, worker=replace(work.worker, name=f"w{alert}", lease=timedelta(minutes=5)))
        news = News(mine)
        news.note(entries(alert, answers, proven=proven))
        try:
            with work.db.transaction() as conn:
                news.write(conn, news.lock(conn, [], set()), aside=[], back=[])
        except Exception as error:  # noqa: BLE001 - the test says what came of it
            errors.append(error)

    jobs = [(1, [one, other]), (2, [other, one])]
    threads = [threading.Thread(target=write, args=job, name=f"w{job[0]}") for job in jobs]
    with meeting(work.db, place):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
