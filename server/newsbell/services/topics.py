"""Topics: found, listed, and put in order by the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbell.domain.slugs import MAX_SLUG
from newsbell.domain.topics import StoredTopic, clean_name
from newsbell.errors import MalformedError, NotFoundError, RefusedError
from newsbell.storage import topics as store
from newsbell.storage.database import Connection, Database

MAX_UNLISTED = 10_000
"""Topics that are followed but that no article has: anybody can name one, so there is a bound."""
MAX_UNLISTED_OF_ONE = 10
"""How many of them one subscription may follow, so that no one reader uses them up for all."""


@dataclass(frozen=True, kw_only=True)
class TopicFound:
    """A topic by its slug; `moved` when the slug asked for is an old one, so that callers redirect."""

    topic: StoredTopic
    moved: bool


@dataclass(frozen=True, kw_only=True)
class TopicPage:
    """Listed topics by name; `next` is the `after` of the following page, None at the end."""

    topics: list[StoredTopic]
    next: str | None


def find_topic(db: Database, slug: str) -> TopicFound:
    with db.read() as conn:
        return _find(conn, slug)


def list_topics(db: Database, *, after: str | None = None, limit: int = 200) -> TopicPage:
    """Topics that at least one article has, `limit` of them behind `after`."""
    with db.read() as conn:
        found = store.listed(conn, after=after, limit=limit + 1)
    page = found[:limit]
    return TopicPage(topics=page, next=page[-1].name if len(found) > limit else None)


def known_topics(db: Database, names: Sequence[str]) -> dict[str, StoredTopic]:
    """The topics that these names, slugs or aliases mean; what is not known here is left out."""
    with db.read() as conn:
        return store.resolve(conn, names)


def waiting_topics(db: Database, *, limit: int = 1_000) -> list[StoredTopic]:
    """Topics that readers named and no article has yet, the newest first, at most `limit`."""
    with db.read() as conn:
        return store.unlisted(conn, limit)


def forget_topic(db: Database, slug: str) -> None:
    """Forget a topic that no article has, and that anybody follows it."""
    with db.transaction() as conn:
        topic = _find(conn, slug).topic
        if not store.forget(conn, topic.id):
            raise RefusedError(f"{topic.name} has articles, or had; merge it into another.", field="topic")


def rename_topic(db: Database, slug: str, name: str, now: datetime) -> StoredTopic:
    """Give a topic another name. The old address redirects, the old name goes on as an alias, and every
    follower stays.
    """
    cleaned = _name(name)
    with db.transaction() as conn:
        topic = _find(conn, slug).topic
        store.rename(conn, topic.id, cleaned, now)
        return _reread(conn, topic.id, slug)


def merge_topics(db: Database, from_slug: str, into_slug: str, now: datetime) -> StoredTopic:
    """Move articles, followers and addresses of one topic into another."""
    with db.transaction() as conn:
        source, target = _find(conn, from_slug).topic, _find(conn, into_slug).topic
        if source.id == target.id:
            raise RefusedError("A topic cannot be merged into itself.", field="into")
        store.merge(conn, source.id, target.id, now)
        return _reread(conn, target.id, into_slug)


def add_alias(db: Database, slug: str, alias: str, now: datetime) -> StoredTopic:
    """Let a topic be known by another name as well, for recognising it and for finding it."""
    cleaned = _name(alias)
    with db.transaction() as conn:
        topic = _find(conn, slug).topic
        store.add_alias(conn, topic.id, cleaned, now)
        return _reread(conn, topic.id, slug)


def remove_alias(db: Database, slug: str, alias: str) -> StoredTopic:
    with db.transaction() as conn:
        topic = _find(conn, slug).topic
        if not store.remove_alias(conn, topic.id, alias):
            raise NotFoundError(f"{topic.name} has no alias {alias}.", field="alias")
        return _reread(conn, topic.id, slug)


def checked_names(conn: Connection, names: Sequence[str], *, limit: int) -> list[str]:
    """Topic names or slugs as people give them: cleaned, bounded, the first of each kept.

    A slug may be no name, as world-cup-2026-qualifiers, which reads like an identifier; it stands for the
    topic that has it.
    """
    if len(names) > limit:
        raise RefusedError(f"At most {limit} topics.", code="too_many_topics", field="topics")
    # What is too long for a slug is not looked up: folding it, which is kept, costs more than refusing it.
    slugs = [name for name in names if len(name) <= MAX_SLUG and clean_name(name) is None]
    known = store.resolve(conn, slugs)
    return list(
        dict.fromkeys(known[name].name if name in known else _name(name, field="topics") for name in names)
    )


def ensure_topics(conn: Connection, names: Sequence[str], now: datetime) -> list[StoredTopic]:
    """The topics of these names, made where they are not there, while readers' wishes stay in bounds."""
    known = store.resolve(conn, names)
    waiting = sum(name not in known or known[name].articles == 0 for name in names)
    if waiting > MAX_UNLISTED_OF_ONE:
        raise RefusedError(
            f"One browser may follow at most {MAX_UNLISTED_OF_ONE} topics that no article has yet.",
            code="too_many_topics",
            field="topics",
        )
    if len(known) < len(names) and store.count_unlisted(conn) >= MAX_UNLISTED:
        raise RefusedError(
            "Too many topics wait for a first article here; follow one that exists.",
            code="too_many_topics",
            field="topics",
        )
    return store.ensure(conn, names, now)


def _name(name: str, field: str = "name") -> str:
    cleaned = clean_name(name)
    if cleaned is None:
        raise MalformedError("A topic's name has 1 to 60 characters, with a letter or digit.", field=field)
    return cleaned


def _find(conn: Connection, slug: str) -> TopicFound:
    found = store.resolve_slug(conn, slug)
    if found is None:
        raise NotFoundError("There is no such topic here.", code="topic_not_found", field="topic")
    topic, moved = found
    return TopicFound(topic=topic, moved=moved)


def _reread(conn: Connection, topic_id: int, slug: str) -> StoredTopic:
    topic = store.get(conn, topic_id)
    if topic is None:  # pragma: no cover - it was found in this transaction
        raise NotFoundError(f"There is no topic {slug} any more.", field="topic")
    return topic
