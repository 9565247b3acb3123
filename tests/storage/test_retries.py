"""Readers who could not be reached, tried again."""

from __future__ import annotations

import threading
from datetime import timedelta

from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import ClaimedRetry
from tests.factories import NOW, add_retry, subscriber, topic_ids
from tests.storage.test_planning import HOUR, LEASE, alert
from tests.storage.watching import query_plan, statements

SECOND = timedelta(seconds=1)


def _claim(
    conn: Connection, worker: str = "worker", now: timedelta = timedelta(0), limit: int = 100
) -> list[int]:
    claimed = delivery.claim_retries(conn, worker, NOW + now, LEASE, limit)
    return [retry.subscription_id for retry in claimed]


def test_a_retry_says_whom_to_ring_for_what(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        add_retry(conn, number, reader, due_at=NOW, attempts=3)
        stored = subscriptions.get(conn, reader)
        assert stored is not None
        assert delivery.claim_retries(conn, "worker", NOW, LEASE, 1) == [
            ClaimedRetry(
                alert_id=number, story_id=1, subscription_id=reader, target=stored.target,
                vapid_key_id=stored.vapid_key_id, expires_at=NOW + HOUR, attempts=3,
                proven=False,
            )
        ]  # fmt: skip


def test_a_retry_waits_until_it_is_due(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        add_retry(conn, number, reader, due_at=NOW + SECOND, attempts=1)
        assert _claim(conn) == []
        assert _claim(conn, now=SECOND) == [reader]


def test_a_later_retry_replaces_an_earlier_one(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        add_retry(conn, number, reader, due_at=NOW, attempts=1)
        assert _claim(conn) == [reader]
        add_retry(conn, number, reader, due_at=NOW + SECOND, attempts=2)
        delivery.finish_retries(conn, [(number, reader)], "worker")
        [retry] = delivery.claim_retries(conn, "other", NOW + SECOND, LEASE, 9)
        assert retry.attempts == 2


def test_retries_are_claimed_in_their_order_up_to_a_limit(database: Database) -> None:
    with database.transaction() as conn:
        number, readers = alert(conn, "Snow"), [subscriber(conn, "Snow") for _ in range(3)]
        for place, reader in enumerate(readers):
            add_retry(conn, number, reader, due_at=NOW - place * SECOND, attempts=1)
        assert _claim(conn, limit=2) == [readers[2], readers[1]]
        assert _claim(conn, limit=2) == [readers[0]]


def test_a_retry_is_held_for_its_lease(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        add_retry(conn, number, reader, due_at=NOW, attempts=1)
        assert _claim(conn, "dead") == [reader]
        assert _claim(conn, "other", LEASE - SECOND) == []
        assert _claim(conn, "other", LEASE) == [reader]
        for worker, left in (("dead", 1), ("other", 0), ("other", 0)):
            delivery.finish_retries(conn, [(number, reader)], worker)
            assert delivery.pending(conn, NOW).retries == left


def test_what_another_worker_holds_is_its_own(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        pair = (number, reader)
        add_retry(conn, number, reader, due_at=NOW, attempts=1)
        assert _claim(conn, "other") == [reader]
        late = delivery.Retry(alert_id=number, subscription_id=reader, due_at=NOW, attempts=2)
        delivery.add_retries(conn, [late], "late")
        assert _claim(conn, "late") == []
        assert delivery.finish_retries(conn, [pair], "late") == set()
        assert delivery.finish_retries(conn, [pair, (number, reader + 1)], "other") == {pair}


def test_what_is_over_is_found_by_its_key(sqlite_database: Database) -> None:
    """However many wait: every commit with a retry asks this, and it keeps other writers waiting."""
    pairs = [(1, 1), (1, 2), (2, 1)]
    with statements(sqlite_database) as asked, sqlite_database.transaction() as conn:
        delivery.finish_retries(conn, pairs, "worker")
        delivery.drop_late_retries(conn, NOW, limit=9)
    for one in asked:
        steps = query_plan(sqlite_database, *one)
        assert all(column in steps[0] for column in ("alert_id=?", "subscription_id=?")), steps
        assert not [step for step in steps if step.startswith("SCAN retries")], steps


def test_many_are_over_at_once(database: Database) -> None:
    with database.transaction() as conn:
        numbers = [alert(conn, "Snow"), alert(conn, "Rain")]
        readers = [subscriber(conn, "Snow", "Rain") for _ in range(3)]
        held = [(number, reader) for number in numbers for reader in readers]
        for number, reader in held:
            add_retry(conn, number, reader, due_at=NOW, attempts=1)
        assert len(_claim(conn)) == len(held)
        others = [(number, 1_000 + reader) for number in numbers for reader in range(600)]
        assert delivery.finish_retries(conn, held[1:] + others, "worker") == set(held[1:])
        assert delivery.pending(conn, NOW).retries == 1


def test_who_wants_no_ring_any_more_is_not_tried_again(database: Database) -> None:
    with database.transaction() as conn:
        number = alert(conn, "Snow", "Rain")
        kept, other, left, suspended = (subscriber(conn, "Snow") for _ in range(4))
        for reader in (kept, other, left, suspended):
            add_retry(conn, number, reader, due_at=NOW, attempts=1)
        subscriptions.set_topics(conn, other, topic_ids(conn, ["Rain"]))
        subscriptions.set_topics(conn, left, topic_ids(conn, ["Fog"]))
        subscriptions.suspend(conn, suspended, NOW)
        assert sorted(_claim(conn)) == [kept, other]
        assert delivery.pending(conn, NOW).retries == 2


def test_who_was_refused_fails_until_a_message_is_taken(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        subscriptions.suspend(conn, reader, NOW)
        subscriptions.unsuspend(conn, reader)
        for failing in (True, False):
            add_retry(conn, number, reader, due_at=NOW, attempts=1)
            [claimed] = delivery.claim_retries(conn, "worker", NOW, LEASE, 1)
            assert bool(claimed.failing) is failing
            subscriptions.record_success(conn, [reader], NOW)


def test_an_alert_too_late_is_not_tried_again(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        add_retry(conn, number, reader, due_at=NOW, attempts=1)
        assert _claim(conn, now=HOUR) == []
        assert _claim(conn, now=HOUR - SECOND) == [reader]


def test_nothing_is_tried_again_for_what_is_gone(database: Database) -> None:
    with database.transaction() as conn:
        reader, number = subscriber(conn, "Snow"), alert(conn, "Snow")
        add_retry(conn, number + 1, reader, due_at=NOW, attempts=1)
        add_retry(conn, number, reader + 1, due_at=NOW, attempts=1)
        assert _claim(conn) == []


def test_workers_never_claim_the_same_retry(database: Database) -> None:
    with database.transaction() as conn:
        number, readers = alert(conn, "Snow"), [subscriber(conn, "Snow") for _ in range(20)]
        for reader in readers:
            add_retry(conn, number, reader, due_at=NOW, attempts=1)
    claimed: list[int] = []
    barrier = threading.Barrier(3)

    def work(name: str) -> None:
        barrier.wait()
        while True:
            with database.transaction() as conn:
                found = _claim(conn, name, limit=3)
            if not found:
                return
            claimed.extend(found)

    threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == readers
