"""Topics: found by name, alias or slug; made, listed, renamed and merged."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, delete, exists, func, select, update
from sqlalchemy import insert as plain_insert

from newsbell.domain.slugs import MAX_SLUG
from newsbell.domain.topics import StoredTopic, fold, slugify
from newsbell.errors import ConflictError, MalformedError, NotFoundError
from newsbell.storage.database import Connection
from newsbell.storage.schema import (
    alert_topics,
    article_topics,
    revisions,
    subscription_topics,
    topic_names,
    topic_slugs,
    topics,
)
from newsbell.storage.statements import insert, is_number, is_text, take_turn

MAX_KNOWN = 20_000
"""Topics that recognition works with, those with the most articles first."""
_MANY = 1_000
"""More topics than this at once, and reading all aliases is cheaper than naming whose."""
_EVERYTHING = "all"
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
    by_name = _owners(conn, topic_names.c.folded, topic_names.c.topic_id, set(folded.values()))
    by_slug = _owners(conn, topic_slugs.c.slug, topic_slugs.c.topic_id, {*folded, *folded.values()})
    owners = {
        key: owner
        for key, name in folded.items()
        if (owner := by_name.get(name) or by_slug.get(key) or by_slug.get(name))
    }
    chosen = select(*_COLUMNS).where(topics.c.id.in_(set(owners.values())))
    found = {topic.id: topic for topic in _load(conn, chosen)}
    return {key: found[owner] for key, owner in owners.items()}


def ensure(
    conn: Connection, names: Sequence[str], now: datetime, *, by_editor: bool = False
) -> list[StoredTopic]:
    """The topics of these names, aliases or slugs, one for each and in their order; those that are not
    there are made, by two writers at once too.
    """
    found = resolve(conn, names)
    missing = [name for name in names if name not in found]
    if missing:
        take_turn(conn)
    for name in missing:
        if not resolve(conn, [name]):
            _create(conn, name, now, by_editor=by_editor)
    if missing:
        found = resolve(conn, names)
    return [found[name] for name in names]


def listed(conn: Connection, *, after: str | None, limit: int) -> list[StoredTopic]:
    """Topics that at least one article has, by folded name, from behind the name `after`."""
    query = select(*_COLUMNS).where(topics.c.articles > 0).order_by(topics.c.folded).limit(limit)
    if after is not None:
        query = query.where(topics.c.folded > fold(after))
    return _load(conn, query)


def known(conn: Connection) -> list[StoredTopic]:
    """The topics to recognise in a text: those with articles, and those an editor made."""
    query = select(*_COLUMNS).where((topics.c.articles > 0) | topics.c.by_editor)
    return _load(conn, query.order_by(topics.c.articles.desc(), topics.c.id).limit(MAX_KNOWN))


def count_unlisted(conn: Connection) -> int:
    """How many topics no article has and no editor made: what readers named."""
    condition = (topics.c.articles == 0) & ~topics.c.by_editor
    return conn.execute(select(func.count()).select_from(topics).where(condition)).scalar_one()


def clear_unused(conn: Connection, limit: int) -> int:
    """Forget at most `limit` topics that readers named, that never had an article, and that nobody follows
    any more: anybody can name a topic, and they must not pile up.
    """
    take_turn(conn)
    unused = (
        select(topics.c.id)
        .where(topics.c.articles == 0, topics.c.revision == 0, ~topics.c.by_editor)
        .where(~exists().where(subscription_topics.c.topic_id == topics.c.id))
        .limit(limit)
        .with_for_update()
    )
    ids = conn.execute(unused).scalars().all()
    # Asked again, now that the rows are locked and nobody can begin to follow them.
    followed = exists().where(subscription_topics.c.topic_id == topics.c.id)
    return conn.execute(delete(topics).where(topics.c.id.in_(ids), ~followed)).rowcount


def revision(conn: Connection, topic_ids: Collection[int] | None) -> int:
    """A number that is higher after every change of what these topics list (None: of any article)."""
    if topic_ids is None:
        query = select(revisions.c.value).where(revisions.c.name == _EVERYTHING)
    else:
        query = select(func.max(topics.c.revision)).where(topics.c.id.in_(topic_ids))
    return conn.execute(query).scalar() or 0


def last_change(conn: Connection, topic_ids: Collection[int] | None) -> datetime | None:
    """When what these topics list last changed (None: any article); an article's removal counts."""
    if topic_ids is None:
        query = select(revisions.c.changed_at).where(revisions.c.name == _EVERYTHING)
    else:
        query = select(func.max(topics.c.changed_at)).where(topics.c.id.in_(topic_ids))
    return conn.execute(query).scalar()


