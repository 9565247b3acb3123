"""Articles as rows, and rows as articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsbell.domain.article import Article, ArticleTopic, CleanArticle, Picture, Removal
from newsbell.errors import MalformedError
from newsbell.storage import schema
from newsbell.storage.database import Connection
from newsbell.storage.schema import article_topics

MAX_URL = 2_048
"""Bytes of a canonical URL; PostgreSQL cannot index much longer ones."""


def with_topics(conn: Connection, rows: Sequence[sa.Row[Any]]) -> list[Article]:
    """The rows as articles, in their order; one query for the topics of all."""
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
    return [_article(row, topics[row.id]) for row in rows]


def _article(row: sa.Row[Any], topics: Sequence[ArticleTopic]) -> Article:
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
    )


def columns(clean: CleanArticle) -> dict[str, Any]:
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
        "removals": [asdict(removal) for removal in clean.removals],
    }


def sort_at_of(clean: CleanArticle, *, stored_at: datetime) -> datetime:
    return min(clean.published_at or stored_at, stored_at)
