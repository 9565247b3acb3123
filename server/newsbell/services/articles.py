"""Articles that are stored: read, listed, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbell.domain.article import Article, Position
from newsbell.domain.topics import StoredTopic
from newsbell.errors import GoneError, NotFoundError
from newsbell.storage import articles as store
from newsbell.storage import topics as topic_store
from newsbell.storage.database import Connection, Database
from newsbell.storage.statements import take_turn


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """Articles of a list, newest first; `next` is the `before` of the following page, None at the end."""

    topics: list[StoredTopic]
    articles: list[Article]
    next: Position | None


def get_article(db: Database, article_id: int) -> Article:
    """The article; `GoneError` where it was removed, `NotFoundError` where it never was."""
    with db.read() as conn:
        return existing(conn, article_id)


def list_articles(
    db: Database, *, topics: Sequence[str] | None = None, before: Position | None = None, limit: int = 50
) -> ArticlePage:
    """A page of all articles, or of the union of topics (by slug; old slugs lead to the new topic)."""
    with db.read() as conn:
        found = None if topics is None else topics_by_slug(conn, topics)
        ids = None if found is None else [topic.id for topic in found]
        articles = store.latest(conn, topic_ids=ids, before=before, limit=limit + 1)
    page = articles[:limit]
    more = len(articles) > limit
    return ArticlePage(
        topics=found or [],
        articles=page,
        next=Position(sort_at=page[-1].sort_at, id=page[-1].id) if more else None,
    )


def remove_article(db: Database, article_id: int, now: datetime) -> None:
    """Remove an article for good: a tombstone stays, so that it is not imported again."""
    with db.transaction() as conn:
        take_turn(conn)
        existing(conn, article_id)
        store.remove(conn, article_id, now)


def topics_by_slug(conn: Connection, slugs: Sequence[str]) -> list[StoredTopic]:
    """The topics of these slugs, each once, in the order given; `NotFoundError` names none twice."""
    found: dict[int, StoredTopic] = {}
    for slug in slugs:
        resolved = topic_store.resolve_slug(conn, slug)
        if resolved is None:
            raise NotFoundError("There is no such topic here.", code="topic_not_found", field="topic")
        found.setdefault(resolved[0].id, resolved[0])
    return list(found.values())


def existing(conn: Connection, article_id: int) -> Article:
    """The article; raises as `get_article` does."""
    article = store.get(conn, article_id)
    if article is not None:
        return article
    if store.is_removed(conn, article_id):
        raise GoneError("This article was removed.", code="article_removed")
    raise NotFoundError("There is no such article here.", code="article_not_found")
