"""The store stays small: what is over is cleared by age, what is not stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from newsbell.config import Settings
from newsbell.domain.backoff import SUSPENSIONS
from newsbell.domain.links import Link
from newsbell.services import upkeep
from newsbell.services.delivery import Delivery, Worker
from newsbell.services.upkeep import COUNTED_FOR, KEPT_FINISHED, sweep
from newsbell.storage import delivery, links, subscriptions, topics
from newsbell.storage.database import Connection, Database
from tests.factories import NOW, add_retry, stored_article, subscriber, topic_ids
from tests.fakes import Clock, FakePusher

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(database: Database, clock: Clock) -> Delivery:
    return Delivery(database, Settings(), Worker(name="w"), FakePusher(), clock)


def _alert(conn: Connection) -> int:
    stored = stored_article(conn, "Snow")
    ids = topic_ids(conn, ["Snow"])
    number = delivery.add_alert(conn, stored.story_id, stored.id, ids, now=NOW, expires_at=NOW + _DAY)
    assert number is not None
    delivery.plan_next_batch(conn, number, size=9, now=NOW)
    return number


def _undone(work: Delivery) -> int:
    with work.db.read() as conn:
        left = delivery.pending(conn, work.clock())
    return left.alerts + left.batches + left.retries


def test_what_is_too_late_is_dropped_and_what_is_not_stays(work: Delivery, clock: Clock) -> None:
    with work.db.transaction() as conn:
        subscriber(conn, "Snow")
        _alert(conn)
    clock.advance(_DAY - _SECOND)
    sweep(work)
    assert _undone(work) == 1
    clock.advance(_SECOND)
    sweep(work)
    assert _undone(work) == 0


def test_what_was_too_late_is_told_by_readers(
    work: Delivery, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with work.db.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(12)]
        number = _alert(conn)  # nine of the readers are in its batch, three are still to be planned
        add_retry(conn, number, readers[0], due_at=NOW, attempts=1)
    clock.advance(_DAY)
    sweep(work)
    sweep(work)
    assert [one.getMessage() for one in caplog.records] == ["alerts_expired readers=12"]


def test_an_alert_that_nobody_follows_is_nobodys_loss(
    work: Delivery, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with work.db.transaction() as conn:
        _alert(conn)
    clock.advance(_DAY)
    sweep(work)
    assert _undone(work) == 0
    assert caplog.records == []


def test_counting_whom_it_was_too_late_for_ends_soon(
    work: Delivery, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with work.db.transaction() as conn:
        for _ in range(12):
            subscriber(conn, "Snow")
        for _ in range(3):
            _alert(conn)  # a batch of nine, and three readers still to be planned
    clock.advance(_DAY)

    def passing() -> datetime:
        clock.advance(COUNTED_FOR / 2)
        return clock()

    assert not sweep(replace(work, clock=passing))
    assert _undone(work) == 0
    assert [one.getMessage() for one in caplog.records] == ["alerts_expired readers_at_least=3"]


def test_more_than_a_sweep_takes_is_cleared_by_those_that_follow(
    work: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "ROWS_AT_ONCE", 2)
    with work.db.transaction() as conn:
        subscriber(conn, "Snow")
        numbers = [_alert(conn) for _ in range(5)]
    clock.advance(_DAY)
    assert sweep(work)
    _sweep_to_the_end(work)
    clock.advance(KEPT_FINISHED + _SECOND)
    assert sweep(work)
    _sweep_to_the_end(work)
    with work.db.transaction() as conn:
        # Nothing is left that a retry could belong to.
        for number in numbers:
            add_retry(conn, number, 1, due_at=clock(), attempts=1)
    assert _undone(work) == 0


def test_late_retries_wait_for_the_batches_that_count_them(
    work: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "ROWS_AT_ONCE", 1)
    with work.db.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(12)]
        add_retry(conn, _alert(conn), readers[0], due_at=NOW, attempts=1)
    clock.advance(_DAY)
    _sweep_to_the_end(work)
    assert [one.getMessage() for one in caplog.records] == [
        "alerts_expired readers=11",
        "alerts_expired readers=1",
    ]


def test_topics_that_nobody_follows_any_more_are_forgotten(work: Delivery) -> None:
    with work.db.transaction() as conn:
        gone = subscriber(conn, "Nobody's")
        subscriber(conn, "Somebody's")
        subscriptions.remove(conn, gone)
    sweep(work)
    with work.db.read() as conn:
        assert set(topics.resolve(conn, ["Nobody's", "Somebody's"])) == {"Somebody's"}


def test_what_is_due_is_told_by_number_the_longest_waiting_first(work: Delivery, clock: Clock) -> None:
    with work.db.transaction() as conn:
        reader = subscriber(conn, "Snow")
        first = _alert(conn)
        second = _alert(conn)
        stored = stored_article(conn, "Snow")
        ids = topic_ids(conn, ["Snow"])
        third = delivery.add_alert(conn, stored.story_id, stored.id, ids, now=NOW, expires_at=NOW + _DAY)
        held = delivery.claim_batch(conn, "other", NOW, _DAY / 2)
        add_retry(conn, second, reader, due_at=NOW, attempts=1)
        add_retry(conn, first, reader, due_at=NOW + _SECOND, attempts=1)
        assert held is not None
        due = delivery.due(conn, NOW, limit=9)
    assert due.alerts == [third]
    assert len(due.batches) == 1
    assert held.id not in due.batches
    assert due.retries == 1
    with work.db.read() as conn:
        assert delivery.due(conn, NOW + _SECOND, limit=1).retries == 1
        late = delivery.due(conn, NOW + _DAY, limit=9)
    assert (late.alerts, late.batches, late.retries) == ([], [], 0)


def test_who_is_suspended_is_tried_again_after_longer_and_longer_waits(work: Delivery, clock: Clock) -> None:
    with work.db.transaction() as conn:
        reader, other = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        subscriptions.record_success(conn, [other], NOW)
    for wait in (*SUSPENSIONS, SUSPENSIONS[-1]):
        with work.db.transaction() as conn:
            subscriptions.suspend(conn, reader, clock())
        clock.advance(wait)
        sweep(work)
        assert _suspended(work) == {reader}
        clock.advance(_SECOND)
        sweep(work)
        assert _suspended(work) == set()


def test_a_suspension_of_a_clock_that_was_ahead_ends_when_it_is_right(work: Delivery, clock: Clock) -> None:
    with work.db.transaction() as conn:
        ahead, skewed = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        subscriptions.suspend(conn, ahead, NOW + 400 * _DAY)
        subscriptions.suspend(conn, skewed, NOW + 30 * _SECOND)
    sweep(work)
    assert _suspended(work) == {skewed}


def test_no_sweep_clears_more_than_a_step_of_each_kind(
    work: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, clear = list[int](), upkeep._clear

    def watched(work: Delivery, step: Callable[[Connection], int]) -> int:
        def noted(conn: Connection) -> int:
            steps.append(step(conn))
            return steps[-1]

        return clear(work, noted)

    monkeypatch.setattr(upkeep, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(upkeep, "_clear", watched)
    much = _much_to_clear(work)
    assert sweep(work)
    assert len(steps) <= 5, "one of each kind"
    for wait in (_DAY + _SECOND, KEPT_FINISHED + _DAY):
        clock.advance(wait)
        _sweep_to_the_end(work)
    assert sum(steps) >= 4 * much, "alerts, batches, suspensions, links and topics"
    assert max(steps) == 4, "as many alerts as batches, and no more than two of a kind"
    assert _what_is_left(work) == _KEPT


@pytest.mark.database
def test_two_workers_may_clear_up_at_once(
    postgresql_database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "ROWS_AT_ONCE", 2)
    one, two = (
        Delivery(postgresql_database, Settings(), Worker(name=name), FakePusher(), clock) for name in "ab"
    )
    _much_to_clear(one)
    with ThreadPoolExecutor(2) as both:
        for wait in (_DAY + _SECOND, KEPT_FINISHED + _DAY):
            clock.advance(wait)
            for done in [both.submit(_sweep_to_the_end, each) for each in (one, two)]:
                done.result()
            _sweep_to_the_end(one)  # what one of them had locked, the other one left
    assert _what_is_left(one) == _KEPT


def _sweep_to_the_end(work: Delivery) -> None:
    while sweep(work):
        pass


_KEPT = {"alerts": 0, "batches": 0, "links": 0, "subscriptions": 18, "topics": 1}


def _much_to_clear(work: Delivery) -> int:
    """So many of each: alerts nobody rang in time, links nobody claimed, readers suspended, topics nobody
    follows. And as many readers who are not suspended.
    """
    much = 9
    with work.db.transaction() as conn:
        for number in range(much):
            reader = subscriber(conn, "Snow")
            subscriptions.suspend(conn, reader, NOW)
            link = Link(subscription_id=reader, verifier_hash="v", wrong_tries=0, expires_at=NOW + _SECOND)
            links.put(conn, link, code_hash=str(number))
            topic_ids(conn, [f"Nobody's {number}"])
        for _ in range(much):
            subscriber(conn, "Snow")
            _alert(conn)
    return much


def _what_is_left(work: Delivery) -> dict[str, int]:
    with work.db.read() as conn:
        return {
            table: int(conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()) for table in _KEPT
        }


def _suspended(work: Delivery) -> set[int]:
    with work.db.read() as conn:
        found = [subscriptions.get(conn, number) for number in (1, 2)]
    return {one.id for one in found if one and one.suspended_at}
