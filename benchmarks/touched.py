"""What a piece of work touches, counted: the same on a busy machine and on an idle one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from newsbell.storage.database import Connection, Database

_EVERY = 100
"""Instructions of SQLite's machine between two looks."""

_STILL_WITHIN = 60.0  # seconds
_PAGES = sa.text(
    "SELECT coalesce(sum(coalesce(heap_blks_read, 0) + coalesce(heap_blks_hit, 0)"
    " + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0)), 0)"
    " FROM pg_statio_user_tables WHERE schemaname = current_schema()"
)


@dataclass
class Steps:
    """Instructions of SQLite's machine, the last few of each statement left out; 0 on another database."""

    count: int = 0


@contextmanager
def steps(db: Database) -> Iterator[Steps]:
    """Count what SQLite does for us meanwhile, in this process."""
    counted = Steps()
    if db.dialect != "sqlite":
        yield counted
        return

    def more() -> None:
        counted.count += _EVERY

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(more, _EVERY)

    def leave(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(None, _EVERY)

    hooks = (("checkout", watch), ("checkin", leave))
    for name, hook in hooks:
        sa.event.listen(sa.Pool, name, hook)
    try:
        yield counted
    finally:
        for name, hook in hooks:
            sa.event.remove(sa.Pool, name, hook)


def pages(db: Database) -> int:
    """Pages of tables and indexes that PostgreSQL has looked at by now, for us and for whoever closed its
    connections; 0 on SQLite.
    """
    if db.dialect == "sqlite":
        return 0
    with db.transaction() as conn:
        conn.execute(sa.select(sa.func.pg_stat_force_next_flush()))
    with db.transaction() as conn:
        return int(conn.execute(_PAGES).scalar_one())


def pages_since(db: Database, before: int) -> int:
    """How many more they are, when the last of those who closed their connections is counted."""
    seen, deadline = -1, time.monotonic() + _STILL_WITHIN
    while (now := pages(db)) != seen:
        if time.monotonic() > deadline:
            raise RuntimeError(f"pages were looked at for {_STILL_WITHIN:.0f} s after the end of the work")
        seen = now
        time.sleep(0.5)
    return now - before


def pages_of(conn: Connection, statement: str, parameters: Any) -> int:
    """Pages that PostgreSQL looks at for one query."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
    plan: dict[str, Any] = conn.exec_driver_sql(explain, parameters).scalar_one()[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def peak_megabytes(process: int) -> float:
    """The most memory that another process has held (VmHWM of proc_pid_status(5)); 0.0 where none tells."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
