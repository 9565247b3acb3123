"""Topics made for the names that articles and readers bring, and forgotten where nobody needs them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy import insert as plain_insert

from newsbell.domain.slugs import MAX_SLUG
from newsbell.domain.topics import StoredTopic, fold, slugify
from newsbell.errors import MalformedError
from newsbell.storage.database import Connection
from newsbell.storage.schema import subscription_topics, topic_names, topic_slugs, topics
from newsbell.storage.statements import is_text, take_turn, try_turn
from newsbell.storage.subscriptions import lock_followers
from newsbell.storage.topics.finding import owners, resolve


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


def count_unlisted(conn: Connection) -> int:
    """How many topics no article has and no editor made: what readers named."""
    condition = (topics.c.articles == 0) & ~topics.c.by_editor
    return conn.execute(select(func.count()).select_from(topics).where(condition)).scalar_one()


def forget(conn: Connection, topic_id: int) -> bool:
    """Forget a topic that never had an article, and who follows it; False where it has, or had."""
    take_turn(conn)
    lock_followers(conn, topic_id)  # before what they follow (`newsbell.storage.delivery`)
    never = (topics.c.articles == 0) & (topics.c.revision == 0)
    return bool(conn.execute(delete(topics).where(topics.c.id == topic_id, never)).rowcount)


def clear_unused(conn: Connection, limit: int) -> int:
    """Forget at most `limit` topics that readers named, that never had an article, and that nobody follows
    any more: anybody can name a topic, and they must not pile up. None while another transaction has the
    turn: there is time, and a worker has readers to ring.
    """
    if not try_turn(conn):
        return 0
    unused = (
        select(topics.c.id)
        .where(topics.c.articles == 0, topics.c.revision == 0, ~topics.c.by_editor)
        .where(~exists().where(subscription_topics.c.topic_id == topics.c.id))
        .order_by(topics.c.id)
        .limit(limit)
        .with_for_update()
    )
    ids = conn.execute(unused).scalars().all()
    # Asked again, now that the rows are locked and nobody can begin to follow them.
    followed = exists().where(subscription_topics.c.topic_id == topics.c.id)
    return conn.execute(delete(topics).where(topics.c.id.in_(ids), ~followed)).rowcount


def _create(conn: Connection, name: str, now: datetime, *, by_editor: bool) -> None:
    folded = fold(name)
    if not folded or not is_text(name):
        raise MalformedError("A topic needs a name.", field="topics")
    slug = free_slug(conn, name, folded, owner=None)
    values = {
        "name": name, "folded": folded, "slug": slug, "revision": 0, "articles": 0,
        "by_editor": by_editor, "created_at": now, "changed_at": now,
    }  # fmt: skip
    topic_id = conn.execute(plain_insert(topics).values(values).returning(topics.c.id)).scalar_one()
    conn.execute(plain_insert(topic_slugs).values(slug=slug, topic_id=topic_id))
    conn.execute(
        plain_insert(topic_names).values(folded=folded, topic_id=topic_id, name=name, created_at=now)
    )


def free_slug(conn: Connection, name: str, folded: str, *, owner: int | None) -> str:
    """The name's slug, or the first numbered one that no other topic has or had."""
    base = slugify(name)
    digest = hashlib.sha256(folded.encode()).hexdigest()
    # Past a handful of topics whose names differ in signs only, the name's own digest decides at once.
    endings = ["", *(f"-{number}" for number in range(2, 10)), f"-{digest[:8]}", f"-{digest[:32]}"]
    candidates = [base[: MAX_SLUG - len(ending)].rstrip("-") + ending for ending in endings]
    taken = owners(conn, topic_slugs.c.slug, topic_slugs.c.topic_id, candidates)
    return next(slug for slug in candidates if taken.get(slug, owner) == owner)