def changed(conn: Connection, topic_ids: Collection[int], now: datetime) -> None:
    """Raise the revision of these topics, and that of everything.

    They take the one number of the whole store, so the highest of any set of topics rises with each change
    in it.
    """
    raised = (
        insert(conn, revisions)
        .values(name=_EVERYTHING, value=1, changed_at=now)
        .on_conflict_do_update(
            index_elements=[revisions.c.name], set_={"value": revisions.c.value + 1, "changed_at": now}
        )
        .returning(revisions.c.value)
    )
    value = conn.execute(raised).scalar_one()
    if topic_ids:
        conn.execute(update(topics).where(topics.c.id.in_(topic_ids)).values(revision=value, changed_at=now))


def recount(conn: Connection, *, gained: Collection[int], lost: Collection[int]) -> None:
    """Count one article more for some topics, and one less for others."""
    for topic_ids, difference in ((gained, 1), (lost, -1)):
        if topic_ids:
            count = topics.c.articles + difference
            conn.execute(update(topics).where(topics.c.id.in_(topic_ids)).values(articles=count))


def rename(conn: Connection, topic_id: int, name: str, now: datetime) -> None:
    """Give the topic another name and its slug. The old slug redirects, the old name is an alias.
    `ConflictError` where another topic has the name.
    """
    take_turn(conn)
    topic = _existing(conn, topic_id)
    folded = _own_name(conn, topic, name, now)
    slug = topic.slug
    if slugify(name) != slugify(topic.name):
        slug = _free_slug(conn, name, folded, owner=topic_id)
        conn.execute(insert(conn, topic_slugs).values(slug=slug, topic_id=topic_id).on_conflict_do_nothing())
    conn.execute(
        update(topics)
        .where(topics.c.id == topic_id)
        .values(name=name, folded=folded, slug=slug, by_editor=True)
    )
    changed(conn, _neighbours(conn, topic_id), now)


def merge(conn: Connection, from_id: int, into_id: int, now: datetime) -> None:
    """Move articles, followers, names and slugs of one topic into another; the first is no more."""
    if from_id == into_id:
        raise MalformedError("A topic cannot be merged into itself.")
    take_turn(conn)
    # Locked first, so that nobody begins to follow the topic between the move and its end.
    conn.execute(select(topics.c.id).where(topics.c.id.in_((from_id, into_id))).with_for_update())
    for topic_id in (from_id, into_id):
        _existing(conn, topic_id)
    touched = {*_neighbours(conn, from_id), into_id} - {from_id}
    moved = _move(conn, article_topics, article_topics.c.article_id, from_id, into_id)
    _move(conn, subscription_topics, subscription_topics.c.subscription_id, from_id, into_id)
    _move(conn, alert_topics, alert_topics.c.alert_id, from_id, into_id)
    for table in (topic_names, topic_slugs):
        conn.execute(update(table).where(table.c.topic_id == from_id).values(topic_id=into_id))
    conn.execute(delete(topics).where(topics.c.id == from_id))
    conn.execute(
        update(topics)
        .where(topics.c.id == into_id)
        .values(articles=topics.c.articles + moved, by_editor=True)
    )
    changed(conn, touched, now)


def add_alias(conn: Connection, topic_id: int, alias: str, now: datetime) -> None:
    """Let the topic answer to another name too. `ConflictError` where another topic has it."""
    take_turn(conn)
    _own_name(conn, _existing(conn, topic_id), alias, now)
    conn.execute(update(topics).where(topics.c.id == topic_id).values(by_editor=True))


