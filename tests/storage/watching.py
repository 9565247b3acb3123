"""Looks at what the database is asked, and at who waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
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


def waits_for_a_lock(database: Database) -> bool:
    """Whether a connection of this test process waits for another one's lock in PostgreSQL."""
    query = text(
        "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = pg_locks.relation "
        "JOIN pg_namespace ON pg_namespace.oid = relnamespace AND nspname = current_schema() "
        "WHERE pid IN (SELECT pid FROM pg_locks WHERE NOT granted)"
    )
    with database.read() as conn:
        return bool(conn.execute(query).scalar_one())


def wait_until(condition: Callable[[], bool]) -> None:
    """Come back when the condition holds; fail when it does not within 30 seconds."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
