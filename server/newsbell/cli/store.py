"""What every command starts from: the settings of the environment, the store, the clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from newsbell.config import Settings
from newsbell.storage.database import Database, open_database


def settings() -> Settings:
    return Settings.from_environment(os.environ)


@contextmanager
def opened(chosen: Settings | None = None) -> Iterator[Database]:
    """The store; `NoStoreError` where there is none, which says what to do."""
    db = open_database(chosen or settings())
    try:
        yield db
    finally:
        db.close()


def now() -> datetime:
    return datetime.now(UTC)
