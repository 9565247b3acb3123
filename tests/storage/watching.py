"""Looks at what the database is asked, and at who waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from newsbell.storage.database import Database


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect the (statement, parameters) that run inside the block, without those of transactions."""
    seen: list[tuple[str, Any]] = []

    def collect(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", collect)
    try:
        yield seen
    finally:
        event.remove(database._engine, "before_cursor_execute", collect)


def query_plan(database: Database, statement: str, parameters: Any) -> list[str]:
    """SQLite's EXPLAIN QUERY PLAN, a line each."""
    with database.read() as conn:
        rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return [row.detail for row in rows]


def explained(database: Database, statement: str, parameters: Any) -> str:
    """PostgreSQL's EXPLAIN where there is room for large hash tables and no index helps: whatever may be
    hashed, is.
    """
    with database.read() as conn:
        conn.exec_driver_sql("SET LOCAL work_mem = '64MB'")
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            conn.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return "\n".join(conn.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())


def wait_for_locks(database: Database) -> int:
    """How many connections of this test process wait for another one's lock in PostgreSQL."""
    query = text(
        "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_class ON pg_class.oid = pg_locks.relation "
        "JOIN pg_namespace ON pg_namespace.oid = relnamespace AND nspname = current_schema() "
        "WHERE pid IN (SELECT pid FROM pg_locks WHERE NOT granted)"
    )
    with database.read() as conn:
        return int(conn.execute(query).scalar_one())


def wait_until(condition: Callable[[], bool]) -> None:
    """Come back when the condition holds; fail when it does not within 90 seconds."""
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@contextmanager
def meanwhile(database: Database, statement: str, job: Callable[[], object]) -> Iterator[None]:
    """When the first `statement` was executed inside the block, let `job` begin in another thread; the block
    goes on when that is done or waits for a lock. Errors of the job are raised at the end.
    """
    begun: list[Future[object]] = []
    with ThreadPoolExecutor() as pool:
        there = False

        def begin(_conn: Any, _cursor: Any, executed: str, *_rest: Any) -> None:
            nonlocal there
            if statement in executed and not there:
                there = True
                begun.append(pool.submit(job))
                wait_until(lambda: begun[0].done() or bool(wait_for_locks(database)))

        event.listen(database._engine, "after_cursor_execute", begin)
        try:
            yield
        finally:
            event.remove(database._engine, "after_cursor_execute", begin)
    begun[0].result()
