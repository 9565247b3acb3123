from __future__ import annotations

import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from newsbell.config import Settings
from newsbell.errors import ConflictError, MalformedError, NoStoreError, SettingsError, UnavailableError
from newsbell.storage import database as module
from newsbell.storage.database import Connection, Database, database_path, open_database, parse_url
from newsbell.storage.migrations import downgrade, migrate
from newsbell.storage.schema import secrets, subscription_topics, workers
from tests.factories import NOW


def _names(database: Database) -> list[str]:
    with database.read() as conn:
        return list(conn.execute(select(workers.c.name)).scalars())


def _add(database: Database, name: str, now: datetime = NOW) -> None:
    with database.transaction() as conn:
        conn.execute(insert(workers).values(name=name, seen_at=now))


def test_a_transaction_is_kept_whole(database: Database) -> None:
    _add(database, "kept")
    assert _names(database) == ["kept"]


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="half-way"), database.transaction() as conn:
        _fail_half_way(conn)
    assert _names(database) == []


def _fail_half_way(conn: Connection) -> None:
    conn.execute(insert(workers).values(name="lost", seen_at=NOW))
    raise RuntimeError("half-way")


def test_a_read_sees_one_moment_only(database: Database) -> None:
    _add(database, "before")
    with database.read() as conn:
        query = select(workers.c.name)
        assert conn.execute(query).scalars().all() == ["before"]
        _add(database, "meanwhile")
        assert conn.execute(query).scalars().all() == ["before"]
    assert sorted(_names(database)) == ["before", "meanwhile"]


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises((UnavailableError, DBAPIError)), database.read() as conn:
        conn.execute(insert(workers).values(name="sly", seen_at=NOW))
    assert _names(database) == []
    _add(database, "honest")  # and the connection writes again afterwards
    assert _names(database) == ["honest"]


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(ConflictError), database.transaction() as conn:
        conn.execute(insert(subscription_topics).values(topic_id=1, subscription_id=1))


def test_sqlite_is_set_up_for_many_processes(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as conn:
        values = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert values == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 10_000}


def test_a_sqlite_transaction_takes_its_turn_before_it_reads(sqlite_database: Database) -> None:
    """Two that read a number and write the next one must not read the same."""
    barrier = threading.Barrier(2)

    def add_next() -> None:
        barrier.wait()
        for _ in range(20):
            with sqlite_database.transaction() as conn:
                numbers = conn.execute(select(workers.c.name)).scalars().all()
                following = max((int(number) for number in numbers), default=0) + 1
                conn.execute(insert(workers).values(name=str(following), seen_at=NOW))

    threads = [threading.Thread(target=add_next) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, _names(sqlite_database))) == list(range(1, 41))


