"""Topics renamed, merged, and given other names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, func, select, update

from newsbell.domain.topics import StoredTopic, fold, slugify
from newsbell.errors import ConflictError, MalformedError, NotFoundError
from newsbell.storage.database import Connection
from newsbell.storage.delivery import lock_unplanned
from newsbell.storage.schema import (
    alert_topics,
    article_topics,
    articles,
    subscription_topics,
    topic_names,
    topic_slugs,
    topics,
)
from newsbell.storage.statements import insert, is_text, take_turn
from newsbell.storage.subscriptions import lock_followers
from newsbell.storage.topics.finding import get, owners
from newsbell.storage.topics.making import free_slug
from newsbell.storage.topics.revisions import changed


def rename(conn: Connection, topic_id: int, name: str, now: datetime) -> None:
    """Give the topic another name and its slug. The old slug redirects, the old name is an alias.
    `ConflictError` where another topic has the name.
    """
    take_turn(conn)
    topic = _existing(conn, topic_id)
    folded = _own_name(conn, topic, name, now)
    slug = topic.slug
    if slugify(name) != slugify(topic.name):
        slug = free_slug(conn, name, folded, owner=topic_id)
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
    # In the order of `newsbell.storage.delivery`: an alert whose topic is gone would be planned for nobody,
    # and nobody may begin to follow the topic between the move and its end.
    lock_followers(conn, from_id)
    lock_unplanned(conn, from_id)
    both = select(topics.c.id).where(topics.c.id.in_((from_id, into_id)))
    conn.execute(both.order_by(topics.c.id).with_for_update())
    for topic_id in (from_id, into_id):
        _existing(conn, topic_id)
    touched = {*_neighbours(conn, from_id), into_id} - {from_id}
    new = _stories_new_to(conn, into_id, from_id)
    _move(conn, article_topics, article_topics.c.article_id, from_id, into_id)
    _move(conn, subscription_topics, subscription_topics.c.subscription_id, from_id, into_id)
    _move(conn, alert_topics, alert_topics.c.alert_id, from_id, into_id)
    for table in (topic_names, topic_slugs):
        conn.execute(update(table).where(table.c.topic_id == from_id).values(topic_id=into_id))
    conn.execute(delete(topics).where(topics.c.id == from_id))
    conn.execute(
        update(topics).where(topics.c.id == into_id).values(articles=topics.c.articles + new, by_editor=True)
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


def _existing(conn: Connection, topic_id: int) -> StoredTopic:
    topic = get(conn, topic_id)
    if topic is None:
        raise NotFoundError("There is no such topic here.", code="topic_not_found", field="topic")
    return topic


def _own_name(conn: Connection, topic: StoredTopic, name: str, now: datetime) -> str:
    """Make the name one of the topic's, written like this; the folded form."""
    folded = fold(name)
    if not folded or not is_text(name):
        raise MalformedError("A topic needs a name.", field="name")
    owner = owners(conn, topic_names.c.folded, topic_names.c.topic_id, [folded]).get(folded)
    if owner not in (None, topic.id):
        raise ConflictError(
            f"Another topic is called {name}; merge the two.", code="name_taken", field="name"
        )
    row = insert(conn, topic_names).values(folded=folded, topic_id=topic.id, name=name, created_at=now)
    conn.execute(
        row.on_conflict_do_update(
            index_elements=[topic_names.c.folded], set_={"name": name, "created_at": now}
        )
    )
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


def _stories_new_to(conn: Connection, into_id: int, from_id: int) -> int:
    """How many stories one topic lists that the other does not."""
    theirs, home = article_topics.alias("theirs"), articles.alias("home")
    told = (
        exists()
        .where(home.c.story_id == articles.c.story_id)
        .where(theirs.c.article_id == home.c.id, theirs.c.topic_id == into_id)
    )
    query = select(func.count(articles.c.story_id.distinct())).join(
        article_topics, article_topics.c.article_id == articles.c.id
    )
    return conn.execute(query.where(article_topics.c.topic_id == from_id, ~told)).scalar_one()


def _move(conn: Connection, table: Table, member: ColumnElement[int], from_id: int, into_id: int) -> None:
    """Move the members of a topic in a table of (topic_id, member, …)."""
    # Not by NOT IN: PostgreSQL goes through the others for each member where they are too many to hash.
    there = table.alias("there")
    already = exists().where(there.c.topic_id == into_id, there.c[member.name] == member)
    conn.execute(update(table).where(table.c.topic_id == from_id, ~already).values(topic_id=into_id))
    conn.execute(delete(table).where(table.c.topic_id == from_id))
