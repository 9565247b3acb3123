"""Looks at what the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

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
