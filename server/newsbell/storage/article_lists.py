"""Lists of articles, newest first: read from the end of an index, never sorted out of the whole store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsbell.domain.article import Article, Position
from newsbell.domain.topics import MAX_UNION
from newsbell.errors import MalformedError
from newsbell.storage.article_rows import with_topics
from newsbell.storage.database import Connection
from newsbell.storage.schema import article_topics, articles, topics
from newsbell.storage.statements import LARGEST_NUMBER
from newsbell.storage.types import AwareUTC

_LEAST = 8
"""Articles that are looked for in each topic of a union at first."""
_LINK = article_topics.c


def latest(
    conn: Connection, *, topic_ids: Collection[int] | None, before: Position | None, limit: int
) -> list[Article]:
    """The newest articles of these topics (None: of all), each once, in the order of `Position`, from behind
    `before`. Of a story's articles in the list, the one that was here first stands for all.

    A few queries, however many topics; at most MAX_UNION of them, else `MalformedError`.
    """
    if topic_ids is None:
        everything = sa.select(articles).where(articles.c.removed_at.is_(None), ~_stands_earlier(None))
        query = _page(everything, articles.c.sort_at, articles.c.id, before, limit)
    elif not topic_ids:
        return []
    elif len(chosen := set(topic_ids)) > 1:
        return with_topics(conn, _union(conn, chosen, before, limit))
    else:
        listed = sa.select(articles).join(article_topics, _LINK.article_id == articles.c.id)
        listed = listed.where(_LINK.topic_id == min(chosen), ~_stands_earlier(chosen))
        query = _page(listed, _LINK.sort_at, _LINK.article_id, before, limit)
    return with_topics(conn, conn.execute(query).all())


def _page(
    query: sa.Select[Any],
    sort_at: sa.ColumnElement[datetime],
    number: sa.ColumnElement[int],
    before: Position | None,
    limit: int,
) -> sa.Select[Any]:
    """The query's newest rows from behind a position, in an order that the index on both columns has."""
    if before is not None:
        query = query.where(_behind(before, sort_at, number))
    return query.order_by(sort_at.desc(), number.desc()).limit(limit)


def _behind(
    before: Position, sort_at: sa.ColumnElement[datetime], number: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    place = sa.tuple_(sa.literal(before.sort_at, AwareUTC), sa.literal(min(before.id, LARGEST_NUMBER)))
    return sa.tuple_(sort_at, number) < place


def _union(
    conn: Connection, topic_ids: Collection[int], before: Position | None, limit: int
) -> list[sa.Row[Any]]:
    """A piece of time after the other, from the newest on, until there are enough.

    A topic may hold nothing but what another of them showed first: looking in each for its newest that are
    shown would read it to its end.
    """
    if len(topic_ids) > MAX_UNION:
        raise MalformedError(f"At most {MAX_UNION} topics can be listed together.", field="topics")
    found: list[sa.Row[Any]] = []
    size = max(_LEAST, 2 * limit // len(topic_ids))
    while len(found) < limit:
        since = _since(conn, topic_ids, before, size)
        found += conn.execute(_between(topic_ids, since, before, limit - len(found))).all()
        if since is None:
            break
        before, size = Position(sort_at=since, id=0), size * 4
    return found


def _since(
    conn: Connection, topic_ids: Collection[int], before: Position | None, size: int
) -> datetime | None:
    """A moment since which at least one of the topics has `size` articles, and none many more; None where
    they all have fewer.
    """
    places = sa.select(_LINK.sort_at).where(_LINK.topic_id == topics.c.id)
    last = _page(places, _LINK.sort_at, _LINK.article_id, before, 1).offset(size - 1)
    newest = sa.func.max(last.correlate(topics).scalar_subquery(), type_=AwareUTC)
    return conn.execute(sa.select(newest).where(topics.c.id.in_(topic_ids))).scalar()


def _between(
    topic_ids: Collection[int], since: datetime | None, before: Position | None, limit: int
) -> sa.Select[Any]:
    """What the union shows of that time."""
    places = sa.select(_LINK.article_id).distinct().where(_LINK.topic_id.in_(topic_ids))
    if since is not None:
        places = places.where(_LINK.sort_at >= since)
    if before is not None:
        # The first condition is for the index, which SQLite does not use for the second behind an IN.
        places = places.where(
            _LINK.sort_at <= before.sort_at, _behind(before, _LINK.sort_at, _LINK.article_id)
        )
    place = places.subquery()
    shown = sa.select(articles.c.id).join(place, place.c.article_id == articles.c.id)
    shown = _page(shown.where(~_stands_earlier(topic_ids)), articles.c.sort_at, articles.c.id, None, limit)
    chosen = shown.subquery()
    query = sa.select(articles).join(chosen, chosen.c.id == articles.c.id)
    return query.order_by(articles.c.sort_at.desc(), articles.c.id.desc())


def _stands_earlier(topic_ids: Collection[int] | None) -> sa.ColumnElement[bool]:
    """Whether another article of the story, which was here before, is in the same list."""
    home, link = articles.alias(), article_topics.alias()
    earlier = sa.and_(home.c.story_id == articles.c.story_id, home.c.id < articles.c.id)
    if topic_ids is None:
        return sa.exists().where(earlier, home.c.removed_at.is_(None))
    # A removed article has no topics.
    return sa.exists().where(earlier, link.c.article_id == home.c.id, link.c.topic_id.in_(topic_ids))
