"""Who holds a batch, and whom it rings."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Database
from newsbell.storage.delivery import ClaimedBatch
from tests.factories import NOW, add_retry, subscriber, topic_ids
from tests.storage.test_planning import HOUR, LEASE, alert, drain, plan
from tests.storage.watching import query_plan, statements

SECOND = timedelta(seconds=1)


def _one_batch(database: Database) -> int:
    """A store with one batch of one reader; the reader's number."""
    with database.transaction() as conn:
        reader = subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"))
    return reader


def test_a_batch_says_what_it_is_for(database: Database) -> None:
    reader = _one_batch(database)
    with database.transaction() as conn:
        batch = delivery.claim_batch(conn, "worker", NOW, LEASE)
    assert batch == ClaimedBatch(
        id=1, alert_id=1, story_id=1, after_id=0, until_id=reader, expires_at=NOW + HOUR,
        attempts=1,
    )  # fmt: skip


def test_a_batch_is_held_by_one_worker_for_its_lease(database: Database) -> None:
    _one_batch(database)
    with database.transaction() as conn:
        assert delivery.claim_batch(conn, "worker", NOW, LEASE)
        assert delivery.claim_batch(conn, "other", NOW, LEASE) is None
        assert delivery.claim_batch(conn, "other", NOW + LEASE - SECOND, LEASE) is None


def test_a_dead_workers_batch_is_claimed_again(database: Database) -> None:
    _one_batch(database)
    with database.transaction() as conn:
        first = delivery.claim_batch(conn, "dead", NOW, LEASE)
        second = delivery.claim_batch(conn, "other", NOW + LEASE, LEASE)
        assert first is not None
        assert second is not None
        assert (second.id, second.attempts) == (first.id, 2)
        assert not delivery.finish_batch(conn, first.id, "dead", NOW + LEASE)
        assert not delivery.extend_lease(conn, first.id, "dead", NOW + LEASE, LEASE, after_id=0)
        assert delivery.finish_batch(conn, first.id, "other", NOW + LEASE)


def test_a_lease_is_extended_by_who_holds_it(database: Database) -> None:
    _one_batch(database)
    later = NOW + LEASE - SECOND
    with database.transaction() as conn:
        batch = delivery.claim_batch(conn, "worker", NOW, LEASE)
        assert batch is not None
        assert not delivery.extend_lease(conn, batch.id, "other", later, LEASE, after_id=0)
        assert delivery.extend_lease(conn, batch.id, "worker", later, LEASE, after_id=0)
        assert delivery.claim_batch(conn, "other", NOW + LEASE, LEASE) is None
        assert delivery.claim_batch(conn, "other", later + LEASE, LEASE)


def test_a_finished_batch_is_over(database: Database) -> None:
    _one_batch(database)
    with database.transaction() as conn:
        batch = delivery.claim_batch(conn, "worker", NOW, LEASE)
        assert batch is not None
        assert delivery.finish_batch(conn, batch.id, "worker", NOW)
        assert delivery.finish_batch(conn, batch.id, "worker", NOW), "it may not know that it was stored"
        assert not delivery.finish_batch(conn, batch.id, "other", NOW)
        assert not delivery.extend_lease(conn, batch.id, "worker", NOW, LEASE, after_id=0)
        assert delivery.claim_batch(conn, "other", NOW + 2 * LEASE, LEASE) is None


def test_a_batch_of_an_alert_too_late_is_not_sent(database: Database) -> None:
    _one_batch(database)
    with database.transaction() as conn:
        assert delivery.claim_batch(conn, "worker", NOW + HOUR, LEASE) is None
        assert delivery.claim_batch(conn, "worker", NOW + HOUR - SECOND, LEASE)


