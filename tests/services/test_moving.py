"""A browser whose push service replaced its endpoint while a message to the old one was under way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from newsbell.config import Settings
from newsbell.domain.backoff import ATTEMPTS_BEFORE_GIVING_UP, GIVE_UP_AFTER
from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.subscriptions import move_endpoint, send_test
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Database
from newsbell.storage.schema import subscriptions as table
from tests.factories import NOW, push_target, subscriber
from tests.fakes import SENT, AnyEndpoint, Clock, FakePusher
from tests.services.readers import ring

OLD, NEW = push_target("https://push.example/old"), push_target("https://push.example/new")
NOT_THIS_MESSAGE = PushResult(outcome=Outcome.MESSAGE_REFUSED, status=413)
LATER = PushResult(outcome=Outcome.LATER, status=500)
UNREACHED = [
    PushResult(outcome=Outcome.GONE, status=410),
    PushResult(outcome=Outcome.GONE, status=404),
    PushResult(outcome=Outcome.KEY_REFUSED, status=401),
    LATER,
]


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(database: Database, clock: Clock) -> Delivery:
    return Delivery(database, Settings(), Worker(name="w"), FakePusher(), clock)


@pytest.fixture
def reader(work: Delivery) -> int:
    with work.db.transaction() as conn:
        return subscriber(conn, "Russia", now=NOW, target=OLD)


def move_and_answer(work: Delivery, reader: int, result: PushResult) -> FakePusher:
    """The endpoint moves while the message is out; then the old one answers. The new one has no news."""
    pusher = work.pusher
    assert isinstance(pusher, FakePusher)

    def answer(target: PushTarget) -> PushResult:
        if target == NEW:
            return NOT_THIS_MESSAGE
        move_endpoint(work.db, reader, NEW, rules=AnyEndpoint(), now=work.clock())
        return result

    pusher.answer = answer
    return pusher


def drain(work: Delivery) -> None:
    for _ in range(100):
        if not work_once(work):
            return
    raise AssertionError("the work never ends")


def is_fresh(work: Delivery) -> bool:
    """Whether the one reader is at the new endpoint, and nothing is known of it."""
    known = select(table.c.endpoint, table.c.suspended_at, table.c.failing_since, table.c.first_success_at)
    with work.db.read() as conn:
        rows = conn.execute(known).all()
    return [tuple(row) for row in rows] == [(NEW.endpoint, None, None, None)]


@pytest.mark.parametrize("result", UNREACHED, ids=lambda result: str(result.status))
def test_what_the_old_endpoint_refuses_is_sent_to_the_new_one(
    work: Delivery, reader: int, result: PushResult
) -> None:
    pusher = move_and_answer(work, reader, result)
    ring(work)
    drain(work)
    assert is_fresh(work)
    assert pusher.endpoints == [OLD.endpoint, NEW.endpoint]


def test_what_the_old_endpoint_took_is_sent_once_and_proves_nothing_of_the_new_one(
    work: Delivery, reader: int
) -> None:
    pusher = move_and_answer(work, reader, SENT)
    ring(work)
    drain(work)
    assert is_fresh(work)
    assert pusher.endpoints == [OLD.endpoint]


def test_the_last_failure_of_the_old_endpoint_does_not_remove_the_new_one(
    work: Delivery, reader: int, clock: Clock
) -> None:
    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = lambda _target: LATER
    with work.db.transaction() as conn:
        subscriptions.record_failures(conn, [reader], NOW - GIVE_UP_AFTER)
    ring(work)
    for _ in range(ATTEMPTS_BEFORE_GIVING_UP):
        drain(work)
        clock.advance(timedelta(minutes=10))
    move_and_answer(work, reader, LATER)
    drain(work)
    assert is_fresh(work)


def test_who_moves_while_passed_over_does_not_wait_for_the_service_that_was_left(
    work: Delivery, reader: int
) -> None:
    elsewhere = push_target("https://other.example/new")
    with work.db.transaction() as conn:
        delivery.pause(conn, "push.example", NOW + timedelta(hours=1))
    ring(work)

    def move() -> None:
        move_endpoint(work.db, reader, elsewhere, rules=AnyEndpoint(), now=work.clock())

    work_once(work, move)
    drain(work)
    assert isinstance(work.pusher, FakePusher)
    assert work.pusher.endpoints == [elsewhere.endpoint]


def fail_for_hours(work: Delivery, clock: Clock) -> FakePusher:
    """The old endpoint's push service takes nothing, and wants to be left alone for six hours; the new one's
    takes all.
    """
    pusher = work.pusher
    assert isinstance(pusher, FakePusher)
    busy = replace(LATER, retry_after=timedelta(hours=6))
    pusher.answer = lambda target: SENT if target == NEW else busy
    ring(work)
    drain(work)
    clock.advance(timedelta(minutes=1))
    return pusher


def test_who_moves_does_not_wait_as_long_as_the_old_service_wanted(
    work: Delivery, reader: int, clock: Clock
) -> None:
    pusher = fail_for_hours(work, clock)
    move_endpoint(work.db, reader, NEW, rules=AnyEndpoint(), now=work.clock())
    drain(work)
    assert pusher.endpoints == [OLD.endpoint, NEW.endpoint]


def test_who_stays_waits_as_long_as_the_service_wants(work: Delivery, reader: int, clock: Clock) -> None:
    pusher = fail_for_hours(work, clock)
    move_endpoint(work.db, reader, OLD, rules=AnyEndpoint(), now=work.clock())
    drain(work)
    assert pusher.endpoints == [OLD.endpoint]


@pytest.mark.parametrize("result", [UNREACHED[0], SENT], ids=lambda result: str(result.status))
def test_the_answer_to_a_test_message_counts_for_the_endpoint_it_was_sent_to(
    work: Delivery, reader: int, result: PushResult
) -> None:
    pusher = move_and_answer(work, reader, result)
    assert send_test(work.db, work.settings, reader, pusher=pusher, now=NOW) == result
    assert is_fresh(work)
