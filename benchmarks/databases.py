"""The databases a benchmark runs on: SQLite in a folder of its own, PostgreSQL in a schema of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import make_url, text

from newsbell.storage.database import Database

VARIABLE = "NEWSBELL_TEST_DATABASE_URL"


def names() -> list[str]:
    """The databases there are; says what is left out."""
    if os.environ.get(VARIABLE):
        return ["sqlite", "postgresql"]
    print(f"PostgreSQL is left out: {VARIABLE} is not set.")
    return ["sqlite"]


@contextmanager
def database_url(name: str) -> Iterator[str]:
    """The URL of an empty database; nothing for SQLite, which is made in the data folder."""
    if name == "sqlite":
        yield ""
        return
    schema = f"newsbell_benchmark_{os.getpid()}"
    with closing(Database(os.environ[VARIABLE])) as server:
        with server.transaction() as conn:
            conn.execute(text(f"CREATE SCHEMA {schema}"))
        try:
            url = make_url(os.environ[VARIABLE]).update_query_dict({"options": f"-c search_path={schema}"})
            yield url.render_as_string(hide_password=False)
        finally:
            with server.transaction() as conn:
                conn.execute(text(f"DROP SCHEMA {schema} CASCADE"))