def test_the_batch_that_waited_longest_goes_first(database: Database) -> None:
    with database.transaction() as conn:
        subscriber(conn, "Snow", "Rain")
        plan(conn, alert(conn, "Snow"))
        plan(conn, alert(conn, "Rain"))
        claimed = [delivery.claim_batch(conn, "worker", NOW, LEASE) for _ in range(3)]
    assert [batch and batch.alert_id for batch in claimed] == [1, 2, None]


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_never_claim_the_same_batch(database: Database, workers: int) -> None:
    with database.transaction() as conn:
        for _ in range(20):
            subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"), 1)
    claimed: list[int] = []
    barrier = threading.Barrier(workers)

    def work(name: str) -> None:
        barrier.wait()
        while True:
            with database.transaction() as conn:
                batch = delivery.claim_batch(conn, name, NOW, LEASE)
            if batch is None:
                return
            claimed.append(batch.id)

    threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 20


@pytest.mark.database
def test_a_worker_does_not_wait_for_anothers_claim(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as conn:
        for _ in range(2):
            subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"), 1)
    with postgresql_database.transaction() as first, postgresql_database.transaction() as second:
        one = delivery.claim_batch(first, "one", NOW, LEASE)
        two = delivery.claim_batch(second, "two", NOW, LEASE)
        three = delivery.claim_batch(second, "three", NOW, LEASE)
    assert one is not None
    assert two is not None
    assert one.id != two.id
    assert three is None


def test_recipients_carry_what_sending_needs(database: Database) -> None:
    reader = _one_batch(database)
    with database.transaction() as conn:
        batch = delivery.claim_batch(conn, "worker", NOW, LEASE)
        assert batch is not None
        [recipient] = delivery.recipients(conn, batch)
        stored = subscriptions.get(conn, reader)
    assert stored is not None
    assert recipient.target == stored.target
    assert (recipient.subscription_id, recipient.vapid_key_id) == (reader, stored.vapid_key_id)


def test_who_subscribed_before_the_alert_is_rung_and_nobody_else(database: Database) -> None:
    """Whatever the clocks say, and however late it is planned."""
    with database.transaction() as conn:
        before = [subscriber(conn, "Snow", now=NOW + each * HOUR) for each in (-1, 0, 1)]
        number = alert(conn, "Snow")
        for each in (-1, 0, 1):
            subscriber(conn, "Snow", now=NOW + each * HOUR)
        plan(conn, number)
        assert drain(conn) == [before]


def test_an_alert_without_an_end_is_for_who_is_there_when_planning_begins(database: Database) -> None:
    """An earlier version stored it so."""
    with database.transaction() as conn:
        number = alert(conn, "Snow")
        conn.exec_driver_sql("UPDATE alerts SET until_id = NULL")
        reader = subscriber(conn, "Snow")
        plan(conn, number, 1)
        assert drain(conn) == [[reader]]


def test_who_is_suspended_or_stopped_following_is_not_rung(database: Database) -> None:
    with database.transaction() as conn:
        kept, suspended, left, gone = (subscriber(conn, "Snow") for _ in range(4))
        plan(conn, alert(conn, "Snow"))
        subscriptions.suspend(conn, suspended, NOW)
        subscriptions.set_topics(conn, left, topic_ids(conn, ["Rain"]))
        subscriptions.remove(conn, gone)
        assert drain(conn) == [[kept]]


def test_who_waits_for_another_try_is_left_to_that(database: Database) -> None:
    with database.transaction() as conn:
        first, second = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        number, other = alert(conn, "Snow"), alert(conn, "Snow")
        add_retry(conn, number, first, due_at=NOW + HOUR, attempts=1)
        plan(conn, number)
        assert drain(conn) == [[second]]
        plan(conn, other)
        assert drain(conn) == [[first, second]]


def test_looking_for_work_reads_only_what_is_due(sqlite_database: Database) -> None:
    with statements(sqlite_database) as asked, sqlite_database.transaction() as conn:
        delivery.has_work(conn, NOW)
        delivery.take_alert_to_plan(conn, NOW)
        delivery.claim_batch(conn, "worker", NOW, LEASE)
        delivery.claim_retries(conn, "worker", NOW, LEASE, 100)
    assert len(asked) == 4
    steps = [step for one in asked for step in query_plan(sqlite_database, *one)]
    assert not [step for step in steps if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"], steps
    for table in ("alerts", "batches", "retries"):
        assert sum(f"ix_{table}_due (due_at<?)" in step for step in steps) == 2, steps
