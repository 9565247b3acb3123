"""The database: how it is opened, and its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from newsbell.config import Settings
from newsbell.errors import NoStoreError, SettingsError
from newsbell.storage.failures import translated

__all__ = ["Connection", "Database", "database_path", "open_database", "parse_url"]

BUSY_SECONDS = 10
"""How long a transaction waits for another one's lock before it fails as unavailable."""
POOL_SIZE = 16
"""Connections of one process: as many as its threads, so that none waits for one."""
_URL_SETTING = "NEWSBELL_DATABASE_URL"

# A machine that loses its power or its network says no farewell, and TCP alone waits for it a quarter of an
# hour, or for ever where nothing is on its way to it. These are libpq's names; the URL may say otherwise.
_LIBPQ = {
    "connect_timeout": BUSY_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
}
_SERVER_SETTINGS = (
    f"lock_timeout={BUSY_SECONDS}s",
    # A process that hangs inside a transaction, or a machine that vanished, must not hold its locks for long:
    # much shorter than a worker's lease, so that no other one gives up what it cannot write down meanwhile.
    "idle_in_transaction_session_timeout=30s",
    "tcp_keepalives_idle=30",
    "tcp_keepalives_interval=10",
    "tcp_keepalives_count=3",
    "tcp_user_timeout=60s",
)
"""What the server keeps to, unless the URL's `options` say otherwise."""


class Database:
    """One database and this process's connections to it. Close it at the end.

    `foreign_keys=False` is for migrations only: SQLite rebuilds tables, which must not cascade.
    """

    def __init__(self, url: str, *, foreign_keys: bool = True) -> None:
        self.url = parse_url(url)
        self.dialect: Literal["sqlite", "postgresql"] = (
            "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        )
        if self.dialect == "sqlite":
            self._engine = _sqlite_engine(self.url, foreign_keys=foreign_keys)
            self._reader = self._engine.execution_options(newsbell_read=True)
        else:
            self._engine = _postgresql_engine(self.url)
            self._reader = self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that may write: committed at the end, rolled back where an error leaves it.

        On SQLite there is one at a time in all processes, from its first statement; keep it short.
        Raises `UnavailableError` where the database cannot do it now, `ConflictError` where another
        transaction stored something contrary meanwhile.
        """
        with translated(), self._engine.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, all of it as of one moment; it waits for no writer."""
        with translated(), self._reader.begin() as conn:
            yield conn

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_database(settings: Settings) -> Database:
    """The store the settings name; `NoStoreError` where there is none or where its tables are not those of
    this version, `UnavailableError` where the server does not answer.
    """
    from newsbell.storage.migrations import current_revision, head_revision  # noqa: PLC0415 - it needs us

    url = parse_url(settings.resolved_database_url)
    path = database_path(url)
    if path is not None and not path.is_file():
        raise NoStoreError(
            f"There is no Newsbell store at {path}. Run newsbell serve or newsbell migrate to make one, "
            "or set NEWSBELL_DATA_DIR to the folder of an existing one."
        )
    database = Database(settings.resolved_database_url)
    try:
        current = current_revision(database)
    except BaseException:
        database.close()
        raise
    if current != (head := head_revision()):
        database.close()
        raise NoStoreError(
            f"The store at {url.render_as_string(hide_password=True)} is not of this version "
            f"({f'its tables are at {current}' if current else 'it has no tables'}, {head} is needed). "
            "Run newsbell serve or newsbell migrate."
        )
    return database


def parse_url(url: str) -> URL:
    """The SQLAlchemy URL, its driver named; `SettingsError` where it is none we can use."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(
            f"{_URL_SETTING} is not a database URL, such as postgresql://user:password@host/name.",
            field=_URL_SETTING,
        ) from error
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise SettingsError(
            f"{_URL_SETTING} names {parsed.drivername}; Newsbell keeps its rows in SQLite or PostgreSQL.",
            field=_URL_SETTING,
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise SettingsError(
            f"{_URL_SETTING} names an SQLite database in memory, which would keep nothing; name a file.",
            field=_URL_SETTING,
        )
    return parsed


def database_path(url: URL) -> Path | None:
    """The file of an SQLite database; None where a server keeps the rows."""
    if url.get_backend_name() != "sqlite":
        return None
    assert url.database is not None, "parse_url() refuses it"
    return Path(url.database)


def _sqlite_engine(url: URL, *, foreign_keys: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, late and never for a SELECT; `begin` below does.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        # A transaction that reads first and writes later cannot wait for its turn when another one wrote
        # in between (SQLITE_BUSY_SNAPSHOT), so writing ones take their turn at once.
        reading = conn.get_execution_options().get("newsbell_read", False)
        conn.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}").close()
        conn.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE").close()

    return engine


def _postgresql_engine(url: URL) -> Engine:
    ours = [f"-c {setting}" for setting in _SERVER_SETTINGS]
    given = url.query.get("options", ())
    options = [*ours, *((given,) if isinstance(given, str) else given), "-c TimeZone=UTC"]
    url = url.update_query_dict({"options": " ".join(options)})
    libpq = {name: value for name, value in _LIBPQ.items() if name not in url.query}
    try:
        return create_engine(url, pool_size=POOL_SIZE, pool_pre_ping=True, connect_args=libpq)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise SettingsError(
            "PostgreSQL needs a driver: pip install 'psycopg[binary]'.", field=_URL_SETTING
        ) from error
