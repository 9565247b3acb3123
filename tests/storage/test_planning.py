"""From an alert to batches that cover each of its readers once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import ClaimedBatch
from newsbell.storage.schema import batches
from tests.factories import NOW, stored_article, subscriber, topic_ids
from tests.storage.watching import query_plan, statements, wait_for_locks, wait_until

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


def alert(conn: Connection, *names: str) -> int:
    """The number of a new alert for the followers of these topics."""
    stored = stored_article(conn, *names)
    number = delivery.add_alert(
        conn, stored.story_id, stored.id, topic_ids(conn, names), now=NOW, expires_at=NOW + HOUR
    )
    assert number is not None
    return number


def plan(conn: Connection, number: int, size: int = 500) -> None:
    while delivery.plan_next_batch(conn, number, size=size, now=NOW):
        pass


def drain(conn: Connection) -> list[list[int]]:
    """The recipients of each batch that can be claimed, every one finished."""
    found = []
    while batch := delivery.claim_batch(conn, "worker", NOW, LEASE):
        found.append([one.subscription_id for one in delivery.recipients(conn, batch)])
        assert delivery.finish_batch(conn, batch.id, "worker", NOW)
    return found


def test_a_story_has_one_alert(database: Database) -> None:
    with database.transaction() as conn:
        stored, other = stored_article(conn, "Snow"), stored_article(conn, "Snow")
        ids = topic_ids(conn, ["Snow"])

        def ring(story: int) -> int | None:
            return delivery.add_alert(conn, story, stored.id, ids, now=NOW, expires_at=NOW + HOUR)

        first = ring(stored.story_id)
        assert first is not None
        assert ring(stored.story_id) is None
        assert ring(other.story_id) not in (None, first)


def test_a_story_is_not_rung_again_when_its_alert_was_cleared(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn, "Snow")
        expires = NOW + HOUR
        number = delivery.add_alert(conn, stored.story_id, stored.id, [], now=NOW, expires_at=expires)
        assert number is not None
        plan(conn, number)
        assert delivery.clear_finished(conn, expires + HOUR, 9) == 1
        assert delivery.add_alert(conn, stored.story_id, stored.id, [], now=NOW, expires_at=expires) is None


def test_alerts_are_planned_in_turn(database: Database) -> None:
    """The one that waited longest first, and then behind those that waited for it."""
    with database.transaction() as conn:
        assert delivery.take_alert_to_plan(conn, NOW) is None
        first, second = alert(conn, "Snow"), alert(conn, "Rain")
        turns = [delivery.take_alert_to_plan(conn, NOW + number * SECOND) for number in range(1, 5)]
        assert turns == [first, second, first, second]
        plan(conn, first)
        assert [delivery.take_alert_to_plan(conn, NOW + HOUR - SECOND) for _ in range(2)] == [second, second]


class DiedError(Exception):
    """The planner is no more."""


def test_a_dead_planners_alert_is_planned_by_another(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(3)]
        number = alert(conn, "Snow")

    def plan_and_die() -> None:
        with database.transaction() as conn:
            assert delivery.take_alert_to_plan(conn, NOW) == number
            assert delivery.plan_next_batch(conn, number, size=2, now=NOW)
            raise DiedError

    with pytest.raises(DiedError):
        plan_and_die()
    with database.transaction() as conn:
        assert delivery.take_alert_to_plan(conn, NOW) == number
        plan(conn, number, size=2)
        assert drain(conn) == [readers[:2], readers[2:]]
        assert delivery.take_alert_to_plan(conn, NOW) is None


@pytest.mark.database
def test_an_alert_that_is_being_planned_is_given_to_nobody_else(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as conn:
        first, second = alert(conn, "Snow"), alert(conn, "Rain")
    with postgresql_database.transaction() as one, postgresql_database.transaction() as other:
        assert delivery.take_alert_to_plan(one, NOW) == first
        assert delivery.take_alert_to_plan(other, NOW, alert_id=first) is None
        assert delivery.take_alert_to_plan(other, NOW) == second


def test_an_alert_too_late_to_ring_is_not_planned(database: Database) -> None:
    with database.transaction() as conn:
        number = alert(conn, "Snow")
        assert delivery.take_alert_to_plan(conn, NOW + HOUR) is None
        assert delivery.take_alert_to_plan(conn, NOW + HOUR - SECOND) == number


@pytest.mark.parametrize("readers", [0, 1, 3, 4, 7])
@pytest.mark.parametrize("size", [1, 3, 500])
def test_batches_cover_each_reader_once(database: Database, size: int, readers: int) -> None:
    with database.transaction() as conn:
        followers = []
        for number in range(readers):
            followers.append(subscriber(conn, *(["Snow"], ["Rain"], ["Snow", "Rain"])[number % 3]))
            subscriber(conn, "Fog")
        plan(conn, alert(conn, "Snow", "Rain"), size)
        found = drain(conn)
    assert [number for batch in found for number in batch] == followers
    assert all(0 < len(batch) <= size for batch in found)
    assert len(found) == -(-readers // size)


def test_batches_are_ranges_without_a_gap(database: Database) -> None:
    with database.transaction() as conn:
        for _ in range(7):
            subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"), 3)
        ranges = conn.execute(select(batches.c.after_id, batches.c.until_id).order_by(batches.c.id)).all()
    assert ranges[0][0] == 0
    assert [start for start, _ in ranges[1:]] == [end for _, end in ranges[:-1]]


@pytest.mark.parametrize("size", [1, 3, 500])
@pytest.mark.parametrize("seed", range(5))
def test_coming_and_going_readers_cost_nobody_the_alert(database: Database, size: int, seed: int) -> None:
    """While it is planned and sent, readers come, go, follow more and follow less."""
    chance = random.Random(seed)
    with database.transaction() as conn:
        stay = [subscriber(conn, *chance.sample(["Snow", "Rain"], chance.randint(1, 2))) for _ in range(8)]
        go = [subscriber(conn, "Snow") for _ in range(6)]
        number = alert(conn, "Snow", "Rain")
        late, rung, more = [], [], True
        while more:
            more = delivery.plan_next_batch(conn, number, size=size, now=NOW).more
            late.append(subscriber(conn, "Snow", now=NOW + HOUR))
            subscriptions.set_topics(conn, chance.choice(stay), topic_ids(conn, ["Rain", "Snow"]))
            if go:
                subscriptions.remove(conn, go.pop(chance.randrange(len(go))))
            if chance.random() < 0.5:
                rung += [one for batch in drain(conn) for one in batch]
        rung += [one for batch in drain(conn) for one in batch]
    assert sorted(rung) == sorted(set(rung))
    assert set(stay) <= set(rung)
    assert not set(late) & set(rung)


def test_two_planners_in_turn_make_each_batch_once(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(4)]
        number = alert(conn, "Snow")
    for _ in range(2):
        with database.transaction() as conn:
            plan(conn, number, 2)
    with database.transaction() as conn:
        assert drain(conn) == [readers[:2], readers[2:]]


@pytest.mark.database
def test_two_planners_at_once_make_each_batch_once(postgresql_database: Database) -> None:
    """The second has read the cursor before the first moves it, and waits for the first to commit."""
    with postgresql_database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(4)]
        number = alert(conn, "Snow")

    def plan_one(conn: Connection) -> None:
        delivery.plan_next_batch(conn, number, size=2, now=NOW)

    def plan_too() -> None:
        with postgresql_database.transaction() as conn:
            plan_one(conn)

    with ThreadPoolExecutor() as pool:
        with postgresql_database.transaction() as conn:
            plan_one(conn)
            second = pool.submit(plan_too)
            wait_until(lambda: bool(wait_for_locks(postgresql_database)))
        second.result()
    with postgresql_database.transaction() as conn:
        plan(conn, number, 2)
        assert drain(conn) == [readers[:2], readers[2:]]


def test_an_alert_nobody_follows_is_planned_at_once(database: Database) -> None:
    with database.transaction() as conn:
        number = alert(conn, "Snow")
        assert not delivery.plan_next_batch(conn, number, size=500, now=NOW)
        assert not delivery.has_work(conn, NOW + HOUR)
        assert not delivery.plan_next_batch(conn, number, size=500, now=NOW)
        assert not delivery.plan_next_batch(conn, number + 1, size=500, now=NOW)


def test_planning_reads_followers_by_the_primary_key(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as conn:
        subscriber(conn, "Snow", "Rain")
        number = alert(conn, "Snow", "Rain")
        with statements(sqlite_database) as asked:
            delivery.plan_next_batch(conn, number, size=500, now=NOW)
    [walk] = [one for one in asked if "FROM subscription_topics" in one[0]]
    steps = query_plan(sqlite_database, *walk)
    by_key = "SEARCH subscription_topics USING PRIMARY KEY (topic_id=? AND subscription_id>?"
    assert sum(step.startswith(by_key) for step in steps) == 2, steps
    assert not [step for step in steps if step.startswith("SCAN subscription")], steps


def test_recipients_are_read_by_their_range(sqlite_database: Database) -> None:
    batch = ClaimedBatch(id=1, alert_id=1, story_id=1, after_id=0, until_id=9, expires_at=NOW, attempts=1)
    with sqlite_database.transaction() as conn:
        subscriber(conn, "Snow", "Rain")
        alert(conn, "Snow", "Rain")
    with statements(sqlite_database) as asked, sqlite_database.read() as conn:
        assert len(delivery.recipients(conn, batch)) == 1
    assert len(asked) == 2
    steps = query_plan(sqlite_database, *asked[1])
    assert not [step for step in steps if step.startswith(("SCAN sub", "SCAN retries"))], steps
    assert [step for step in steps if step.startswith("SEARCH subscriptions USING INTEGER PRIMARY KEY")]
