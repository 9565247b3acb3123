from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

from newsbell.storage.database import Database
from newsbell.storage.schema import workers

MOSCOW = timezone(timedelta(hours=3))


def _store(database: Database, moment: datetime) -> datetime:
    with database.transaction() as conn:
        conn.execute(insert(workers).values(name="one", seen_at=moment))
    with database.read() as conn:
        stored: datetime = conn.execute(select(workers.c.seen_at)).scalar_one()
    return stored


def test_a_moment_comes_back_as_utc_to_the_microsecond(database: Database) -> None:
    moment = datetime(2026, 3, 14, 0, 0, 0, 1, tzinfo=MOSCOW)
    stored = _store(database, moment)
    assert stored == moment
    assert stored.isoformat() == "2026-03-13T21:00:00.000001+00:00"


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_moment_of_any_year_comes_back(database: Database, year: int) -> None:
    moment = datetime(year, 6, 1, 12, tzinfo=UTC)
    assert _store(database, moment) == moment


def test_a_naive_datetime_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive datetime"), database.transaction() as conn:
        conn.execute(insert(workers).values(name="one", seen_at=datetime(2026, 3, 14)))  # noqa: DTZ001 - the point


def test_a_naive_datetime_is_refused_in_a_comparison_too(database: Database) -> None:
    naive = datetime(2026, 3, 14)  # noqa: DTZ001 - the point
    with pytest.raises(StatementError, match="naive datetime"), database.read() as conn:
        conn.execute(select(workers).where(workers.c.seen_at < naive))


def test_sqlite_orders_moments_as_time_does(sqlite_database: Database) -> None:
    early = datetime(2026, 3, 14, 1, tzinfo=MOSCOW)
    late = datetime(2026, 3, 13, 22, 0, 0, 1, tzinfo=UTC)
    with sqlite_database.transaction() as conn:
        conn.execute(insert(workers), [{"name": "b", "seen_at": late}, {"name": "a", "seen_at": early}])
        names = conn.execute(text("SELECT name FROM workers ORDER BY seen_at")).scalars().all()
    assert names == ["a", "b"]
