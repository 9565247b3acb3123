from __future__ import annotations

import fcntl
import importlib.util
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from newsbell.config import Settings
from newsbell.errors import NoStoreError, UnavailableError
from newsbell.storage import migrations
from newsbell.storage.database import Database
from newsbell.storage.migrations import (
    current_revision,
    downgrade,
    head_revision,
    migrate,
    migrations_folder,
    upgrade,
)
from newsbell.storage.schema import metadata

TABLES = {table.name for table in metadata.sorted_tables}


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty 100%.sqlite3'}"


@pytest.fixture
def empty_postgresql(postgresql_url: str) -> Iterator[str]:
    downgrade(postgresql_url, "base")
    yield postgresql_url
    upgrade(postgresql_url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def empty(request: pytest.FixtureRequest) -> str:
    """The address of a database without tables of ours, on each database in turn."""
    url: str = request.getfixturevalue(f"empty_{request.param}")
    return url


def _tables(url: str) -> set[str]:
    database = Database(url)
    with database.read() as conn:
        names = set(inspect(conn).get_table_names())
    database.close()
    return names - {"alembic_version", "sqlite_sequence"}


def test_up_down_and_up_again(empty: str) -> None:
    upgrade(empty)
    assert _tables(empty) == TABLES
    downgrade(empty, "base")
    assert _tables(empty) == set()
    upgrade(empty)
    assert _tables(empty) == TABLES


def test_what_is_migrated_is_what_the_program_expects(empty: str) -> None:
    upgrade(empty)
    database = Database(empty)
    with database.read() as conn:
        differences = compare_metadata(MigrationContext.configure(conn), metadata)
    database.close()
    assert differences == []


def test_a_difference_would_be_noticed(empty: str) -> None:
    upgrade(empty)
    database = Database(empty)
    with database.transaction() as conn:
        conn.execute(text("DROP INDEX ix_batches_due"))
    with database.read() as conn:
        differences = compare_metadata(MigrationContext.configure(conn), metadata)
    database.close()
    assert [difference[0] for difference in differences] == ["add_index"]


def test_sqlite_is_given_the_same_tables_by_migration_and_by_the_program(
    empty_sqlite: str, tmp_path: Path
) -> None:
    """To the letter of the definition: autogenerate does not see WITHOUT ROWID, AUTOINCREMENT, conditions."""
    upgrade(empty_sqlite)
    expected = Database(f"sqlite:///{tmp_path / 'expected.sqlite3'}")
    with expected.transaction() as conn:
        metadata.create_all(conn)
    migrated = Database(empty_sqlite)
    assert _definitions(migrated) == _definitions(expected)
    migrated.close()
    expected.close()


def _definitions(database: Database) -> dict[str, list[str]]:
    """Each table's and index's definition as its parts, in an order of no meaning."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
    with database.read() as conn:
        return {
            name: sorted(filter(None, (" ".join(part.split()) for part in re.split(r",(?![^(]*\))|\n", sql))))
            for name, sql in conn.execute(text(query))
        }


def test_two_threads_migrate_at_once(empty: str) -> None:
    errors: list[Exception] = []
    barrier = threading.Barrier(3)

    def run() -> None:
        barrier.wait()
        try:
            upgrade(empty)
        except Exception as error:  # noqa: BLE001 - reported by the assertion
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert _tables(empty) == TABLES


def test_two_processes_migrate_at_once(empty: str) -> None:
    program = "import sys; from newsbell.storage.migrations import upgrade; upgrade(sys.argv[1])"
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program, empty], stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outcomes = [(process.communicate()[1], process.returncode) for process in running]
    assert outcomes == [("", 0), ("", 0)]
    assert _tables(empty) == TABLES


def test_a_migration_waits_while_another_process_migrates(
    empty_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = threading.Event()
    take = fcntl.flock

    def flock(lock: int, operation: int) -> None:
        arrived.set()
        take(lock, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    migrating = threading.Thread(target=upgrade, args=(empty_sqlite,))
    with (tmp_path / "empty 100%.sqlite3.migrate-lock").open("w") as other:
        take(other, fcntl.LOCK_EX)
        migrating.start()
        assert arrived.wait(30)
        assert not (tmp_path / "empty 100%.sqlite3").exists()
    migrating.join()
    assert _tables(empty_sqlite) == TABLES


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(ZeroDivisionError):
        upgrade(empty)
    monkeypatch.undo()
    assert _tables(empty) == set()
    upgrade(empty)
    assert _tables(empty) == TABLES


def test_a_store_of_a_newer_version_is_left_alone(settings: Settings) -> None:
    migrate(settings)
    database = Database(settings.resolved_database_url)
    with database.transaction() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NoStoreError, match="newer Newsbell"):
        migrate(settings)
    assert current_revision(database) == "9999"
    database.close()


def test_migrating_twice_changes_nothing(settings: Settings) -> None:
    migrate(settings)
    migrate(settings)
    database = Database(settings.resolved_database_url)
    assert current_revision(database) == head_revision()
    database.close()


def test_a_store_without_tables_has_no_revision(empty: str) -> None:
    database = Database(empty)
    assert current_revision(database) is None
    database.close()


def test_a_data_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="cannot be made"):
        migrate(Settings(data_dir=tmp_path / "file" / "data"))


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be written to"):
        upgrade(f"sqlite:///{tmp_path / 'nowhere' / 'newsbell.sqlite3'}")


def test_migrating_says_nothing_and_leaves_logging_alone(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers, level = list(logging.root.handlers), logging.root.level
    migrate(settings)
    assert (list(logging.root.handlers), logging.root.level) == (handlers, level)
    assert capfd.readouterr() == ("", "")


def test_a_checkout_uses_its_own_migrations() -> None:
    assert migrations_folder() == Path(__file__).parents[2] / "migrations"


def test_a_wheel_uses_the_migrations_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "newsbell"
    (package / "migrations").mkdir(parents=True)
    (package / "migrations" / "env.py").write_text("")
    monkeypatch.setattr(migrations, "__file__", str(package / "storage" / "migrations.py"))
    assert migrations_folder() == package / "migrations"


def test_an_installation_without_migrations_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "__file__", str(tmp_path / "a" / "newsbell" / "storage" / "m.py"))
    with pytest.raises(NoStoreError, match="no migrations at"):
        migrations_folder()


def test_a_migration_imports_nothing_of_ours() -> None:
    for path in (migrations_folder() / "versions").glob("*.py"):
        assert not re.search(r"^\s*(import|from) newsbell", path.read_text(), re.MULTILINE), path
        assert importlib.util.spec_from_file_location(path.stem, path) is not None


def test_articles_from_before_the_mark_for_cut_off_ones_are_whole(empty: str) -> None:
    upgrade(empty, "0004")
    database = Database(empty)
    with database.transaction() as conn:
        moment = "'2026-01-01 00:00:00'"
        conn.execute(text(f"INSERT INTO stories (id, created_at) VALUES (1, {moment})"))
        conn.execute(
            text(
                "INSERT INTO articles (id, uuid, story_id, url, canonical_url, title, summary, byline,"
                " body_html, body_text, site_name, language, stored_at, updated_at, sort_at, removals)"
                " VALUES (1, '00000000000000000000000000000001', 1, '', '', 'T', '', '[]', '', '', '', '',"
                f" {moment}, {moment}, {moment}, '[]')"
            )
        )
    upgrade(empty)
    with database.read() as conn:
        assert conn.execute(text("SELECT cut_off FROM articles")).scalar() in (0, False)
    downgrade(empty, "base")
    upgrade(empty)
    database.close()
