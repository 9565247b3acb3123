from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from newsbell.services.known import topics_known
from newsbell.storage import topics as store
from newsbell.storage.database import Connection, Database

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def known_names(db: Database) -> dict[str, str]:
    with db.read() as conn:
        return topics_known(db, conn).names


def made(db: Database, *names: str) -> list[int]:
    with db.transaction() as conn:
        return [topic.id for topic in store.ensure(conn, names, NOW, by_editor=True)]


def alias(conn: Connection, topic: int) -> None:
    store.add_alias(conn, topic, "Drought", NOW)


def name(conn: Connection, topic: int) -> None:
    store.rename(conn, topic, "Big Dry", NOW)


def spelling(conn: Connection, topic: int) -> None:
    store.rename(conn, topic, "DRY", NOW + timedelta(seconds=1))


def another(conn: Connection, _topic: int) -> None:
    store.ensure(conn, ["Wet"], NOW, by_editor=True)


@pytest.mark.parametrize("change", [alias, name, spelling, another])
def test_a_change_of_names_is_known_at_once(
    database: Database, change: Callable[[Connection, int], None]
) -> None:
    (topic,) = made(database, "Dry")
    before = known_names(database)
    with database.transaction() as conn:
        change(conn, topic)
    assert known_names(database) != before


def test_a_name_taken_away_is_known_no_more(database: Database) -> None:
    (topic,) = made(database, "Dry")
    with database.transaction() as conn:
        alias(conn, topic)
    assert "drought" in known_names(database)
    with database.transaction() as conn:
        store.remove_alias(conn, topic, "Drought")
    assert "drought" not in known_names(database)


def test_articles_that_come_leave_the_topics_as_they_are(database: Database) -> None:
    (topic,) = made(database, "Dry")
    with database.read() as conn:
        before = topics_known(database, conn)
    with database.transaction() as conn:
        store.changed(conn, [topic], NOW)
        store.recount(conn, gained=[topic], lost=[])
    with database.read() as conn:
        assert topics_known(database, conn) is before
