"""A database that is away for a while, while messages are under way, costs a while: nobody is rung twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.errors import UnavailableError
from newsbell.jobs.embedded import StoppablePusher
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.payloads import Words
from newsbell.storage import delivery
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import Retry
from tests.factories import NOW, add_retry
from tests.fakes import SENT, FakePusher
from tests.services.readers import followers, left, ring
from tests.services.test_flow import Network
from tests.services.test_repeats import Tide
from tests.storage.test_planning import alert

READERS, BATCH = 60, 20
GONE = PushResult(outcome=Outcome.GONE, status=410)


class Unsteady(Database):
    """Fails at the end of each transaction of which `fails` says so, and nothing is done; or `loses`, and all
    is done; or cannot read where `is_blind` says so.
    """

    fails: Callable[[], bool] = staticmethod(lambda: False)
    loses: Callable[[], bool] = staticmethod(lambda: False)
    is_blind: Callable[[], bool] = staticmethod(lambda: False)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as conn:
            yield conn
            if self.fails():
                raise UnavailableError("The database is busy; try again in a moment.")
        if self.loses():
            raise UnavailableError("The database cannot be reached now.")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        if self.is_blind():
            raise UnavailableError("The database cannot be reached now.")
        with super().read() as conn:
            yield conn


@pytest.fixture
def database(sqlite_database: Database) -> Iterator[Unsteady]:
    unsteady = Unsteady(sqlite_database.url.render_as_string(hide_password=False))
    yield unsteady
    unsteady.close()


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def work(database: Unsteady, network: Network) -> Delivery:
    worker = Worker(name="w", batch_size=BATCH, concurrency=15)
    return Delivery(database, Settings(), worker, network, network.clock)


def drain(work: Delivery) -> int:
    """Work until nothing is due; how often that failed."""
    failures = 0
    for _ in range(100):
        try:
            if not work_once(work):
                return failures
        except UnavailableError:
            failures += 1
    raise AssertionError("the work never ends")


@pytest.mark.parametrize("way", ["fails", "is_blind"])
@pytest.mark.parametrize("times", [1, 3])
def test_whichever_transaction_fails_nobody_is_lost_late_or_rung_twice(
    work: Delivery, database: Unsteady, times: int, way: str
) -> None:
    endpoints = followers(work, READERS, proven=False)
    transactions = 0
    for first in range(1, 100):
        ring(work, f"https://news.example/{first}")
        number, network = 0, Network()

        def fails() -> bool:
            nonlocal number
            number += 1
            return first <= number < first + times  # noqa: B023 - it ends with the round

        setattr(database, way, fails)
        began = network.clock()
        drain(replace(work, pusher=network, clock=network.clock))
        setattr(database, way, lambda: False)
        assert sorted(network.endpoints) == sorted(endpoints)
        assert left(work) == (0, 0, 0)
        assert network.clock() - began < work.worker.lease / 2
        transactions = number
        if number < first:
            break
    assert transactions > 2 * READERS / BATCH, "each was the one that failed"


def test_while_the_database_is_away_no_more_than_a_batch_is_sent(
    work: Delivery, database: Unsteady, network: Network
) -> None:
    endpoints = followers(work, READERS)
    ring(work)
    back, begun = timedelta(minutes=2), list[str]()
    database.fails = lambda: bool(network.sent) and network.clock() < NOW + back
    network.at[back] = lambda: begun.extend(network.endpoints)
    drain(work)
    assert len(begun) == BATCH
    assert sorted(network.endpoints) == sorted(endpoints)
    assert left(work) == (0, 0, 0)


def test_a_database_that_is_away_for_longer_than_a_lease_costs_a_batch(
    work: Delivery, database: Unsteady, network: Network
) -> None:
    endpoints = followers(work, READERS)
    ring(work)
    database.fails = lambda: bool(network.sent)
    with pytest.raises(UnavailableError):
        work_once(work)
    database.fails = lambda: False
    network.clock.advance(work.worker.lease)
    drain(work)
    assert set(network.endpoints) == set(endpoints)
    assert len(network.endpoints) - len(endpoints) <= BATCH
    assert left(work) == (0, 0, 0)


def is_held(database: Database) -> bool:
    """Whether a worker holds a batch, as another one sees it."""
    with database.read() as conn:
        held = "SELECT count(*) FROM batches WHERE worker IS NOT NULL AND done_at IS NULL"
        return bool(conn.exec_driver_sql(held).scalar_one())


def test_what_is_claimed_is_sent_when_the_database_can_be_read_again(
    work: Delivery, database: Unsteady, network: Network, sqlite_database: Database
) -> None:
    endpoints = followers(work, READERS)
    ring(work)
    back = NOW + work.worker.lease / 3
    database.is_blind = lambda: network.clock() < back and is_held(sqlite_database)
    assert drain(work) == 0
    assert network.clock() < back + timedelta(seconds=5)
    assert sorted(network.endpoints) == sorted(endpoints)
    assert left(work) == (0, 0, 0)


def test_what_is_claimed_and_never_read_is_given_back(
    work: Delivery, database: Unsteady, network: Network, sqlite_database: Database
) -> None:
    [endpoint] = followers(work, 1)
    with work.db.transaction() as conn:
        number = alert(conn, "Russia")
        add_retry(conn, number, 1, due_at=NOW, attempts=1)
    ring(work)
    database.is_blind = lambda: is_held(sqlite_database)
    with pytest.raises(UnavailableError):
        work_once(work)
    assert network.clock() < NOW + work.worker.lease * 0.6
    database.is_blind = lambda: False
    work_once(work)
    assert network.endpoints == [endpoint] * 2, "the retry and the batch"
    assert network.clock() < NOW + work.worker.lease * 0.6


def test_a_worker_that_is_stopped_while_it_cannot_read_gives_back_what_it_claimed(
    work: Delivery, database: Unsteady, network: Network, sqlite_database: Database
) -> None:
    endpoints = followers(work, 5)
    ring(work)
    stop = threading.Event()
    network.at[timedelta(seconds=2)] = stop.set
    database.is_blind = lambda: is_held(sqlite_database)
    work_once(replace(work, pusher=StoppablePusher(network, stop)))
    assert stop.is_set()
    database.is_blind = lambda: False
    work_once(work)
    assert sorted(network.endpoints) == sorted(endpoints)
    assert network.clock() < NOW + timedelta(seconds=5)


def test_what_was_found_out_before_a_failure_is_written_after_it(
    work: Delivery, database: Unsteady, network: Network
) -> None:
    followers(work, 5)
    ring(work)
    pusher = FakePusher(answer=lambda target: GONE if target.endpoint.endswith("/3") else SENT)
    failed: list[bool] = []

    def fails() -> bool:
        failed.append(bool(pusher.sent))
        return failed.count(True) == 1 and failed[-1]

    database.fails = fails
    assert drain(replace(work, pusher=pusher)) == 0
    with database.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM subscriptions").scalar_one() == 4


def test_a_retry_that_was_stored_though_it_did_not_seem_so_is_ended_by_the_answer(
    work: Delivery, database: Unsteady, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoints = followers(work, BATCH + 5)
    ring(work)
    stored: list[Retry] = []
    add_retries = delivery.add_retries

    def add(conn: Connection, wanted: Sequence[Retry], worker: str) -> None:
        stored.extend(wanted)
        add_retries(conn, wanted, worker)

    def loses() -> bool:
        lost.append(bool(stored) and not any(lost))
        return lost[-1]

    lost: list[bool] = []
    monkeypatch.setattr(delivery, "add_retries", add)
    database.loses = loses
    pusher = Tide(late=frozenset(endpoints[2:3]), ebb=BATCH)
    drain(replace(work, pusher=pusher))
    network.clock.advance(work.worker.lease + timedelta(seconds=1))
    drain(replace(work, pusher=pusher))
    assert any(lost)
    assert sorted(pusher.endpoints) == sorted(endpoints)


class DefectError(Exception):
    """Nobody expected it."""


def test_a_defect_amid_a_round_forgets_no_answer(work: Delivery, network: Network) -> None:
    endpoints = followers(work, READERS)
    ring(work)

    def breaks() -> None:
        raise DefectError

    with pytest.raises(DefectError):
        work_once(work, breaks)
    assert 0 < len(network.sent) < READERS
    drain(work)
    assert sorted(network.endpoints) == sorted(endpoints), "the rest is given back, and nobody rung twice"
    assert left(work) == (0, 0, 0)


def test_a_defect_of_what_is_claimed_does_not_come_again_at_once(
    work: Delivery, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others have their turn before: who is claimed first would be claimed first again."""
    [endpoint] = followers(work, 1)
    ring(work)
    of = work.payloads.of

    def breaks(conn: Connection, article_id: int, base_url: str) -> Words | None:
        if article_id == 1:
            raise DefectError
        return of(conn, article_id, base_url)

    monkeypatch.setattr(work.payloads, "of", breaks)
    with pytest.raises(DefectError):
        work_once(work)
    ring(work, "https://news.example/b")
    work_once(work)
    assert network.endpoints == [endpoint]
    monkeypatch.undo()
    network.clock.advance(work.worker.lease)
    work_once(work)
    assert network.endpoints == [endpoint] * 2


def test_a_defect_of_the_sending_gives_the_batch_back(work: Delivery) -> None:
    endpoints = followers(work, READERS)
    ring(work)

    def breaks(_target: PushTarget) -> PushResult:
        if len(pusher.sent) == 7:
            raise DefectError
        return SENT

    pusher = FakePusher(answer=breaks)
    with pytest.raises(DefectError):
        work_once(replace(work, pusher=pusher))
    drain(replace(work, pusher=pusher))
    assert set(pusher.endpoints) == set(endpoints)
    assert len(pusher.endpoints) == len(endpoints) + 1, "whose answer nobody knows"
    assert left(work) == (0, 0, 0)
