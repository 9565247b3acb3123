"""Which feed is asked for, whether anything in it has changed, and its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbell.domain.article import Article, Position
from newsbell.domain.topics import StoredTopic
from newsbell.services.articles import topics_by_slug
from newsbell.storage import articles as store
from newsbell.storage import topics as topic_store
from newsbell.storage.database import Connection, Database


@dataclass(frozen=True, kw_only=True)
class FeedState:
    """The topics of a feed, each once and by slug (none: every article); the revision of what they list,
    which changes whenever anything in the feed does; and when it changed last, None where nothing ever did.
    """

    topics: tuple[StoredTopic, ...]
    revision: int
    changed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FeedPage:
    """Articles of a feed, newest first, and the state of the feed that they belong to; `next` is the
    `before` of the following page, None at the end. `stands` says whether the page begins at the newest
    article or after one that there is: other places can be made up without end.
    """

    state: FeedState
    articles: tuple[Article, ...]
    next: Position | None
    stands: bool = True


def feed_state(db: Database, slugs: Sequence[str]) -> FeedState:
    """The state of the union of topics: all that a poll costs when nothing has changed, no article is read.
    `NotFoundError` where a topic is unknown.
    """
    with db.read() as conn:
        return _state(conn, slugs)


def feed_page(db: Database, slugs: Sequence[str], *, before: Position | None, limit: int) -> FeedPage:
    """A page of the union of topics (no slugs: of every article), all of it as of one moment."""
    with db.read() as conn:
        state = _state(conn, slugs)
        found = store.latest(conn, topic_ids=_ids(state.topics), before=before, limit=limit + 1)
        stands = before is None or _stands(conn, before)
    shown = tuple(found[:limit])
    more = len(found) > limit
    return FeedPage(
        state=state,
        articles=shown,
        next=Position(sort_at=shown[-1].sort_at, id=shown[-1].id) if more else None,
        stands=stands,
    )


def _stands(conn: Connection, position: Position) -> bool:
    article = store.get(conn, position.id)
    return article is not None and article.sort_at == position.sort_at


def _state(conn: Connection, slugs: Sequence[str]) -> FeedState:
    topics = tuple(sorted(topics_by_slug(conn, slugs), key=lambda topic: topic.slug))
    return FeedState(
        topics=topics,
        revision=topic_store.revision(conn, _ids(topics)),
        changed_at=topic_store.last_change(conn, _ids(topics)),
    )


def _ids(topics: Sequence[StoredTopic]) -> list[int] | None:
    return [topic.id for topic in topics] or None
