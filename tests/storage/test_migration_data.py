"""A store of any older version goes on with all that it holds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from newsbell.storage import articles, delivery, subscriptions, topics
from newsbell.storage.database import Connection, Database
from newsbell.storage.migrations import downgrade, head_revision, migrations_folder, upgrade
from newsbell.storage.schema import metadata
from tests.factories import NOW, stored_article, topic_ids

_DAY = timedelta(days=1)
_STORIES_COUNTED_ONCE = "0006"
"""From this version on a topic counts a story once, and not each of its homes."""


def _home(number: int, title: str, moment: datetime) -> dict[str, Any]:
    texts = dict.fromkeys(("summary", "body_html", "body_text", "site_name", "language"), "Snow fell.")
    address = f"https://news{number}.example/snow"
    return texts | {
        "id": number, "uuid": UUID(int=number), "story_id": 1, "url": address, "canonical_url": address,
        "title": title, "byline": ["Ada Byron"], "removals": [],
        "original_kept": number == 1, "stored_at": moment, "updated_at": moment, "sort_at": moment,
    }  # fmt: skip


_LINK = {"topic_id": 1, "position": 0, "origin": "declared", "weight": 1.0}
ROWS: dict[str, list[dict[str, Any]]] = {
    "stories": [{"id": 1, "created_at": NOW, "alerted_at": NOW}],
    "story_texts": [{"text_digest": "digest", "story_id": 1}],
    "articles": [_home(1, "The first snow", NOW), _home(2, "Snow at last", NOW + _DAY)],
    "originals": [{"article_id": 1, "page": zlib.compress(b"The page")}],
    "topics": [
        {"id": 1, "name": "Snow", "folded": "snow", "slug": "snow", "revision": 2, "articles": 2,
         "by_editor": False, "created_at": NOW, "changed_at": NOW},
    ],
    "topic_names": [
        {"folded": "snow", "topic_id": 1, "name": "Snow", "created_at": NOW},
        {"folded": "schnee", "topic_id": 1, "name": "Schnee", "created_at": NOW},
    ],
    "topic_slugs": [{"slug": "snow", "topic_id": 1}],
    "article_topics": [
        _LINK | {"sort_at": NOW, "article_id": 1},
        _LINK | {"sort_at": NOW + _DAY, "article_id": 2},
    ],
    "revisions": [{"name": "all", "value": 2, "changed_at": NOW}],
    "vapid_keys": [{"id": 1, "private_key": "private", "public_key": "public", "created_at": NOW}],
    "subscriptions": [
        {"id": 1, "endpoint": "https://push.example/1", "p256dh": "key", "auth": "secret",
         "vapid_key_id": 1, "manage_token_hash": "hash", "created_at": NOW},
        {"id": 2, "endpoint": "https://push.example/2", "p256dh": "key", "auth": "secret",
         "vapid_key_id": 1, "manage_token_hash": "other", "created_at": NOW, "suspended_at": NOW,
         "refused_since": NOW},
    ],
    "subscription_topics": [{"topic_id": 1, "subscription_id": number} for number in (1, 2)],
    "alerts": [
        {"id": 1, "story_id": 1, "article_id": 1, "created_at": NOW, "expires_at": NOW + _DAY, "cursor": 2,
         "until_id": 2, "due_at": NOW, "planned_at": NOW, "worker": "planner"},
    ],
    "alert_topics": [{"alert_id": 1, "topic_id": 1}],
    "batches": [
        {"id": 1, "alert_id": 1, "after_id": 0, "until_id": 2, "due_at": NOW, "attempts": 0},
    ],
}  # fmt: skip
"""A store in which an article with two homes is being rung for; one of two readers is suspended."""


def _older() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    found = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    return sorted(set(found) - {head_revision()})


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'old.sqlite3'}"


@pytest.fixture
def empty_postgresql(postgresql_url: str) -> Iterator[str]:
    downgrade(postgresql_url, "base")
    yield postgresql_url
    downgrade(postgresql_url, "base")
    upgrade(postgresql_url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def empty(request: pytest.FixtureRequest) -> str:
    """The address of a database without tables of ours, on each database in turn."""
    url: str = request.getfixturevalue(f"empty_{request.param}")
    return url


@pytest.mark.parametrize("revision", _older())
def test_a_store_of_an_older_version_keeps_what_it_holds(empty: str, revision: str) -> None:
    upgrade(empty, revision)
    with closing(Database(empty)) as database:
        with database.transaction() as conn:
            _fill(conn, revision)
        upgrade(empty)
        with database.transaction() as conn:
            assert compare_metadata(MigrationContext.configure(conn), metadata) == []
            _check(conn)


@pytest.mark.parametrize("revision", _older())
def test_a_store_taken_back_to_an_older_version_keeps_it_too(empty: str, revision: str) -> None:
    oldest = _older()[0]
    upgrade(empty, oldest)
    with closing(Database(empty)) as database:
        with database.transaction() as conn:
            _fill(conn, oldest)
        upgrade(empty)
        downgrade(empty, revision)
        upgrade(empty)
        with database.transaction() as conn:
            _check(conn)


def _check(conn: Connection) -> None:
    first, second = articles.get(conn, 1), articles.get(conn, 2)
    assert first is not None
    assert second is not None
    assert (first.title, first.sort_at, first.byline) == ("The first snow", NOW, ("Ada Byron",))
    assert (first.original_kept, second.original_kept) == (True, False)
    assert articles.original(conn, 1) == b"The page"
    assert [home.id for home in first.also_at] == [2]
    snow = topics.get(conn, 1)
    assert snow is not None
    assert (snow.name, snow.aliases) == ("Snow", ("Schnee",))
    listed = articles.latest(conn, topic_ids=[1], before=None, limit=9)
    assert [one.id for one in listed] == [1]
    assert snow.articles == len(listed), "a story is counted once"
    reader = subscriptions.get(conn, 1)
    assert reader is not None
    assert [topic.name for topic in reader.topics] == ["Snow"]
    work = delivery.due(conn, NOW, limit=9)
    assert (work.alerts, work.batches) == ([], [1])
    batch = delivery.claim_batch(conn, "worker", NOW, timedelta(minutes=1))
    assert batch is not None
    assert [one.subscription_id for one in delivery.recipients(conn, batch)] == [1]
    assert subscriptions.try_suspended_again(conn, NOW + _DAY, [_DAY / 2, _DAY], limit=9) == 1
    assert [one.subscription_id for one in delivery.recipients(conn, batch)] == [1, 2]
    assert subscriptions.suspend(conn, 2, NOW + _DAY) == (NOW, 1), "refused as long as it was suspended"
    assert stored_article(conn, "Schnee", "Rain").id == 3
    assert topic_ids(conn, ["Snow", "Rain"]) == [1, 2]


def _fill(conn: Connection, revision: str) -> None:
    """The rows, as far as this version has columns for them."""
    old = sa.MetaData()
    old.reflect(conn)
    for name, rows in ROWS.items():
        for row in rows:
            table = old.tables[name]
            kept = {column: _as_kept(conn, value) for column, value in row.items() if column in table.c}
            conn.execute(sa.insert(table).values(kept))
    if revision >= _STORIES_COUNTED_ONCE:
        conn.execute(sa.update(old.tables["topics"]).values(articles=1))
    if conn.dialect.name == "postgresql":
        for name in ("stories", "articles", "topics", "subscriptions", "alerts", "batches", "vapid_keys"):
            last = sa.select(sa.func.max(old.tables[name].c.id)).scalar_subquery()
            conn.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, "id"), last)))


def _as_kept(conn: Connection, value: Any) -> Any:
    """The value as a table without our types takes it: SQLite has neither zones nor UUIDs."""
    if conn.dialect.name == "sqlite":
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        if isinstance(value, UUID):
            return value.hex
    return value
