"""Lists of articles, newest first: read from the end of an index, never sorted out of the whole store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsbell.domain.article import Article, Position
from newsbell.errors import MalformedError
from newsbell.storage.article_rows import with_topics
from newsbell.storage.database import Connection
from newsbell.storage.schema import article_topics, articles
from newsbell.storage.statements import LARGEST_NUMBER
from newsbell.storage.types import AwareUTC

MAX_UNION = 200
"""Topics that one list can be the union of."""

_LINK = article_topics.c


def latest(
    conn: Connection, *, topic_ids: Collection[int] | None, before: Position | None, limit: int
) -> list[Article]:
    """The newest articles of these topics (None: of all), each once, in the order of `Position`, from behind
    `before`. Of a story's articles in the list, the one that was here first stands for all.

    Three queries, however many topics; at most MAX_UNION of them, else `MalformedError`.
    """
    if topic_ids is None:
        everything = sa.select(articles).where(articles.c.removed_at.is_(None), ~_stands_earlier(None))
        query = _page(everything, articles.c.sort_at, articles.c.id, before, limit)
    elif not topic_ids:
        return []
    elif len(chosen := set(topic_ids)) > 1:
        query = _union(chosen, before, limit)
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
        place = sa.tuple_(sa.literal(before.sort_at, AwareUTC), sa.literal(min(before.id, LARGEST_NUMBER)))
        query = query.where(sa.tuple_(sort_at, number) < place)
    return query.order_by(sort_at.desc(), number.desc()).limit(limit)


def _union(topic_ids: Collection[int], before: Position | None, limit: int) -> sa.Select[Any]:
    """The newest of each topic come from the index, so that only a few have to be sorted together."""
    if len(topic_ids) > MAX_UNION:
        raise MalformedError(f"At most {MAX_UNION} topics can be listed together.", field="topics")
    pages = []
    for topic_id in topic_ids:
        places = sa.select(_LINK.sort_at, _LINK.article_id)
        places = places.join(articles, articles.c.id == _LINK.article_id)
        places = places.where(_LINK.topic_id == topic_id, ~_stands_earlier(topic_ids))
        pages.append(sa.select(_page(places, _LINK.sort_at, _LINK.article_id, before, limit).subquery()))
    found = sa.union(*pages).subquery().c
    newest = sa.select(found.sort_at, found.article_id)
    newest = newest.order_by(found.sort_at.desc(), found.article_id.desc()).limit(limit)
    chosen = newest.subquery()
    return (
        sa.select(articles)
        .join(chosen, chosen.c.article_id == articles.c.id)
        .order_by(chosen.c.sort_at.desc(), chosen.c.article_id.desc())
    )


def _stands_earlier(topic_ids: Collection[int] | None) -> sa.ColumnElement[bool]:
    """Whether another article of the story, which was here before, is in the same list."""
    home, link = articles.alias(), article_topics.alias()
    earlier = sa.and_(home.c.story_id == articles.c.story_id, home.c.id < articles.c.id)
    if topic_ids is None:
        return sa.exists().where(earlier, home.c.removed_at.is_(None))
    # A removed article has no topics.
    return sa.exists().where(earlier, link.c.article_id == home.c.id, link.c.topic_id.in_(topic_ids))
