"""One service or reader that takes for ever holds up nobody else: no other reader, no later story."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, Outgoing, PushResult
from newsbell.domain.slots import PATIENCE
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.rounds import PASSED_OVER_AT_ONCE
from newsbell.storage import delivery
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import SENT, Clock, FakePusher
from tests.services.readers import followers, left, ring

M = TypeVar("M", bound=Outgoing)
TIMEOUT, LATENCY, WAKING = timedelta(seconds=15), timedelta(seconds=0.05), timedelta(seconds=0.25)
TIMED_OUT = PushResult(outcome=Outcome.LATER, status=0, detail="timed out")


@dataclass
class Network(FakePusher):
    """Services that answer after a while, by a clock that goes on only here. Who is `silent` never does, and
    is given up at the timeout. `at` is when something happens besides.
    """

    clock: Clock = field(default_factory=lambda: Clock(NOW))
    silent: Callable[[str], bool] = lambda _endpoint: False
    at: dict[timedelta, Callable[[], None]] = field(default_factory=dict)
    begun: dict[str, list[timedelta]] = field(default_factory=dict)

    def send_many(
        self, messages: Iterable[M | None], *, at_once: int
    ) -> Generator[tuple[M, PushResult], None, None]:
        line, under_way, over = iter(messages), list[tuple[datetime, M, PushResult]](), False
        while under_way or not over:
            while len(under_way) < at_once and not over:
                try:
                    one = next(line)
                except StopIteration:
                    over = True
                    break
                if one is None:
                    break
                under_way.append(self._begin(one))
            under_way.sort(key=lambda each: each[0])
            self._sleep(under_way[0][0] if under_way else None)
            while under_way and under_way[0][0] <= self.clock():
                _, one, result = under_way.pop(0)
                yield one, result

    def _begin(self, one: M) -> tuple[datetime, M, PushResult]:
        endpoint = one.target.endpoint
        self.send(one.target, one.message, one.key)
        self.begun.setdefault(endpoint, []).append(self.clock() - NOW)
        if self.silent(endpoint):
            return self.clock() + TIMEOUT, one, TIMED_OUT
        return self.clock() + LATENCY, one, SENT

    def _sleep(self, until: datetime | None) -> None:
        wake = self.clock() + WAKING
        self.clock.now = min(wake, until) if until else wake
        for when in [when for when in self.at if NOW + when <= self.clock()]:
            self.at.pop(when)()


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def work(database: Database, network: Network) -> Delivery:
    worker = Worker(name="w", batch_size=60, concurrency=40)
    return Delivery(database, Settings(), worker, network, network.clock)


def last_begun(network: Network, endpoints: Iterable[str]) -> timedelta:
    """When the last of them was begun for the first time."""
    return max(network.begun[each][0] for each in endpoints)


def until_nothing_is_left(work: Delivery, network: Network) -> None:
    for _ in range(2_000):
        if not work_once(work):
            if left(work) == (0, 0, 0):
                return
            network.clock.advance(timedelta(seconds=1))
    raise AssertionError("the work never ends")


@pytest.mark.parametrize("proven", [True, False])
def test_a_silent_service_of_many_readers_keeps_no_other_reader_waiting(
    work: Delivery, network: Network, proven: bool
) -> None:
    silent = followers(work, 300, host="silent.example", proven=proven)
    well = followers(work, 100, host="well.example")
    network.silent = lambda endpoint: "silent" in endpoint
    ring(work)
    work_once(work)
    assert last_begun(network, well) < TIMEOUT / 3
    network.silent = lambda _endpoint: False
    until_nothing_is_left(work, network)
    assert set(network.endpoints) == {*silent, *well}, "nobody is lost"
    assert all(network.endpoints.count(each) == 1 for each in well)


def test_a_service_that_falls_silent_amid_its_work_keeps_no_other_reader_waiting(
    work: Delivery, network: Network
) -> None:
    falling = followers(work, 300, host="falling.example")
    well = followers(work, 100, host="well.example")
    network.silent = lambda endpoint: "falling" in endpoint and len(network.sent) > 100
    ring(work)
    work_once(work)
    assert last_begun(network, well) < TIMEOUT / 3
    network.silent = lambda _endpoint: False
    until_nothing_is_left(work, network)
    assert set(network.endpoints) == {*falling, *well}


def test_silent_services_however_many_leave_the_others_their_share(work: Delivery, network: Network) -> None:
    for number in range(20):
        followers(work, 15, host=f"{number}.silent.example")
    well = followers(work, 100, host="well.example")
    network.silent = lambda endpoint: "silent" in endpoint
    ring(work)
    work_once(work)
    assert last_begun(network, well) < 2 * TIMEOUT


def test_answers_are_looked_at_while_many_are_passed_over(work: Delivery) -> None:
    """They came in time, and must not be found late."""

    @dataclass
    class Asked(FakePusher):
        nothing: int = 0

        def send_many(
            self, messages: Iterable[M | None], *, at_once: int
        ) -> Generator[tuple[M, PushResult], None, None]:
            assert at_once > 0
            self.nothing = sum(one is None for one in messages)
            yield from ()

    asked = Asked()
    followers(work, 2 * PASSED_OVER_AT_ONCE)
    with work.db.transaction() as conn:
        delivery.pause(conn, "push.example", NOW + timedelta(hours=1))
    ring(work)
    work_once(replace(work, worker=Worker(name="w"), pusher=asked))
    assert asked.nothing >= 2


def test_who_is_passed_over_is_not_blamed_for_it(work: Delivery, network: Network) -> None:
    silent = followers(work, 100, host="silent.example")
    network.silent = lambda endpoint: "silent" in endpoint
    ring(work)
    work_once(work)
    with work.db.read() as conn:
        attempts = conn.exec_driver_sql("SELECT attempts FROM retries").scalars().all()
    assert len(attempts) == len(silent)
    assert sum(attempts) == len(network.sent) < len(silent), "a try that failed counts, and nothing else"


def test_one_silent_reader_does_not_delay_the_next_story(work: Delivery, network: Network) -> None:
    silent, *well = followers(work, 10)
    network.silent = lambda endpoint: endpoint == silent
    network.at[timedelta(seconds=3)] = lambda: ring(work, "https://news.example/later")
    ring(work)
    work_once(work)
    for endpoint in well:
        first, second = network.begun[endpoint]
        assert first < PATIENCE
        assert timedelta(seconds=3) <= second < timedelta(seconds=4)


def test_what_is_answered_is_written_down_while_a_silent_reader_is_awaited(
    work: Delivery, network: Network
) -> None:
    silent, *_ = followers(work, 10, proven=False)
    network.silent = lambda endpoint: endpoint == silent
    seen: list[tuple[int, int, int]] = []
    network.at[timedelta(seconds=5)] = lambda: seen.append(left(work))
    ring(work)
    work_once(work)
    assert seen == [(0, 0, 1)], "the silent one has a row of its own, and the batch is done"


def test_what_else_a_worker_has_to_do_is_done_while_answers_are_awaited(
    work: Delivery, network: Network
) -> None:
    (silent,) = followers(work, 1)
    network.silent = lambda endpoint: endpoint == silent
    done: list[timedelta] = []
    ring(work)
    work_once(work, lambda: done.append(network.clock() - NOW))
    gaps = _differences(iter(done))
    assert done[-1] > TIMEOUT - PATIENCE
    assert max(gaps) <= PATIENCE


def _differences(times: Iterator[timedelta]) -> list[timedelta]:
    before = next(times)
    gaps = []
    for time in times:
        gaps.append(time - before)
        before = time
    return gaps
