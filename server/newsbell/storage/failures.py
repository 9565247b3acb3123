"""What goes wrong in a database, in words of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from newsbell.errors import ConflictError, MalformedError, UnavailableError

_BUSY = "The database is busy; try again in a moment."
_AWAY = "The database cannot be reached now."

# https://www.sqlite.org/rescode.html: the primary codes that are the world's fault, not a statement's.
_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_NOMEM: "The database is out of memory.",
    sqlite3.SQLITE_READONLY: "The database file cannot be written to.",
    sqlite3.SQLITE_IOERR: "The disk of the database fails.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged; restore it from a backup.",
    sqlite3.SQLITE_FULL: "The disk of the database is full.",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened.",
    sqlite3.SQLITE_NOTADB: "The database file is not an SQLite database.",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL = {
    "40001": _BUSY,  # serialization_failure
    "40P01": _BUSY,  # deadlock_detected
    "55P03": _BUSY,  # lock_not_available
    "53100": "The disk of the database is full.",
    "53300": "The database has too many connections; try again in a moment.",
    "25006": "The database only reads now; it may be a replica.",
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the world does to a database as errors of our tree.

    A statement that is wrong is a defect of the program and goes up as it is.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise UnavailableError("Too many wait for the database; try again in a moment.") from error
    except IntegrityError as error:
        raise ConflictError("Something contrary was stored at the same time; try again.") from error
    except DataError as error:
        raise MalformedError("The database cannot hold this value.") from error
    except DBAPIError as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise UnavailableError(sentence) from error


def _sentence(error: DBAPIError) -> str | None:
    origin = error.orig
    if isinstance(origin, sqlite3.Error):
        code = getattr(origin, "sqlite_errorcode", None)
        return None if code is None else _SQLITE.get(code & 0xFF)
    state = getattr(origin, "sqlstate", None)
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    away = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return _AWAY if away else None
