"""A large store of articles, made by the database itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from benchmarks.crowd import numbers, settle, text_of, uuid_of
from newsbell.storage import topics
from newsbell.storage.database import Connection, Database
from newsbell.storage.schema import article_topics, articles, stories
from newsbell.storage.schema import topics as topic_rows

EVERYTHING, FEW = "Everything", "Few"
PARTS = tuple(f"Part {number}" for number in range(48))
"""Topics that each have a hundredth of the articles."""
COPIED = 1_000
"""Homes of the one story that was copied by everybody, where the store is large enough."""

_FEW = 40
_TEXT = (
    "The ferry made its last crossing on Monday evening, and the harbour master rang the old bell once. " * 4
)


def fill(db: Database, size: int) -> None:
    """Store so many articles, a minute apart; each fifth tells the story of the one before it, and in the
    middle many tell one story.
    """
    now = datetime.now(UTC)
    with db.transaction() as conn:  # one of its own: it holds what other stores of the server may wait for
        topics.ensure(conn, [EVERYTHING, FEW, *PARTS], now)
    with db.transaction() as conn:
        number = numbers(size)
        when = sa.literal(now, stories.c.created_at.type)
        conn.execute(sa.insert(stories).from_select(["id", "created_at"], sa.select(number.c.n, when)))
        conn.execute(sa.insert(articles).from_select(*_articles(conn, size, when)))
        _link(conn, size)
    if db.dialect == "postgresql":
        with db.transaction() as conn:
            for table in (stories, articles):
                last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                conn.execute(
                    sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "id"), last))
                )
        settle(db)


def _articles(conn: Connection, size: int, when: Any) -> tuple[list[str], Any]:
    number = numbers(size)
    n = number.c.n
    many = n.between(size // 2, size // 2 + min(COPIED, size // 4) - 1)
    story = sa.case((many, size // 2), (n % 5 == 0, n - 1), else_=n)
    nothing = sa.literal([], articles.c.byline.type)
    values = {
        "id": n,
        "uuid": uuid_of(conn),
        "story_id": story,
        "url": text_of("https://news.example/", n),
        "canonical_url": text_of("https://news.example/", n),
        "title": text_of("Ferry ", n),
        "body_html": sa.literal(f"<p>{_TEXT}</p>"),
        "body_text": sa.literal(_TEXT),
        **{name: sa.literal("") for name in ("summary", "site_name", "language")},
        **dict.fromkeys(("byline", "removals"), nothing),
        **dict.fromkeys(("stored_at", "updated_at"), when),
        "sort_at": _minute(conn, n),
    }
    return list(values), sa.select(*(value.label(name) for name, value in values.items()))


def _minute(conn: Connection, n: Any) -> Any:
    """The moment of the article of this number."""
    if conn.dialect.name == "postgresql":
        return sa.cast(sa.literal("2020-01-01 00:00:00+00"), sa.DateTime(timezone=True)) + (
            n * sa.cast(sa.literal("1 minute"), sa.Interval)
        )
    return sa.func.strftime("%Y-%m-%d %H:%M:%S.000000", "2020-01-01", text_of("+", n).concat(" minutes"))


def _link(conn: Connection, size: int) -> None:
    shares = {EVERYTHING: (1, 0), FEW: (max(1, size // _FEW), 0)}
    shares |= {name: (100, place) for place, name in enumerate(PARTS)}
    found = topics.resolve(conn, list(shares))
    for name, (step, rest) in shares.items():
        topic_id = found[name].id
        rows = sa.select(
            sa.literal(topic_id), articles.c.sort_at, articles.c.id, sa.literal(0), sa.literal("declared"),
            sa.literal(0.5),
        ).where(articles.c.id % step == rest)  # fmt: skip
        columns = ["topic_id", "sort_at", "article_id", "position", "origin", "weight"]
        # A large topic's rows come in the order of its list, as they do in life.
        conn.execute(sa.insert(article_topics).from_select(columns, rows.order_by(articles.c.id)))
        told = sa.select(sa.func.count(articles.c.story_id.distinct())).where(articles.c.id % step == rest)
        conn.execute(
            sa.update(topic_rows).where(topic_rows.c.id == topic_id).values(articles=told.scalar_subquery())
        )
