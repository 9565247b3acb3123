"""What a worker's end costs: at most a batch where it is killed, and nothing where it is asked to end."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, Outgoing, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.jobs.embedded import StoppablePusher
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import SENT, Clock, FakePusher
from tests.services.readers import followers, left, ring

M = TypeVar("M", bound=Outgoing)
READERS, BATCH = 25, 10


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Tide(FakePusher):
    """Begins all it may, and then has `ebb` answers; the `late` are answered when nobody else is left. It
    ends when it has begun `die_at` messages.
    """

    late: frozenset[str] = frozenset()
    ebb: int = 1
    die_at: int = 0

    def send_many(
        self, messages: Iterable[M | None], *, at_once: int
    ) -> Generator[tuple[M, PushResult], None, None]:
        line, under_way, over = iter(messages), list[M](), False
        while under_way or not over:
            while len(under_way) < at_once and not over:
                try:
                    one = next(line)
                except StopIteration:
                    over = True
                    break
                if one is None:
                    break
                self.send(one.target, one.message, one.key)
                if len(self.sent) == self.die_at:
                    raise Killed
                under_way.append(one)
            quick = [each for each in under_way if each.target.endpoint not in self.late]
            for each in (quick or under_way)[: self.ebb]:
                under_way.remove(each)
                yield each, self.answer(each.target)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(sqlite_database: Database, clock: Clock) -> Delivery:
    worker = Worker(name="w", batch_size=BATCH, concurrency=BATCH)
    return Delivery(sqlite_database, Settings(), worker, FakePusher(), clock)


def drain(work: Delivery) -> None:
    for _ in range(100):
        if not work_once(work):
            return
    raise AssertionError("the work never ends")


@pytest.mark.parametrize("ebb", [1, BATCH])
@pytest.mark.parametrize("late", [[], [1], [2, 3], [1, 5, 20]], ids=lambda late: f"late {late}")
def test_wherever_a_worker_is_killed_no_more_than_a_batch_is_repeated(
    work: Delivery, clock: Clock, late: list[int], ebb: int
) -> None:
    endpoints = followers(work, READERS)
    repeats = {}
    for die_at in range(1, READERS + 1):
        ring(work, f"https://news.example/{die_at}")
        dying = Tide(late=frozenset(endpoints[one] for one in late), ebb=ebb, die_at=die_at)
        with pytest.raises(Killed):
            work_once(replace(work, worker=replace(work.worker, name="dead"), pusher=dying))
        clock.advance(work.worker.lease + timedelta(seconds=1))
        after = FakePusher()
        drain(replace(work, pusher=after))
        assert {*dying.endpoints, *after.endpoints} == set(endpoints)
        repeats[die_at] = len(dying.sent) + len(after.sent) - READERS
    assert max(repeats.values()) <= BATCH, repeats
    assert left(work) == (0, 0, 0)


@pytest.mark.parametrize("readers", [1, BATCH, READERS])
def test_whoever_is_asked_to_end_repeats_nothing(work: Delivery, readers: int) -> None:
    endpoints = followers(work, readers)
    for stop_at in range(1, readers + 1):
        ring(work, f"https://news.example/{stop_at}")
        stop, pusher = threading.Event(), FakePusher()

        def answer(
            _target: PushTarget, stop: threading.Event = stop, pusher: FakePusher = pusher, at: int = stop_at
        ) -> PushResult:
            if len(pusher.sent) == at:
                stop.set()
            return SENT

        pusher.answer = answer
        work_once(replace(work, pusher=StoppablePusher(pusher, stop)))
        assert len(pusher.sent) == stop_at, "it ended in the middle"
        drain(replace(work, pusher=pusher))
        assert sorted(pusher.endpoints) == sorted(endpoints)


def test_whoever_is_asked_to_end_gives_back_what_was_claimed_and_not_begun(
    work: Delivery, clock: Clock
) -> None:
    endpoints = followers(work, 5)
    ring(work, "https://news.example/first")
    work_once(
        replace(work, pusher=FakePusher(answer=lambda _target: PushResult(outcome=Outcome.LATER, status=500)))
    )
    clock.advance(timedelta(hours=1))
    ring(work, "https://news.example/second")
    stop, pusher = threading.Event(), FakePusher()

    def answer(_target: PushTarget) -> PushResult:
        stop.set()
        return SENT

    pusher.answer = answer
    work_once(replace(work, pusher=StoppablePusher(pusher, stop)))
    assert len(pusher.sent) == 1, "it ended with retries and a batch in its hands"
    drain(replace(work, pusher=pusher, worker=replace(work.worker, name="another")))
    assert sorted(pusher.endpoints) == sorted(endpoints * 2)
