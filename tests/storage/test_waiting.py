"""Readers who wait for their push service: none is touched until that may be sent to, however many wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsbell.storage import delivery, status, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import Retry
from newsbell.storage.status import ServiceLine, Waiting
from tests.factories import NOW, add_retry, push_target, stored_key, subscriber, subscribers
from tests.storage.test_planning import HOUR, LEASE, alert
from tests.storage.watching import query_plan, statements

SECOND = timedelta(seconds=1)


def _wait(
    conn: Connection, number: int, host: str = "push.example", *, witness: bool = True, place: int = 0
) -> int:
    """The number of a new reader who waits for this host."""
    reader = subscriber(conn, "Snow")
    due_at = NOW + place * SECOND
    retry = Retry(
        alert_id=number, subscription_id=reader, due_at=due_at, attempts=0, service=host, witness=witness
    )
    delivery.add_retries(conn, [retry], "worker")
    return reader


def _wait_many(conn: Connection, number: int, count: int) -> None:
    """The same for so many new readers, with few statements."""
    endpoints = [f"https://push.example/many/{count}/{each}" for each in range(count)]
    waiting = [
        Retry(
            alert_id=number, subscription_id=reader, due_at=NOW, attempts=0,
            service="push.example", witness=True,
        )
        for reader in subscribers(conn, endpoints, "Snow")
    ]  # fmt: skip
    delivery.add_retries(conn, waiting, "worker")


def _claim(
    conn: Connection, host: str = "push.example", *, witness: bool = True, limit: int = 100
) -> list[int]:
    claimed = delivery.claim_waiting(
        conn, "worker", NOW, LEASE, limit, service=host, witness=witness
    )  # fmt: skip
    return [retry.subscription_id for retry in claimed]


def test_who_waits_for_a_service_is_not_due_by_the_clock(database: Database) -> None:
    with database.transaction() as conn:
        _wait(conn, alert(conn, "Snow"))
        conn.exec_driver_sql("UPDATE alerts SET planned_at = due_at")
        late = NOW + HOUR - SECOND
        assert not delivery.has_work(conn, late)
        assert delivery.claim_retries(conn, "worker", late, LEASE, 9) == []
        pending = delivery.pending(conn, late)
        assert (pending.retries, pending.oldest_due) == (1, None)
        due = delivery.due(conn, late, limit=9)
        assert (due.retries, due.waiting) == (0, True)
        delivery.pause(conn, "push.example", late + SECOND)
        assert not delivery.due(conn, late, limit=9).waiting


def test_of_who_waits_for_a_paused_service_nobody_is_looked_at(database: Database) -> None:
    with database.transaction() as conn:
        number = alert(conn, "Snow")
        for host in ("a.example", "b.example"):
            _wait(conn, number, host, witness=False)
            delivery.pause(conn, host, NOW + HOUR)
        with statements(database) as seen:
            assert not delivery.due(conn, NOW, limit=1).waiting
        looks = [values for statement, values in seen if "JOIN" in statement and "retries" in statement]
        assert len(looks) == 1, "for those who are due by the clock"
        assert not [one for one, _ in seen if "retries" in one and "push_pauses" in one], (
            "nor one for each row"
        )
        _wait(conn, number, "c.example", witness=False)
        assert delivery.due(conn, NOW, limit=1).waiting
        assert not delivery.due(conn, NOW + HOUR, limit=1).waiting, "it is too late"


def test_who_waits_is_claimed_by_service_and_kind_in_order(database: Database) -> None:
    with database.transaction() as conn:
        number = alert(conn, "Snow")
        last, first = _wait(conn, number, place=2), _wait(conn, number, place=1)
        other = _wait(conn, number, witness=False)
        elsewhere = _wait(conn, number, "else.example")
        assert _claim(conn, limit=1) == [first]
        assert _claim(conn) == [last]
        assert _claim(conn) == [], "they are held"
        assert _claim(conn, witness=False) == [other]
        assert delivery.waiting_services(conn, 9) == {"else.example": [True]}
        assert _claim(conn, "else.example") == [elsewhere]
        again = delivery.claim_retries(conn, "other", NOW + LEASE, LEASE, 9)
        assert len(again) == 4, "what a dead worker held is due by the clock"


def test_services_are_listed_once_each_and_in_parts(database: Database) -> None:
    with database.transaction() as conn:
        number = alert(conn, "Snow")
        assert delivery.waiting_services(conn, 9) == {}
        for host, witness in (("b", True), ("a", False), ("c", True), ("b", True), ("b", False)):
            _wait(conn, number, host, witness=witness)
        assert delivery.waiting_services(conn, 9) == {"a": [False], "b": [True, False], "c": [True]}
        assert delivery.waiting_services(conn, 2) == {"a": [False], "b": [True, False]}
        assert delivery.waiting_services(conn, 2, after="b") == {"c": [True]}


def test_who_moved_waits_for_the_old_service_no_more(database: Database) -> None:
    with database.transaction() as conn:
        reader = _wait(conn, alert(conn, "Snow"))
        subscriptions.set_endpoint(conn, reader, push_target("https://new.example/1"), stored_key(conn), NOW)
        assert delivery.waiting_services(conn, 9) == {}
        [retry] = delivery.claim_retries(conn, "worker", NOW, LEASE, 9)
        assert retry.target.endpoint == "https://new.example/1"


def test_what_a_worker_holds_of_who_moved_stays_its_own(database: Database) -> None:
    with database.transaction() as conn:
        reader = subscriber(conn, "Snow")
        held, tried = alert(conn, "Snow"), alert(conn, "Snow")
        for number, due_at, attempts in ((held, NOW, 1), (tried, NOW + HOUR / 2, 5)):
            add_retry(conn, number, reader, due_at=due_at, attempts=attempts)
        assert len(delivery.claim_retries(conn, "worker", NOW, LEASE, 9)) == 1
        subscriptions.set_endpoint(conn, reader, push_target("https://new.example/1"), stored_key(conn), NOW)
        [retry] = delivery.claim_retries(conn, "other", NOW, LEASE, 9)
        assert (retry.alert_id, retry.attempts) == (tried, 5)
        assert delivery.finish_retries(conn, [(held, reader)], "worker") == {(held, reader)}


def test_who_waits_too_long_is_dropped(database: Database) -> None:
    with database.transaction() as conn:
        _wait(conn, alert(conn, "Snow"), place=7200)
        conn.exec_driver_sql("UPDATE alerts SET planned_at = due_at")
        assert delivery.drop_late_retries(conn, NOW + HOUR - SECOND, limit=9) == 0
        assert _claim(conn, limit=0) == []
        assert delivery.drop_late_retries(conn, NOW + HOUR, limit=9) == 1
        assert delivery.waiting_services(conn, 9) == {}


def test_who_waits_is_told_by_service_the_longest_line_first(database: Database) -> None:
    with database.transaction() as conn:
        assert status.waiting(conn, 9) == Waiting()
        number = alert(conn, "Snow")
        for place, host in enumerate(("c", "b", "b", "b", "a")):
            _wait(conn, number, host, witness=place % 2 == 0, place=place)
        add_retry(conn, number, subscriber(conn, "Snow"), due_at=NOW - HOUR, attempts=1)
        found = status.waiting(conn, 2)
    assert found == Waiting(
        messages=5,
        services=3,
        since=NOW,
        longest=[
            ServiceLine(service="b", messages=3, since=NOW + SECOND),
            ServiceLine(service="a", messages=1, since=NOW + 4 * SECOND),
        ],
    )


def test_who_waits_is_counted_by_the_index(sqlite_database: Database) -> None:
    with statements(sqlite_database) as asked, sqlite_database.read() as conn:
        status.waiting(conn, 3)
    steps = query_plan(sqlite_database, *asked[0])
    read = [step for step in steps if "retries" in step]
    assert len(read) == 1, steps
    assert "USING COVERING INDEX ix_retries_waiting" in read[0], steps


def test_postgresql_counts_them_by_the_index_too(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as conn:
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        with statements(postgresql_database) as asked:
            status.waiting(conn, 3)
        statement, parameters = asked[0]
        plan = "\n".join(conn.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
    assert "ix_retries_waiting" in plan, plan


def _look(conn: Connection) -> None:
    delivery.has_work(conn, NOW)
    delivery.claim_retries(conn, "worker", NOW, LEASE, 100)
    delivery.waiting_services(conn, 100)
    _claim(conn, "well.example")


def test_a_look_for_work_costs_the_same_however_many_wait(sqlite_database: Database) -> None:
    """Counted in the steps of SQLite's machine."""
    with sqlite_database.transaction() as conn:
        number = alert(conn, "Snow")
        conn.exec_driver_sql("UPDATE alerts SET planned_at = due_at")
        costs = []
        for more in (20, 500):
            _wait_many(conn, number, more)
            costs.append(_steps(conn))
        assert costs[1] <= costs[0] * 1.2


