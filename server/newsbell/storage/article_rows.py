"""Articles as rows, and rows as articles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsbell.domain.article import Article, ArticleTopic, CleanArticle, Home, Picture, Removal
from newsbell.domain.identity import MAX_URL
from newsbell.errors import MalformedError
from newsbell.storage import schema
from newsbell.storage.database import Connection
from newsbell.storage.schema import article_topics, articles

MAX_HOMES = 20
"""Other homes of its story that an article names."""


def with_topics(conn: Connection, rows: Sequence[sa.Row[Any]]) -> list[Article]:
    """The rows as articles, in their order; a query for the topics of all, and one for their other homes."""
    if not rows:
        return []
    topics: dict[int, list[ArticleTopic]] = {row.id: [] for row in rows}
    link, topic = article_topics.c, schema.topics.c
    query = (
        sa.select(link.article_id, topic.name, topic.slug, link.origin, link.weight)
        .join(schema.topics, topic.id == link.topic_id)
        .where(link.article_id.in_(topics))
        .order_by(link.article_id, link.position)
    )
    for row in conn.execute(query):
        topics[row.article_id].append(
            ArticleTopic(name=row.name, slug=row.slug, origin=row.origin, weight=row.weight)
        )
    homes = _homes(conn, {row.story_id for row in rows})
    return [_article(row, topics[row.id], homes.get(row.story_id, ())) for row in rows]


def _homes(conn: Connection, story_ids: Collection[int]) -> dict[int, list[Home]]:
    """The oldest articles of these stories, each story's in their order."""
    told = articles.c
    place = sa.func.row_number().over(partition_by=articles.c.story_id, order_by=articles.c.id)
    one = (
        sa.select(
            told.id,
            told.story_id,
            told.url,
            told.canonical_url,
            told.site_name,
            told.title,
            place.label("place"),
        )
        .where(articles.c.story_id.in_(story_ids), articles.c.removed_at.is_(None))
        .subquery()
    )
    homes: dict[int, list[Home]] = {}
    for row in conn.execute(sa.select(one).where(one.c.place <= MAX_HOMES + 1).order_by(one.c.id)):
        home = Home(id=row.id, url=row.url or row.canonical_url, site_name=row.site_name, title=row.title)
        homes.setdefault(row.story_id, []).append(home)
    return homes


def _article(row: sa.Row[Any], topics: Sequence[ArticleTopic], homes: Sequence[Home]) -> Article:
    return Article(
        id=row.id,
        uuid=row.uuid,
        story_id=row.story_id,
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        summary=row.summary,
        byline=tuple(row.byline),
        body_html=row.body_html,
        body_text=row.body_text,
        lead_image=None if row.lead_image is None else Picture(**row.lead_image),
        site_name=row.site_name,
        language=row.language,
        published_at=row.published_at,
        modified_at=row.modified_at,
        stored_at=row.stored_at,
        updated_at=row.updated_at,
        sort_at=row.sort_at,
        topics=tuple(topics),
        removals=tuple(Removal(**removal) for removal in row.removals),
        pinned=tuple(row.pinned),
        restored=tuple(Removal(**removal) for removal in row.restored),
        original_kept=row.original_kept,
        cut_off=row.cut_off,
        also_at=tuple(home for home in homes if home.id != row.id)[:MAX_HOMES],
    )


def columns(clean: CleanArticle) -> dict[str, Any]:
    # In bytes here: PostgreSQL cannot index much longer ones.
    if len(clean.canonical_url.encode()) > MAX_URL:
        raise MalformedError(f"The article's address has more than {MAX_URL} bytes.", field="url")
    return {
        "url": clean.url,
        "canonical_url": clean.canonical_url,
        "title": clean.title,
        "summary": clean.summary,
        "byline": list(clean.byline),
        "body_html": clean.body_html,
        "body_text": clean.body_text,
        "lead_image": None if clean.lead_image is None else asdict(clean.lead_image),
        "site_name": clean.site_name,
        "language": clean.language,
        "published_at": clean.published_at,
        "modified_at": clean.modified_at,
        "cut_off": clean.cut_off,
        "removals": [asdict(removal) for removal in clean.removals],
    }


def sort_at_of(clean: CleanArticle, *, stored_at: datetime) -> datetime:
    return min(clean.published_at or stored_at, stored_at)
