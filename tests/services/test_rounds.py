"""How a round writes answers down: many at a time, in order, and never too few to bound a repeat."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import TypeVar

import pytest

from newsbell.config import Settings
from newsbell.domain.governor import MANY_IN_A_ROW
from newsbell.domain.push import Outcome, Outgoing, PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.services.claims import ALERTS_AT_ONCE
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.importing import Source, import_article
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Database
from tests.factories import NOW, push_target, subscriber
from tests.fakes import SENT, Clock, FakePusher
from tests.pages import news_page
from tests.services.readers import followers, left, ring

M = TypeVar("M", bound=Outgoing)
BUSY = PushResult(outcome=Outcome.LATER, status=429, retry_after=timedelta(hours=6))


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Slow(FakePusher):
    """Has many under way; the answers to `late` come after all others, and at `die_at` messages it ends."""

    late: frozenset[str] = frozenset()
    die_at: int = 0
    most: int = field(default=0, init=False)

    def send_many(
        self, messages: Iterable[M | None], *, at_once: int
    ) -> Generator[tuple[M, PushResult], None, None]:
        waiting, late = iter(messages), list[M]()
        while chunk := list(islice(waiting, max(1, at_once - len(late)))):
            begun = [one for one in chunk if one is not None]
            self.most = max(self.most, len(begun) + len(late))
            yield from self._answers([one for one in begun if one.target.endpoint not in self.late])
            late += [one for one in begun if one.target.endpoint in self.late]
            if not begun:  # all that is left is late
                yield from self._answers(late)
                late = []
        yield from self._answers(late)

    def _answers(self, chunk: list[M]) -> Iterator[tuple[M, PushResult]]:
        results = [(one, self._one(one)) for one in chunk]
        yield from reversed(results)

    def _one(self, one: Outgoing) -> PushResult:
        if self.die_at and len(self.sent) >= self.die_at:
            raise Killed
        return self.send(one.target, one.message, one.key)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(database: Database, clock: Clock) -> Delivery:
    return Delivery(database, Settings(), Worker(name="w", batch_size=10, concurrency=4), Slow(), clock)


def drain(work: Delivery) -> None:
    for _ in range(100):
        if not work_once(work):
            return
    raise AssertionError("the work never ends")


def pusher(work: Delivery) -> Slow:
    assert isinstance(work.pusher, Slow)
    return work.pusher


def test_alerts_nobody_follows_are_planned_some_in_a_transaction(work: Delivery) -> None:
    many = 2 * ALERTS_AT_ONCE + 1
    for number in range(many):
        ring(work, f"https://news.example/{number}")
    alerts = [many]
    assert work_once(work, lambda: alerts.append(left(work)[0]))
    assert alerts == [many, many - ALERTS_AT_ONCE, 1, 0]


def test_the_next_batch_follows_without_a_pause(work: Delivery) -> None:
    endpoints = followers(work, 35)
    ring(work)
    assert work_once(work)
    assert sorted(pusher(work).endpoints) == sorted(endpoints)
    assert pusher(work).most == 3, "of four: no service ever has all"
    assert left(work) == (0, 0, 0)


@pytest.mark.parametrize("die_at", [1, 9, 10, 11, 25, 34])
def test_a_dead_worker_leaves_at_most_a_batch_to_be_repeated(
    work: Delivery, clock: Clock, die_at: int
) -> None:
    endpoints = followers(work, 35)
    ring(work)
    dying = Slow(die_at=die_at)
    with pytest.raises(Killed):
        work_once(replace(work, worker=replace(work.worker, name="dead"), pusher=dying))
    clock.advance(work.worker.lease + timedelta(seconds=1))
    drain(work)
    reached = dying.endpoints + pusher(work).endpoints
    assert set(reached) == set(endpoints)
    assert len(reached) - len(endpoints) <= work.worker.batch_size
    assert left(work) == (0, 0, 0)


@pytest.mark.parametrize("die_at", [20, 28])
def test_a_slow_recipient_holds_up_nobody_and_is_not_forgotten(
    work: Delivery, clock: Clock, die_at: int
) -> None:
    endpoints = followers(work, 30)
    late = frozenset(endpoints[1:3])
    ring(work)
    dying = Slow(late=late, die_at=die_at)
    with pytest.raises(Killed):
        work_once(replace(work, worker=replace(work.worker, name="dead"), pusher=dying))
    assert left(work)[2] == 2, "they are retries of their own"
    clock.advance(work.worker.lease + timedelta(seconds=1))
    drain(work)
    reached = dying.endpoints + pusher(work).endpoints
    assert set(reached) == set(endpoints)
    assert len(reached) - len(endpoints) <= work.worker.batch_size
    assert left(work) == (0, 0, 0)


def test_a_slow_recipient_that_answers_at_last_is_not_tried_again(work: Delivery, clock: Clock) -> None:
    endpoints = followers(work, 30)
    slow = replace(work, pusher=Slow(late=frozenset(endpoints[1:3])))
    ring(work)
    drain(slow)
    clock.advance(timedelta(hours=1))
    drain(slow)
    assert sorted(pusher(slow).endpoints) == sorted(endpoints)
    assert left(work) == (0, 0, 0)


def test_who_was_reached_as_usual_is_not_written(work: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    followers(work, 12)
    ring(work)
    concerned: list[object] = []
    monkeypatch.setattr(subscriptions, "lock", lambda _conn, readers: concerned.extend(readers))
    drain(work)
    assert concerned == []


def test_who_is_reached_for_the_first_time_is_written(work: Delivery) -> None:
    followers(work, 12, proven=False)
    ring(work)
    drain(work)
    with work.db.transaction() as conn:
        claimed = delivery.claim_batch(conn, "x", NOW, timedelta(0))
        assert claimed is None
        found = conn.exec_driver_sql("SELECT count(*) FROM subscriptions WHERE first_success_at IS NOT NULL")
        assert found.scalar_one() == 12


def test_a_service_that_has_had_enough_is_left_alone_and_the_others_are_not_slowed(
    work: Delivery, clock: Clock
) -> None:
    busy = followers(work, 4 * MANY_IN_A_ROW, host="busy.example")
    well = followers(work, 40, host="well.example")
    pusher(work).answer = lambda target: BUSY if "busy" in target.endpoint else SENT
    ring(work)
    drain(work)
    assert {each for each in pusher(work).endpoints if "well" in each} == set(well)
    asked = [each for each in pusher(work).endpoints if "busy" in each]
    assert MANY_IN_A_ROW <= len(asked) <= MANY_IN_A_ROW + work.worker.batch_size
    pusher(work).answer = lambda _target: SENT
    for _ in range(20):
        clock.advance(timedelta(minutes=25))
        drain(work)
    assert {each for each in pusher(work).endpoints if "busy" in each} == set(busy), "nobody is lost"
    assert left(work) == (0, 0, 0)


@pytest.mark.parametrize("proven", [False, True])
def test_nobody_can_silence_a_service_by_what_their_own_subscriptions_answer(
    work: Delivery, proven: bool
) -> None:
    """Made-up endpoints, however many; or true ones that were rung, as long as they are few."""
    number = MANY_IN_A_ROW - 1 if proven else 4 * MANY_IN_A_ROW
    with work.db.transaction() as conn:
        for one in range(number):
            target = push_target(f"https://push.example/attacker/{one}")
            found = subscriber(conn, "Russia", now=NOW, target=target)
            if proven:
                subscriptions.record_success(conn, [found], NOW)
    real = followers(work, 20)
    pusher(work).answer = lambda target: BUSY if "attacker" in target.endpoint else SENT
    ring(work)
    drain(work)
    assert set(real) <= set(pusher(work).endpoints)


def test_one_subscription_that_answers_429_for_ever_delays_nobody_else(work: Delivery, clock: Clock) -> None:
    attacker, *others = followers(work, 30)
    pusher(work).answer = lambda target: BUSY if target.endpoint == attacker else SENT
    for number in range(MANY_IN_A_ROW + 5):
        content = news_page(topics=["Russia"], paragraphs=[f"Story {number}. " * 30])
        source = Source(url=f"https://news.example/{number}", content=content)
        assert import_article(work.db, work.settings, source, now=clock()).rung
        drain(work)
        assert sum(each in others for each in pusher(work).endpoints) == len(others) * (number + 1)


def test_the_worker_asks_for_no_more_at_once_than_it_may(work: Delivery) -> None:
    @dataclass
    class Asked(FakePusher):
        at_once: int = 0

        def send_many(
            self, messages: Iterable[M | None], *, at_once: int
        ) -> Generator[tuple[M, PushResult], None, None]:
            self.at_once = at_once
            yield from super().send_many(messages, at_once=at_once)

        def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult:
            return super().send(target, message, key)

    asked = Asked()
    followers(work, 1)
    ring(work)
    work_once(replace(work, worker=Worker(name="w", batch_size=10, concurrency=400), pusher=asked))
    assert asked.at_once == 8