def remove_alias(conn: Connection, topic_id: int, alias: str) -> bool:
    """Whether the topic had the alias. Its own name is none."""
    take_turn(conn)
    own_name = select(topics.c.folded).where(topics.c.id == topic_id).scalar_subquery()
    return bool(
        conn.execute(
            delete(topic_names).where(
                topic_names.c.topic_id == topic_id,
                topic_names.c.folded == fold(alias),
                topic_names.c.folded != own_name,
            )
        ).rowcount
    )


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


def _existing(conn: Connection, topic_id: int) -> StoredTopic:
    topic = get(conn, topic_id)
    if topic is None:
        raise NotFoundError("There is no such topic here.", code="topic_not_found", field="topic")
    return topic


def _owners(
    conn: Connection, key: ColumnElement[str], owner: ColumnElement[int], values: Collection[str]
) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(select(key, owner).where(key.in_(values)))}


def _create(conn: Connection, name: str, now: datetime, *, by_editor: bool) -> None:
    folded = fold(name)
    if not folded or not is_text(name):
        raise MalformedError("A topic needs a name.", field="topics")
    slug = _free_slug(conn, name, folded, owner=None)
    values = {
        "name": name, "folded": folded, "slug": slug, "revision": 0, "articles": 0,
        "by_editor": by_editor, "created_at": now, "changed_at": now,
    }  # fmt: skip
    topic_id = conn.execute(plain_insert(topics).values(values).returning(topics.c.id)).scalar_one()
    conn.execute(plain_insert(topic_slugs).values(slug=slug, topic_id=topic_id))
    conn.execute(
        plain_insert(topic_names).values(folded=folded, topic_id=topic_id, name=name, created_at=now)
    )


def _free_slug(conn: Connection, name: str, folded: str, *, owner: int | None) -> str:
    """The name's slug, or the first numbered one that no other topic has or had."""
    base = slugify(name)
    digest = hashlib.sha256(folded.encode()).hexdigest()
    # Past a handful of topics whose names differ in signs only, the name's own digest decides at once.
    endings = ["", *(f"-{number}" for number in range(2, 10)), f"-{digest[:8]}", f"-{digest[:32]}"]
    candidates = [base[: MAX_SLUG - len(ending)].rstrip("-") + ending for ending in endings]
    taken = _owners(conn, topic_slugs.c.slug, topic_slugs.c.topic_id, candidates)
    return next(slug for slug in candidates if taken.get(slug, owner) == owner)


def _own_name(conn: Connection, topic: StoredTopic, name: str, now: datetime) -> str:
    """Make the name one of the topic's, written like this; the folded form."""
    folded = fold(name)
    if not folded or not is_text(name):
        raise MalformedError("A topic needs a name.", field="name")
    owner = _owners(conn, topic_names.c.folded, topic_names.c.topic_id, [folded]).get(folded)
    if owner not in (None, topic.id):
        raise ConflictError(
            f"Another topic is called {name}; merge the two.", code="name_taken", field="name"
        )
    row = insert(conn, topic_names).values(folded=folded, topic_id=topic.id, name=name, created_at=now)
    conn.execute(row.on_conflict_do_update(index_elements=[topic_names.c.folded], set_={"name": name}))
    return folded


def _neighbours(conn: Connection, topic_id: int) -> Sequence[int]:
    """The topic, and those that share an article with it: their lists show its name."""
    mine, theirs = article_topics.alias("mine"), article_topics.alias("theirs")
    shared = (
        select(theirs.c.topic_id)
        .distinct()
        .join(mine, mine.c.article_id == theirs.c.article_id)
        .where(mine.c.topic_id == topic_id)
    )
    return [topic_id, *(found for found in conn.execute(shared).scalars() if found != topic_id)]


def _move(conn: Connection, table: Table, member: ColumnElement[int], from_id: int, into_id: int) -> int:
    """Move the members of a topic in a table of (topic_id, member, …); how many were new to the other."""
    already = select(member).where(table.c.topic_id == into_id)
    moved = conn.execute(
        update(table).where(table.c.topic_id == from_id, member.not_in(already)).values(topic_id=into_id)
    ).rowcount
    conn.execute(delete(table).where(table.c.topic_id == from_id))
    return moved