def test_a_locked_database_is_unavailable_in_words(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    other = Database(str(sqlite_database.url))
    try:
        with (
            sqlite_database.transaction(),
            pytest.raises(UnavailableError, match="busy"),
            other.transaction(),
        ):
            pass
    finally:
        other.close()


@pytest.mark.database
def test_a_locked_row_is_unavailable_in_words(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 1)
    other = Database(postgresql_database.url.render_as_string(hide_password=False))
    _add(postgresql_database, "one")
    lock = select(workers).with_for_update()
    try:
        with postgresql_database.transaction() as conn:
            conn.execute(lock)
            with pytest.raises(UnavailableError, match="busy"), other.transaction() as second:
                second.execute(lock)
    finally:
        other.close()


@pytest.mark.database
def test_a_value_no_column_holds_is_malformed(postgresql_database: Database) -> None:
    with pytest.raises(MalformedError), postgresql_database.transaction() as conn:
        conn.execute(insert(workers).values(name="a\x00b", seen_at=NOW))


@pytest.mark.database
def test_a_database_that_does_not_answer_is_unavailable() -> None:
    database = Database("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(UnavailableError, match="cannot be reached"), database.read():
        pass
    database.close()


@pytest.mark.database
def test_a_connection_the_server_closed_is_replaced(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as conn:
        number = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    _end(postgresql_database, number)
    _add(postgresql_database, "after")
    assert _names(postgresql_database) == ["after"]


@pytest.mark.database
def test_a_transaction_the_server_ends_is_unavailable(postgresql_database: Database) -> None:
    def lose_the_connection() -> None:
        with postgresql_database.transaction() as conn:
            _end(postgresql_database, conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
            conn.execute(insert(workers).values(name="lost", seen_at=NOW))

    with pytest.raises(UnavailableError, match="cannot be reached"):
        lose_the_connection()
    assert _names(postgresql_database) == []


def _end(database: Database, backend: int) -> None:
    """End one of our own connections, from another database object, and wait until it has."""
    other = Database(database.url.render_as_string(hide_password=False))
    with other.transaction() as conn:
        conn.execute(text("SELECT pg_terminate_backend(:number, 10000)"), {"number": backend})
    other.close()


def test_a_wrong_statement_is_a_defect_and_not_an_excuse(sqlite_database: Database) -> None:
    with pytest.raises(DBAPIError, match="no such table"), sqlite_database.read() as conn:
        conn.execute(text("SELECT * FROM nothing_of_ours"))


@pytest.mark.database
def test_a_wrong_statement_is_a_defect_on_postgresql_too(postgresql_database: Database) -> None:
    with pytest.raises(ProgrammingError), postgresql_database.read() as conn:
        conn.execute(text("SELECT * FROM nothing_of_ours"))


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "newsbell.sqlite3"
    path.write_text("This is a letter, and a long one: " + "really " * 200)
    with pytest.raises(UnavailableError, match="not an SQLite database"):
        open_database(Settings(data_dir=tmp_path))


def test_no_store_says_where_it_looked_and_what_to_run(settings: Settings) -> None:
    with pytest.raises(NoStoreError) as caught:
        open_database(settings)
    assert str(settings.data_dir / "newsbell.sqlite3") in caught.value.message
    assert "newsbell serve" in caught.value.message
    assert "newsbell migrate" in caught.value.message
    assert not settings.data_dir.exists()


def test_a_store_of_another_version_says_what_to_run(settings: Settings) -> None:
    migrate(settings)
    downgrade(settings.resolved_database_url, "base")
    with pytest.raises(NoStoreError, match="newsbell migrate"):
        open_database(settings)


def test_a_migrated_store_opens(settings: Settings) -> None:
    migrate(settings)
    database = open_database(settings)
    _add(database, "one")
    database.close()
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700
    assert (settings.data_dir / "newsbell.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_server_or_a_client_that_vanishes_is_not_waited_for_long(postgresql_database: Database) -> None:
    shown, connected = _as_connected(postgresql_database)
    assert shown == ("30s", "10s", "UTC")
    assert connected["keepalives_idle"] == "10"
    assert connected["tcp_user_timeout"] == "25000"


def test_the_url_may_say_otherwise_but_for_the_time_zone(migrated_postgresql: str) -> None:
    url = make_url(migrated_postgresql)
    options = f"{url.query['options']} -c lock_timeout=7s -c TimeZone=Asia/Tokyo"
    url = url.update_query_dict({"tcp_user_timeout": "4000", "options": options})
    database = Database(url.render_as_string(hide_password=False))
    shown, connected = _as_connected(database)
    database.close()
    assert shown == ("30s", "7s", "UTC")
    assert connected["keepalives_idle"] == "10"
    assert connected["tcp_user_timeout"] == "4000"


def _as_connected(database: Database) -> tuple[tuple[str, ...], dict[str, str]]:
    """Three settings of the server for this connection, and the parameters of libpq."""
    names = ("idle_in_transaction_session_timeout", "lock_timeout", "TimeZone")
    with database.read() as conn:
        shown = tuple(conn.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names)
        driver: Any = conn.connection.driver_connection
        return shown, driver.info.get_parameters()


def test_closing_closes_every_connection(sqlite_database: Database) -> None:
    with sqlite_database.read(), sqlite_database.read():
        pass
    sqlite_database.close()
    path = database_path(sqlite_database.url)
    assert path is not None
    assert not path.with_name(path.name + "-wal").exists()  # the last to leave turns off the light
    with sqlite3.connect(path) as alone:
        alone.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        alone.execute("DELETE FROM workers")
    alone.close()


@pytest.mark.parametrize(
    "url",
    ["", "not a url", "mysql://root@127.0.0.1/news", "postgresql+asyncpg://root@127.0.0.1/news", "sqlite://",
     "sqlite:///:memory:", "postgresql://host:port/name"],
)  # fmt: skip
def test_a_url_we_cannot_use_is_refused_by_the_name_of_its_setting(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url(url)
    assert caught.value.field == "NEWSBELL_DATABASE_URL"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_url_gets_its_driver(scheme: str) -> None:
    assert parse_url(f"{scheme}://root@127.0.0.1/news").drivername == "postgresql+psycopg"


def test_no_error_shows_a_password() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url("mysql://root:hunter2@127.0.0.1/news")
    assert "hunter2" not in str(caught.value)


def test_secrets_are_bytes_on_both(database: Database) -> None:
    with database.transaction() as conn:
        conn.execute(insert(secrets).values(name="key", value=b"\x00\xff"))
        value = conn.execute(select(secrets.c.value)).scalar_one()
    assert value == b"\x00\xff"