def _steps(conn: Connection) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver = conn.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(step, 1)
    _look(conn)
    driver.set_progress_handler(None, 1)
    return steps


def test_who_waits_is_found_by_the_index(sqlite_database: Database) -> None:
    with statements(sqlite_database) as asked, sqlite_database.transaction() as conn:
        delivery.waiting_services(conn, 100)
        _claim(conn)
    steps = [step for one in asked for step in query_plan(sqlite_database, *one)]
    assert sum("ix_retries_waiting (service>?)" in step for step in steps) == 2, steps
    assert sum("ix_retries_waiting (service=? AND witness=?)" in step for step in steps) == 3, steps
    assert not [step for step in steps if "TEMP B-TREE" in step or "SCAN retries" in step], steps


def test_postgresql_finds_them_by_the_index_when_most_wait_for_one_service(
    postgresql_database: Database,
) -> None:
    """It knows how many do, and others come first in the table."""
    with postgresql_database.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO subscriptions (endpoint, p256dh, auth, vapid_key_id, manage_token_hash, created_at) "
            "SELECT number, '', '', %s, number, now() FROM generate_series(1, 4000) AS number",
            (stored_key(conn),),
        )
        conn.exec_driver_sql(
            "INSERT INTO retries (alert_id, subscription_id, due_at, attempts, service, witness) "
            "SELECT %s, id, now(), 0, CASE WHEN id > 1000 THEN 'push.example' END, id > 1000 "
            "FROM subscriptions ORDER BY id",
            (alert(conn, "Snow"),),
        )
        conn.exec_driver_sql("ANALYZE retries")
        with statements(postgresql_database) as asked:
            assert delivery.waiting_services(conn, 9) == {"push.example": [True]}
        statement, parameters = asked[0]
        plan = "\n".join(conn.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("witness", [True, False])
def test_postgresql_finds_them_by_the_index_too(postgresql_database: Database, witness: bool) -> None:
    with postgresql_database.transaction() as conn:
        number = alert(conn, "Snow")
        for place in range(30):
            _wait(conn, number, witness=witness, place=place)
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        with statements(postgresql_database) as asked:
            delivery.waiting_services(conn, 100)
            _claim(conn, witness=witness, limit=2)
        for statement, parameters in asked[:2]:
            rows = conn.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            plan = "\n".join(rows.scalars())
            assert "ix_retries_waiting" in plan, plan
