"""Fixtures of every test: the store on both databases, settings, and the one moment tests live in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from secrets import token_hex

import hypothesis
import pytest
from sqlalchemy import make_url, text

from newsbell.config import Settings
from newsbell.storage.database import Connection, Database
from newsbell.storage.migrations import upgrade
from newsbell.storage.schema import metadata
from tests import factories

POSTGRESQL = os.environ.get("NEWSBELL_TEST_DATABASE_URL", "")
SKIP_NOTHING = os.environ.get("NEWSBELL_TESTS_SKIP_NOTHING", "") == "yes"
PROOFS = ("browser", "database", "client", "slow")
# No example is timed: the machine may be busy.
hypothesis.settings.register_profile("newsbell", deadline=None)
hypothesis.settings.load_profile("newsbell")
_first_of_its_kind: dict[str, Database] = {}
NO_POSTGRESQL = "NEWSBELL_TEST_DATABASE_URL is not set: no PostgreSQL to test with"


LONGEST_ID = 60


def pytest_make_parametrize_id(val: object) -> str | None:
    """A test's name travels between processes with every report of it: pages of megabytes are cut short."""
    if not isinstance(val, str | bytes) or len(val) <= LONGEST_ID:
        return None
    return f"{val[: LONGEST_ID // 2]!r}… {len(val)}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be left out, a skipped test of a browser, a database or a client is a failed one."""
    report = yield
    if report.skipped and SKIP_NOTHING and any(item.get_closest_marker(name) for name in PROOFS):
        report.outcome = "failed"
        report.longrepr = f"Skipped, and NEWSBELL_TESTS_SKIP_NOTHING is set: {report.longrepr}"
    return report


@pytest.fixture
def now() -> datetime:
    return factories.NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose data folder is the test's own, and empty."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows, to copy."""
    path = tmp_path_factory.mktemp("store") / "newsbell.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_database(migrated_file: Path, settings: Settings) -> Iterator[Database]:
    """An empty store where `settings` point, for tests that one database is enough for."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated_file, settings.data_dir / "newsbell.sqlite3")
    database = _opened(settings.resolved_database_url)
    yield database
    database.close()


def _opened(url: str) -> Database:
    """A database whose statements were compiled by the tests before, where they asked the same: an engine
    keeps them by its dialect, so the first one's are given to all of a kind.
    """
    database = Database(url)
    first = _first_of_its_kind.setdefault(database.dialect, database)
    for mine, before in (database._engine, first._engine), (database._reader, first._reader):
        mine.dialect, mine._compiled_cache = before.dialect, before._compiled_cache
    return database


@contextmanager
def own_schema() -> Iterator[str]:
    """The address of an empty schema of PostgreSQL, gone afterwards."""
    if not POSTGRESQL:
        pytest.skip(NO_POSTGRESQL)
    name = f"newsbell_test_{os.getpid()}_{token_hex(3)}"
    server = Database(POSTGRESQL)
    with server.transaction() as conn:
        conn.execute(text(f"CREATE SCHEMA {name}"))
    # Nothing here has to outlive a power cut.
    options = f"-c search_path={name} -c synchronous_commit=off"
    url = make_url(POSTGRESQL).update_query_dict({"options": options})
    yield url.render_as_string(hide_password=False)
    with server.transaction() as conn:
        conn.execute(text(f"DROP SCHEMA {name} CASCADE"))
    server.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of a schema of PostgreSQL that is this test process's own, and empty."""
    with own_schema() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str) -> str:
    """The address of a schema of PostgreSQL with all tables and no rows."""
    upgrade(postgresql_url)
    return postgresql_url


@pytest.fixture
def postgresql_database(migrated_postgresql: str) -> Iterator[Database]:
    """An empty store in PostgreSQL."""
    database = _opened(migrated_postgresql)
    yield database
    with database.transaction() as conn:
        _empty(conn)
    database.close()


def _empty(conn: Connection) -> None:
    """Delete every row, and number rows from 1 again: quicker by far than TRUNCATE of small tables."""
    for table in reversed(metadata.sorted_tables):
        conn.execute(table.delete())
    sequence = "(quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass"
    own = "schemaname = current_schema()"
    conn.execute(text(f"SELECT setval({sequence}, 1, false) FROM pg_sequences WHERE {own}"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty store, on each database in turn."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found
