"""What an outage or a slow push service costs: readers and tries, and not readers times rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, Outgoing, PushResult
from newsbell.domain.slots import PATIENCE
from newsbell.services import gates
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.storage import delivery
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import Retry
from tests.factories import NOW
from tests.fakes import SENT, Clock, FakePusher
from tests.services.readers import followers, left, ring
from tests.services.test_flow import Network, until_nothing_is_left

M = TypeVar("M", bound=Outgoing)
BROKEN = PushResult(outcome=Outcome.LATER, status=503)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(sqlite_database: Database, clock: Clock) -> Delivery:
    return Delivery(sqlite_database, Settings(), Worker(name="w", batch_size=100), FakePusher(), clock)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Retry]:
    """The rows of retries that are written."""
    rows: list[Retry] = []
    add = delivery.add_retries

    def counted(conn: Connection, wanted: Sequence[Retry], worker: str) -> None:
        rows.extend(wanted)
        add(conn, wanted, worker)

    monkeypatch.setattr(delivery, "add_retries", counted)
    return rows


def _for(work: Delivery, clock: Clock, minutes: int) -> None:
    for _ in range(minutes * 12):
        while work_once(work):
            pass
        clock.advance(timedelta(seconds=5))


def _asked(work: Delivery) -> int:
    assert isinstance(work.pusher, FakePusher)
    return len(work.pusher.sent)


@pytest.mark.parametrize("paused", [False, True])
def test_an_outage_costs_a_row_a_reader_and_some_a_try(
    work: Delivery, clock: Clock, written: list[Retry], paused: bool, caplog: pytest.LogCaptureFixture
) -> None:
    readers = followers(work, 600)
    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = lambda _target: BROKEN
    if paused:
        with work.db.transaction() as conn:
            delivery.pause(conn, "push.example", NOW + timedelta(minutes=30))
    ring(work)
    with caplog.at_level("INFO"):
        _for(work, clock, 30)
    assert len(written) <= len(readers) + 3 * _asked(work)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) <= 3 * _asked(work) + 50, "and no line for each who waits"
    assert sum(int(line.rpartition("paused=")[2].split()[0]) for line in lines if "paused=" in line) >= 500
    work.pusher.answer = lambda _target: SENT
    _for(work, clock, 60)
    assert set(work.pusher.endpoints) == set(readers), "nobody is lost"
    assert left(work) == (0, 0, 0)


def test_who_waits_comes_back_mixed(work: Delivery, clock: Clock) -> None:
    readers = followers(work, 100)
    with work.db.transaction() as conn:
        delivery.pause(conn, "push.example", NOW + timedelta(minutes=1))
    ring(work)
    _for(work, clock, 3)
    assert isinstance(work.pusher, FakePusher)
    assert sorted(work.pusher.endpoints) == sorted(readers)
    assert work.pusher.endpoints != readers


@dataclass
class Slow(Network):
    """Takes twenty a second, however many it is given."""

    last: datetime = field(default=NOW)

    def _begin(self, one: M) -> tuple[datetime, M, PushResult]:
        when, one, result = super()._begin(one)
        self.last = max(self.clock(), self.last) + timedelta(seconds=0.05)
        return max(when, self.last), one, result


def test_a_slow_service_costs_a_row_a_reader_and_is_kept_busy(
    sqlite_database: Database, written: list[Retry]
) -> None:
    network = Slow()
    worker = Worker(name="w", batch_size=100, concurrency=60)
    work = Delivery(sqlite_database, Settings(), worker, network, network.clock)
    readers = followers(work, 600)
    ring(work)
    until_nothing_is_left(work, network)
    assert sorted(network.endpoints) == sorted(readers)
    assert len(written) <= len(readers)
    assert network.clock() - NOW < timedelta(seconds=60), "which is twice as long as it needs"


@pytest.mark.parametrize("hosts", [20, 80])
def test_silent_hosts_of_one_reader_each_keep_nobody_else_waiting(
    sqlite_database: Database, hosts: int
) -> None:
    network = Network()
    worker = Worker(name="w", batch_size=60, concurrency=40)
    work = Delivery(sqlite_database, Settings(), worker, network, network.clock)
    silent = [
        endpoint
        for number in range(hosts)
        for endpoint in followers(work, 1, host=f"{number}.silent.example", proven=False)
    ]
    well = followers(work, 50, host="well.example")
    network.silent = lambda endpoint: "silent" in endpoint
    for story in (1, 2):
        began = network.clock() - NOW
        ring(work, f"https://news.example/{story}")
        work_once(work)
        assert max(network.begun[each][-1] for each in well) - began < 5 * PATIENCE
    assert set(silent) <= set(network.begun), "and each is tried in its turn"


def test_of_very_many_services_some_are_looked_at_and_others_next_time(
    work: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "SERVICES_AT_ONCE", 3)
    hosts = [f"{number}.example" for number in range(7)]
    readers = [each for host in hosts for each in followers(work, 1, host=host)]
    with work.db.transaction() as conn:
        for host in hosts:
            until = timedelta(minutes=1) if host == "6.example" else timedelta(hours=1)
            delivery.pause(conn, host, NOW + until)
    ring(work)
    _for(work, clock, 2)
    assert isinstance(work.pusher, FakePusher)
    assert work.pusher.endpoints == readers[-1:]
