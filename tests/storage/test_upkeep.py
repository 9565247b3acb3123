"""Dropping what is late, clearing what is done, counting what is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import Late, Pending
from newsbell.storage.schema import alert_topics, alerts, batches, push_pauses, retries, workers
from tests.factories import NOW, add_retry, subscriber
from tests.storage.test_planning import HOUR, LEASE, alert, drain, plan
from tests.storage.watching import statements

DAY = timedelta(days=1)


def _rows(conn: Connection) -> tuple[int, ...]:
    tables = (alerts, alert_topics, batches)
    return tuple(conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def test_there_is_work_while_anything_is_due(database: Database) -> None:
    with database.transaction() as conn:
        reader = subscriber(conn, "Snow")
        assert not delivery.has_work(conn, NOW)
        number = alert(conn, "Snow")
        assert not delivery.has_work(conn, NOW - HOUR)
        assert delivery.has_work(conn, NOW)
        plan(conn, number)
        assert delivery.has_work(conn, NOW)
        drain(conn)
        assert not delivery.has_work(conn, NOW)
        add_retry(conn, number, reader, due_at=NOW, attempts=1)
        assert delivery.has_work(conn, NOW)


def test_what_is_too_late_is_dropped_and_told_by_its_readers(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(4)]
        unplanned = alert(conn, "Snow")
        planned = alert(conn, "Snow")
        plan(conn, planned, 2)
        add_retry(conn, planned, readers[0], due_at=NOW, attempts=1)
        late, one, last = NOW + HOUR, readers[1], readers[-1]
        assert delivery.drop_late(conn, late - LEASE, limit=9) == []
        assert delivery.drop_late_retries(conn, late - LEASE, limit=9) == 0
        assert delivery.drop_late(conn, late, limit=9) == [
            Late(alert_id=unplanned, after_id=0, until_id=last),
            Late(alert_id=planned, after_id=0, until_id=one),
            Late(alert_id=planned, after_id=one, until_id=last),
        ]
        assert delivery.drop_late(conn, late, limit=9) == []
        assert [delivery.drop_late_retries(conn, late, limit=9) for _ in range(2)] == [1, 0]
        assert not delivery.has_work(conn, NOW + DAY)


def test_of_an_alert_that_is_half_planned_the_rest_is_late(database: Database) -> None:
    with database.transaction() as conn:
        first, last = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        number = alert(conn, "Snow")
        delivery.plan_next_batch(conn, number, size=1, now=NOW)
        drain(conn)
        subscriber(conn, "Snow", now=NOW + HOUR)
        rest = Late(alert_id=number, after_id=first, until_id=last)
        assert delivery.drop_late(conn, NOW + HOUR, limit=9) == [rest]


def test_recipients_are_counted_as_they_would_be_rung(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow", "Rain") for _ in range(5)]
        subscriber(conn, "Fog")
        number = alert(conn, "Snow", "Rain")
        subscriptions.suspend(conn, readers[1], NOW)
        add_retry(conn, number, readers[2], due_at=NOW, attempts=1)
        assert delivery.count_recipients(conn, number, after=0, until=readers[-1]) == 3
        assert delivery.count_recipients(conn, number, after=readers[0], until=readers[3]) == 1
        assert delivery.count_recipients(conn, alert(conn), after=0, until=readers[-1]) == 0


def test_what_a_worker_holds_is_not_dropped_under_it(database: Database) -> None:
    with database.transaction() as conn:
        subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"))
        batch = delivery.claim_batch(conn, "worker", NOW, HOUR + LEASE)
        assert batch is not None
        assert delivery.drop_late(conn, NOW + HOUR, limit=9) == []
        assert delivery.finish_batch(conn, batch.id, "worker", NOW + HOUR)


def test_dropping_takes_small_bites(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(3)]
        number = alert(conn, "Snow")
        plan(conn, number, 1)
        for reader in readers:
            add_retry(conn, number, reader, due_at=NOW, attempts=1)
        late = NOW + HOUR
        assert [len(delivery.drop_late(conn, late, limit=2)) for _ in range(3)] == [2, 1, 0]
        assert [delivery.drop_late_retries(conn, late, limit=2) for _ in range(3)] == [2, 1, 0]


def test_late_retries_go_in_one_statement_but_for_those_that_a_worker_holds(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(3)]
        late, held, ringing = alert(conn, "Snow"), alert(conn, "Rain"), alert(conn, "Fog")
        conn.execute(update(alerts).where(alerts.c.id == ringing).values(expires_at=NOW + DAY))
        for reader in readers:
            add_retry(conn, late, reader, due_at=NOW, attempts=1)
            add_retry(conn, held, reader, due_at=NOW + HOUR + LEASE, attempts=1)
            add_retry(conn, ringing, reader, due_at=NOW, attempts=1)
        with statements(database) as seen:
            assert delivery.drop_late_retries(conn, NOW + HOUR, limit=2) == 2
        assert len(seen) == 1
        assert not isinstance(seen[0][1], list), "nor one for each of them"
        assert delivery.drop_late_retries(conn, NOW + HOUR, limit=9) == 1
        left = conn.execute(select(retries.c.alert_id, func.count()).group_by(retries.c.alert_id)).all()
        assert sorted(map(tuple, left)) == [(held, 3), (ringing, 3)]


def test_what_was_finished_long_ago_is_cleared(database: Database) -> None:
    with database.transaction() as conn:
        subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"))
        drain(conn)
        assert delivery.clear_finished(conn, NOW, 9) == 0
        assert _rows(conn) == (1, 1, 1)
        assert delivery.clear_finished(conn, NOW + DAY, 9) == 2
        assert _rows(conn) == (0, 0, 0)


def test_what_is_not_finished_is_not_cleared(database: Database) -> None:
    with database.transaction() as conn:
        reader = subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"))  # a batch to send
        alert(conn, "Snow")  # to be planned
        waiting = alert(conn, "Rain")
        add_retry(conn, waiting, reader, due_at=NOW, attempts=1)
        plan(conn, waiting)
        assert delivery.clear_finished(conn, NOW + DAY, 9) == 0
        assert _rows(conn) == (3, 3, 1)


def test_clearing_takes_small_bites(database: Database) -> None:
    with database.transaction() as conn:
        for _ in range(3):
            subscriber(conn, "Snow")
        plan(conn, alert(conn, "Snow"), 1)
        drain(conn)
        assert [delivery.clear_finished(conn, NOW + DAY, 2) for _ in range(3)] == [2, 2, 0]


def test_what_is_left_is_counted(database: Database) -> None:
    with database.transaction() as conn:
        assert delivery.pending(conn, NOW) == Pending(alerts=0, batches=0, retries=0, oldest_due=None)
        readers = [subscriber(conn, "Snow") for _ in range(3)]
        number = alert(conn, "Snow")
        plan(conn, number, 1)
        delivery.claim_batch(conn, "worker", NOW, LEASE)
        add_retry(conn, number, readers[0], due_at=NOW - HOUR, attempts=1)
        alert(conn, "Snow")
        assert delivery.pending(conn, NOW) == Pending(alerts=1, batches=3, retries=1, oldest_due=NOW - HOUR)


def test_a_heartbeat_is_remembered_and_an_old_one_forgotten(database: Database) -> None:
    with database.transaction() as conn:
        assert delivery.last_heartbeat(conn) is None
        delivery.heartbeat(conn, "one", NOW - DAY)
        delivery.heartbeat(conn, "two", NOW - HOUR)
        delivery.heartbeat(conn, "two", NOW)
        assert delivery.last_heartbeat(conn) == NOW
        delivery.clear_finished(conn, NOW - HOUR, 9)
        assert conn.execute(select(workers.c.name)).scalars().all() == ["two"]


@pytest.mark.database
def test_clearing_waits_for_nobody(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as conn:
        for name in ("one", "two"):
            delivery.heartbeat(conn, name, NOW)
            delivery.pause(conn, f"{name}.example", NOW)
    with postgresql_database.transaction() as conn:
        delivery.heartbeat(conn, "one", NOW + DAY)
        delivery.pause(conn, "one.example", NOW + DAY)
        with postgresql_database.transaction() as sweep:
            delivery.clear_finished(sweep, NOW + HOUR, 9)
    with postgresql_database.read() as conn:
        assert conn.execute(select(workers.c.name)).scalars().all() == ["one"]
        assert conn.execute(select(push_pauses.c.host)).scalars().all() == ["one.example"]
