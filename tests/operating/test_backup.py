"""Backup and restore by the words of the operator's guide, with the databases' own programs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from newsbell.config import Settings
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.importing import Source, import_article
from newsbell.services.upkeep import sweep
from newsbell.storage import delivery, keys
from newsbell.storage.database import Connection, Database, open_database
from newsbell.storage.migrations import upgrade
from tests.factories import NOW, subscriber
from tests.fakes import Clock, FakePusher
from tests.jobs.servers import MissingProgramError, Server, own_postgresql
from tests.pages import news_page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("servers")]

_GUIDE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")


def _said(pattern: str) -> str:
    """The one command of the guide that begins so."""
    found = [" ".join(each.split()) for each in re.findall(r"`([^`]+)`", _GUIDE) if each.startswith(pattern)]
    assert len(found) == 1, found
    return found[0]


def _run(command: str, folder: Path, **names: str) -> None:
    words = [names.get(word, word) for word in shlex.split(command)]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)


def _fill(db: Database) -> None:
    """A key, three readers, and an alert that nobody has begun to ring."""
    with db.transaction() as conn:
        for _ in range(3):
            subscriber(conn, "Russia", now=NOW)
    source = Source(url="https://news.example/a", content=news_page(topics=["Russia"]))
    assert import_article(db, Settings(), source, now=NOW).rung


def _contents(conn: Connection) -> dict[str, int]:
    tables = ("articles", "stories", "topics", "subscriptions", "subscription_topics", "alerts")
    return {
        table: int(conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()) for table in tables
    }


def _is_whole(copy: Database, before: Database) -> None:
    with copy.read() as restored, before.read() as original:
        assert _contents(restored) == _contents(original)
        assert keys.all_keys(restored) == keys.all_keys(original)
        assert delivery.pending(restored, NOW).alerts == 1


def _rung(db: Database) -> int:
    """How many messages leave that are due."""
    pusher = FakePusher()
    work = Delivery(db, Settings(), Worker(name="w"), pusher, Clock(NOW))
    while work_once(work):
        pass
    sweep(work)
    with db.read() as conn:
        left = delivery.pending(conn, NOW)
    assert (left.alerts, left.batches, left.retries) == (0, 0, 0)
    return len(pusher.sent)


def _check_restored(db: Database, *, prevented: bool) -> None:
    if prevented:
        with db.transaction() as conn:
            conn.exec_driver_sql(_said("UPDATE").rstrip(";"))
    assert _rung(db) == (0 if prevented else 3)


@pytest.mark.parametrize("prevented", [False, True])
def test_sqlite(sqlite_database: Database, settings: Settings, tmp_path: Path, prevented: bool) -> None:
    _fill(sqlite_database)
    _run(_said("sqlite3"), settings.data_dir)
    other = tmp_path / "other"
    other.mkdir()
    (settings.data_dir / "copy.sqlite3").rename(other / "newsbell.sqlite3")
    with closing(open_database(replace(settings, data_dir=other))) as copy:
        _is_whole(copy, sqlite_database)
        _check_restored(copy, prevented=prevented)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Server]:
    try:
        with own_postgresql() as server:
            yield server
    except MissingProgramError as missing:
        pytest.skip(str(missing))


def _owners(db: Database) -> set[str]:
    with db.read() as conn:
        query = "SELECT tableowner FROM pg_tables WHERE schemaname = 'public'"
        return set(conn.exec_driver_sql(query).scalars())


@pytest.mark.database
@pytest.mark.parametrize("prevented", [False, True])
def test_postgresql(cluster: Server, tmp_path: Path, prevented: bool) -> None:
    name = f"newsbell_{prevented}".lower()
    urls = {which: cluster.url.replace("/postgres", f"/{name}_{which}") for which in ("old", "new")}
    admin = Database(cluster.url)
    with closing(admin), admin._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql(f"CREATE ROLE {name} SUPERUSER LOGIN")
        for which in urls:
            conn.exec_driver_sql(f"CREATE DATABASE {name}_{which}")
    upgrade(urls["old"])
    with closing(Database(urls["old"])) as before:
        _fill(before)
        _run(_said("pg_dump"), tmp_path, newsbell=urls["old"])
        _run(_said("pg_restore"), tmp_path, newsbell=urls["new"].replace("//newsbell@", f"//{name}@"))
        with closing(open_database(Settings(database_url=urls["new"]))) as copy:
            assert _owners(copy) == {"newsbell"}, "whoever restores, Newsbell may use them"
            _is_whole(copy, before)
            _check_restored(copy, prevented=prevented)
