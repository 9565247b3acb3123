"""A large store, made by the database itself: a million readers in seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from benchmarks.store import Browser, ring
from newsbell.config import Settings
from newsbell.storage import topics
from newsbell.storage.database import Connection, Database
from newsbell.storage.schema import (
    alerts,
    articles,
    batches,
    metadata,
    stories,
    subscription_topics,
    subscriptions,
)

_ELSEWHERE = "Elsewhere"
"""The topic of all who do not follow what is rung for."""


def fill(db: Database, settings: Settings, *, readers: int, followers: dict[str, int], endpoint: str) -> None:
    """Store so many readers, the first so many of them followers of each topic named, spread evenly among the
    others; and for each hundred readers an article that was rung for and is done.
    """
    now = datetime.now(UTC)
    sizes = {_ELSEWHERE: readers, **followers}
    with db.transaction() as conn:  # one of its own: it holds what other stores of the server may wait for
        found = [topic.id for topic in topics.ensure(conn, list(sizes), now)]
    with db.transaction() as conn:
        conn.execute(sa.insert(subscriptions).from_select(*_readers(readers, endpoint, now)))
        for topic, (name, number) in zip(found, sizes.items(), strict=True):
            step = max(1, readers // max(1, number))
            chosen = sa.select(sa.literal(topic), subscriptions.c.id).where(subscriptions.c.id % step == 0)
            if name == _ELSEWHERE:
                chosen = sa.select(sa.literal(topic), subscriptions.c.id)
            conn.execute(
                sa.insert(subscription_topics).from_select(
                    ["topic_id", "subscription_id"], chosen.limit(number)
                )
            )
    ring(db, settings, _ELSEWHERE)
    with db.transaction() as conn:
        conn.execute(sa.update(alerts).values(planned_at=now))
        _old_articles(conn, readers // 100)
    if db.dialect == "postgresql":
        with db.transaction() as conn:
            _number_on(conn)
        settle(db)


def numbers(count: int) -> Any:
    """1 to count, as rows."""
    number = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    return number.union_all(sa.select(number.c.n + 1).where(number.c.n < count))


def text_of(prefix: str, number: Any) -> Any:
    return sa.literal(prefix).concat(sa.cast(number, sa.String))


def _readers(count: int, endpoint: str, now: datetime) -> tuple[list[str], Any]:
    browser, row = Browser(), numbers(count)
    when = subscriptions.c.created_at.type
    values = {
        "endpoint": text_of(endpoint, row.c.n),
        "p256dh": sa.literal(browser.p256dh),
        "auth": sa.literal(browser.auth_text),
        "vapid_key_id": sa.literal(1),
        "manage_token_hash": text_of("hash ", row.c.n),
        "created_at": sa.literal(now, when),
        "first_success_at": sa.literal(now, when),
    }
    return list(values), sa.select(*values.values())


def _old_articles(conn: Connection, count: int) -> None:
    """Copies of the one article there is, each of its own story, with an alert and a batch, both done."""
    if not count:
        return
    shift = conn.execute(sa.select(sa.func.max(articles.c.id))).scalar_one()
    rows = numbers(count)
    number = rows.c.n + shift
    for table, changed in (
        (stories, {"id": number, "text_digest": text_of("digest ", number)}),
        (
            articles,
            {"id": number, "story_id": number, "canonical_url": text_of("https://news.example/old/", number)}
            | {"uuid": uuid_of(conn)},
        ),
        (alerts, {"id": number, "story_id": number, "article_id": number}),
    ):
        columns = [column for column in table.c if column.name != "id" or "id" in changed]
        chosen = [changed.get(column.name, column).label(column.name) for column in columns]
        copies = sa.select(*chosen).select_from(rows).join(table, table.c.id == 1)
        conn.execute(sa.insert(table).from_select([column.name for column in columns], copies))
    now = datetime.now(UTC)
    when = batches.c.due_at.type
    done = {
        "alert_id": number,
        "after_id": sa.literal(0),
        "until_id": sa.literal(1),
        "due_at": sa.literal(now, when),
        "attempts": sa.literal(1),
        "done_at": sa.literal(now, when),
    }
    conn.execute(sa.insert(batches).from_select(list(done), sa.select(*done.values())))


def _number_on(conn: Connection) -> None:
    """Let the next rows be numbered behind those that were given their numbers."""
    for table in (stories, articles, alerts):
        last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
        conn.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "id"), last)))


def settle(db: Database) -> None:
    """Leave PostgreSQL's tables as they are in a store that has been there for a while, and let nothing else
    look at their pages.
    """
    engine = sa.create_engine(db.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        for table in metadata.sorted_tables:
            conn.execute(sa.text(f"ALTER TABLE {table.name} SET (autovacuum_enabled = off)"))
            conn.execute(sa.text(f"VACUUM ANALYZE {table.name}"))
    engine.dispose()


def uuid_of(conn: Connection) -> Any:
    if conn.dialect.name == "postgresql":
        return sa.func.gen_random_uuid()
    return sa.func.lower(sa.func.hex(sa.func.randomblob(16)))
