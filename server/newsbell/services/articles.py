"""Articles that are stored: read, listed, corrected, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from newsbell.domain.article import Article, CleanArticle, Position, TopicMention
from newsbell.domain.text import strip_controls
from newsbell.domain.topics import MAX_TOPICS, StoredTopic
from newsbell.errors import GoneError, MalformedError, NotFoundError
from newsbell.services.topics import checked_names
from newsbell.storage import articles as store
from newsbell.storage import topics as topic_store
from newsbell.storage.articles import TopicLink
from newsbell.storage.database import Connection, Database
from newsbell.storage.statements import take_turn

MAX_TITLE = 500
MAX_SUMMARY = 5_000


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """Articles of a list, newest first; `next` is the `before` of the following page, None at the end."""

    topics: list[StoredTopic]
    articles: list[Article]
    next: Position | None


@dataclass(frozen=True, kw_only=True)
class ArticlePatch:
    """What an editor corrects; None leaves a part as it is. `topics` replaces all of them."""

    title: str | None = None
    summary: str | None = None
    topics: Sequence[str] | None = None


def get_article(db: Database, article_id: int) -> Article:
    """The article; `GoneError` where it was removed, `NotFoundError` where it never was."""
    with db.read() as conn:
        return _existing(conn, article_id)


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


def correct_article(db: Database, article_id: int, patch: ArticlePatch, now: datetime) -> Article:
    """Apply an editor's correction. It never rings: the story was rung when it was saved, or was not
    meant to ring.
    """
    with db.transaction() as conn:
        take_turn(conn)
        article = _existing(conn, article_id)
        if patch.topics is None:
            links = [
                TopicLink(topic=topic, origin=kept.origin, weight=kept.weight)
                for kept in article.topics
                if (topic := topic_store.get_by_slug(conn, kept.slug))
            ]
        else:
            names = checked_names(patch.topics, limit=MAX_TOPICS)
            links = [
                TopicLink(topic=topic, origin="editor", weight=1.0)
                for topic in topic_store.ensure(conn, names, now)
            ]
        corrected = replace(
            _as_clean(article),
            title=_text(patch.title, article.title, MAX_TITLE, "title"),
            summary=_text(patch.summary, article.summary, MAX_SUMMARY, "summary"),
        )
        return store.update(
            conn, article_id, corrected, topics=links, story_id=article.story_id, original=None, now=now
        )


def remove_article(db: Database, article_id: int, now: datetime) -> None:
    """Remove an article for good: a tombstone stays, so that it is not imported again."""
    with db.transaction() as conn:
        take_turn(conn)
        _existing(conn, article_id)
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


def _existing(conn: Connection, article_id: int) -> Article:
    article = store.get(conn, article_id)
    if article is not None:
        return article
    if store.is_removed(conn, article_id):
        raise GoneError("This article was removed.", code="article_removed")
    raise NotFoundError("There is no such article here.", code="article_not_found")


def _text(given: str | None, kept: str, limit: int, field: str) -> str:
    if given is None:
        return kept
    text = " ".join(strip_controls(given).split())
    if len(text) > limit or (field == "title" and not text):
        raise MalformedError(f"The {field} has 1 to {limit} characters.", field=field)
    return text


def _as_clean(article: Article) -> CleanArticle:
    return CleanArticle(
        url=article.url,
        canonical_url=article.canonical_url,
        title=article.title,
        summary=article.summary,
        byline=article.byline,
        body_html=article.body_html,
        body_text=article.body_text,
        lead_image=article.lead_image,
        site_name=article.site_name,
        language=article.language,
        published_at=article.published_at,
        modified_at=article.modified_at,
        topics=tuple(
            TopicMention(name=topic.name, origin=topic.origin, weight=topic.weight)
            for topic in article.topics
        ),
        removals=article.removals,
    )
