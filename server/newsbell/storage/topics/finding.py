"""Topics found by number, name, alias or slug, and listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from newsbell.domain.topics import StoredTopic, fold
from newsbell.storage.database import Connection
from newsbell.storage.schema import topic_names, topic_slugs, topics
from newsbell.storage.statements import is_number, is_text

MAX_KNOWN = 20_000
"""Topics that recognition works with, those with the most articles first."""
_MANY = 1_000
"""More topics than this at once, and reading all aliases is cheaper than naming whose."""
_IS_KNOWN = (topics.c.articles > 0) | topics.c.by_editor
_COLUMNS = (topics.c.id, topics.c.name, topics.c.slug, topics.c.folded, topics.c.revision, topics.c.articles)


def get(conn: Connection, topic_id: int) -> StoredTopic | None:
    return _first(conn, topics.c.id == topic_id) if is_number(topic_id) else None


def get_by_slug(conn: Connection, slug: str) -> StoredTopic | None:
    """The topic whose slug this is now."""
    return _first(conn, topics.c.slug == slug) if is_text(slug) else None


def resolve_slug(conn: Connection, slug: str) -> tuple[StoredTopic, bool] | None:
    """The topic of a slug, and whether it has moved: the slug is one it had before."""
    if not is_text(slug):
        return None
    owner = select(topic_slugs.c.topic_id).where(topic_slugs.c.slug == slug).scalar_subquery()
    topic = _first(conn, topics.c.id == owner)
    return None if topic is None else (topic, topic.slug != slug)


def resolve(conn: Connection, keys: Sequence[str]) -> dict[str, StoredTopic]:
    """Those of the keys that are a topic's name, alias or slug, in any case and width, with the topic.
    Where one topic's name reads like another's slug, the name wins.
    """
    folded = {key: fold(key) for key in keys if is_text(key)}
    if not folded:
        return {}
    by_name = owners(conn, topic_names.c.folded, topic_names.c.topic_id, set(folded.values()))
    by_slug = owners(conn, topic_slugs.c.slug, topic_slugs.c.topic_id, {*folded, *folded.values()})
    owned = {
        key: owner
        for key, name in folded.items()
        if (owner := by_name.get(name) or by_slug.get(key) or by_slug.get(name))
    }
    chosen = select(*_COLUMNS).where(topics.c.id.in_(set(owned.values())))
    found = {topic.id: topic for topic in _load(conn, chosen)}
    return {key: found[owner] for key, owner in owned.items()}


def listed(conn: Connection, *, after: str | None, limit: int) -> list[StoredTopic]:
    """Topics that at least one article has, by folded name, from behind the name `after`."""
    query = select(*_COLUMNS).where(topics.c.articles > 0).order_by(topics.c.folded).limit(limit)
    if after is not None:
        query = query.where(topics.c.folded > fold(after))
    return _load(conn, query)


def known(conn: Connection) -> list[StoredTopic]:
    """The topics to recognise in a text: those with articles, and those an editor made."""
    query = select(*_COLUMNS).where(_IS_KNOWN)
    return _load(conn, query.order_by(topics.c.articles.desc(), topics.c.id).limit(MAX_KNOWN))


def known_mark(conn: Connection) -> tuple[Any, ...]:
    """What changes whenever `known` would give other topics or other names: cheaper to ask for than they are,
    and not touched by the articles that come.
    """
    which = select(func.count(), func.sum(topics.c.id)).where(_IS_KNOWN)
    called = select(
        func.count(),
        func.sum(topic_names.c.topic_id),
        func.sum(func.length(topic_names.c.name)),
        func.max(topic_names.c.created_at),
    )
    return (*conn.execute(which).one(), *conn.execute(called).one())


def unlisted(conn: Connection, limit: int) -> list[StoredTopic]:
    """Topics that readers named and that no article has, the newest first, at most `limit`."""
    query = select(*_COLUMNS).where(topics.c.articles == 0, ~topics.c.by_editor)
    return _load(conn, query.order_by(topics.c.id.desc()).limit(limit))


def _first(conn: Connection, condition: ColumnElement[bool]) -> StoredTopic | None:
    found = _load(conn, select(*_COLUMNS).where(condition))
    return found[0] if found else None


def _load(conn: Connection, query: Select[Any]) -> list[StoredTopic]:
    """The topics of the query, in its order, with their aliases: two queries."""
    rows = conn.execute(query).all()
    if not rows:
        return []
    aliases: dict[int, list[str]] = {row.id: [] for row in rows}
    names = (
        select(topic_names.c.topic_id, topic_names.c.name)
        .join(topics, topics.c.id == topic_names.c.topic_id)
        .where(topic_names.c.folded != topics.c.folded)
        .order_by(topic_names.c.folded)
    )
    if len(rows) <= _MANY:
        names = names.where(topic_names.c.topic_id.in_(aliases))
    for topic_id, name in conn.execute(names):
        if topic_id in aliases:
            aliases[topic_id].append(name)
    return [_topic(row, aliases[row.id]) for row in rows]


def _topic(row: Row[Any], aliases: Iterable[str]) -> StoredTopic:
    return StoredTopic(
        id=row.id,
        name=row.name,
        slug=row.slug,
        aliases=tuple(aliases),
        revision=row.revision,
        articles=row.articles,
    )


def owners(
    conn: Connection, key: ColumnElement[str], owner: ColumnElement[int], values: Collection[str]
) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(select(key, owner).where(key.in_(values)))}
