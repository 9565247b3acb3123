"""Bringing the tables to the version of the program, by Alembic."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from newsbell.config import Settings
from newsbell.errors import NoStoreError, UnavailableError
from newsbell.storage.database import Database, database_path
from newsbell.storage.statements import lock

_ADVISORY_LOCK = 0x4E62_6D67


def migrations_folder() -> Path:
    """Where the migrations are: beside the server's code in a checkout, inside the package in a wheel.

    The checkout comes first, because an editable install leaves a copy in the package that grows stale.
    """
    package = Path(__file__).resolve().parents[1]
    candidates = [package / "migrations"]
    if package.parent.name == "server":
        candidates.insert(0, package.parents[1] / "migrations")
    for folder in candidates:
        if (folder / "env.py").is_file():
            return folder
    raise NoStoreError(f"This installation is incomplete: no migrations at {candidates[0]}.")


@cache
def head_revision() -> str:
    """The revision this version of the program works with."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert head is not None, "there is a first migration"
    return head


def current_revision(database: Database) -> str | None:
    """The revision a store is at; None where it has no tables of ours."""
    with database.read() as conn:
        return MigrationContext.configure(conn).get_current_revision()


def migrate(settings: Settings) -> None:
    """Make the data folder and the store where they are not there, and bring the tables up to date.

    Safe when several processes start at once: one does it, the others wait and find it done.
    """
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"The data folder {settings.data_dir} cannot be made: {error}.") from error
    upgrade(settings.resolved_database_url)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`, in one transaction."""
    with _locked(url) as conn:
        script = ScriptDirectory.from_config(_config(None))
        current = MigrationContext.configure(conn).get_current_revision()
        if current is not None and current not in {one.revision for one in script.walk_revisions()}:
            raise NoStoreError(
                f"The store was last used by a newer Newsbell (its tables are at {current}). "
                "Install that version again, or restore a backup made before it."
            )
        command.upgrade(_config(conn), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to `revision`, in one transaction ("base": no tables at all)."""
    with _locked(url) as conn:
        command.downgrade(_config(conn), revision)


def _config(conn: Connection | None) -> Config:
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config


@contextmanager
def _locked(url: str) -> Iterator[Connection]:
    """A connection in a transaction, while no other process migrates the same database."""
    database = Database(url, foreign_keys=False)
    path = database_path(database.url)
    try:
        with _file_lock(path), database.transaction() as conn:
            if path is None:
                # Another migration may take longer than a lock is waited for otherwise.
                conn.execute(text("SET LOCAL lock_timeout = 0"))
                lock(conn, _ADVISORY_LOCK)
            yield conn
            if path is not None and (broken := conn.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise UnavailableError(f"The migration would leave {len(broken)} rows without their parent.")
    finally:
        database.close()


@contextmanager
def _file_lock(path: Path | None) -> Iterator[None]:
    """Hold the lock file beside an SQLite database, and make the database readable by its owner alone:
    it holds private keys.
    """
    if path is None:
        yield
        return
    try:
        lock = os.open(path.with_name(path.name + ".migrate-lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise UnavailableError(f"The folder {path.parent} cannot be written to: {error}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        yield
    finally:
        os.close(lock)
