"""Articles, their stories, their originals, and the tombstones of those that were removed."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from newsbell.domain.article import Article, CleanArticle, Origin, Part, Removal
from newsbell.domain.topics import StoredTopic
from newsbell.errors import ConflictError, NotFoundError
from newsbell.storage import schema
from newsbell.storage import topics as topic_store
from newsbell.storage.article_lists import latest
from newsbell.storage.article_rows import columns, sort_at_of, with_topics
from newsbell.storage.database import Connection
from newsbell.storage.schema import article_topics, articles, originals, story_bands
from newsbell.storage.statements import insert, is_number, is_text, take_turn
from newsbell.storage.stories import add_story, find_story

__all__ = [
    "MAX_ORIGINAL",
    "KeptPage",
    "Tombstone",
    "TopicLink",
    "add",
    "add_story",
    "correct",
    "count",
    "find_by_canonical_url",
    "find_story",
    "get",
    "is_removed",
    "kept_page",
    "latest",
    "numbers",
    "original",
    "remove",
    "update",
]

MAX_ORIGINAL = 2 * 1024 * 1024
"""Bytes of an original as it is kept, compressed: about 10 MB of HTML. A larger one is not kept."""

# The conditions of partial indexes, as the databases have to see them to use the index.
_HAS_IDENTITY = sa.text("canonical_url <> ''")
_LIVE = articles.c.removed_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class TopicLink:
    """A topic an article is given, where it comes from, and how sure that is (0 to 1)."""

    topic: StoredTopic
    origin: Origin
    weight: float


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """What is left of a removed article."""

    id: int
    removed_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeptPage:
    """A page as it came, and the content type it came with ("" where it had none): with both it is read as
    it was the first time.
    """

    content: bytes
    content_type: str


def get(conn: Connection, article_id: int) -> Article | None:
    """The article; None also where it was removed."""
    if not is_number(article_id):
        return None
    row = conn.execute(sa.select(articles).where(articles.c.id == article_id, _LIVE)).first()
    return None if row is None else with_topics(conn, [row])[0]


def changed_at(conn: Connection, article_id: int) -> datetime | None:
    """When the stored article last changed; None also where it was removed."""
    query = sa.select(articles.c.updated_at).where(articles.c.id == article_id, _LIVE)
    found: datetime | None = conn.execute(query).scalar()
    return found


def is_removed(conn: Connection, article_id: int) -> bool:
    """Whether there was such an article, and it was removed."""
    if not is_number(article_id):
        return False
    query = sa.select(articles.c.removed_at).where(articles.c.id == article_id)
    return conn.execute(query).scalar() is not None


def find_by_canonical_url(conn: Connection, canonical_url: str) -> Article | Tombstone | None:
    """The article of this identity, or what is left of it; "" is no identity."""
    if not canonical_url or not is_text(canonical_url):
        return None
    query = sa.select(articles).where(articles.c.canonical_url == canonical_url, _HAS_IDENTITY)
    row = conn.execute(query).first()
    if row is None:
        return None
    if row.removed_at is not None:
        return Tombstone(id=row.id, removed_at=row.removed_at)
    return with_topics(conn, [row])[0]


def add(
    conn: Connection,
    clean: CleanArticle,
    *,
    topics: Sequence[TopicLink],
    story_id: int,
    original: bytes | None,
    original_type: str = "",
    pinned: Sequence[Part] = (),
    now: datetime,
) -> Article:
    """Store a new article under its topics, in their order. `original` is the page as it came.

    `ConflictError` where one of the same canonical URL is there or was removed; nothing is stored then, and
    the transaction can go on.
    """
    take_turn(conn)
    sort_at = sort_at_of(clean, stored_at=now)
    row = insert(conn, articles).values(
        columns(clean)
        | _UNCORRECTED
        | {
            "uuid": uuid4(),
            "pinned": list(pinned),
            "story_id": story_id,
            "stored_at": now,
            "updated_at": now,
            "sort_at": sort_at,
        }
    )
    row = row.on_conflict_do_nothing(index_elements=[articles.c.canonical_url], index_where=_HAS_IDENTITY)
    article_id: int | None = conn.execute(row.returning(articles.c.id)).scalar()
    if article_id is None:
        raise ConflictError("This article is stored already.", code="article_known", field="url")
    _keep_original(conn, article_id, original, original_type)
    _set_topics(conn, article_id, sort_at, topics, now)
    return _reread(conn, article_id)


def update(
    conn: Connection,
    article_id: int,
    clean: CleanArticle,
    *,
    topics: Sequence[TopicLink],
    original: bytes | None,
    original_type: str = "",
    now: datetime,
) -> Article:
    """Put another state of an article in its place: id, uuid, story and stored_at stay, and so does the
    original where none is given. `NotFoundError` where there is no such article, or no more.
    """
    take_turn(conn)
    stored = _reread(conn, article_id)
    sort_at = sort_at_of(clean, stored_at=stored.stored_at)
    values = columns(clean) | {"updated_at": now, "sort_at": sort_at}
    conn.execute(sa.update(articles).where(articles.c.id == article_id).values(values))
    _keep_original(conn, article_id, original, original_type)
    _set_topics(conn, article_id, sort_at, topics, now)
    return _reread(conn, article_id)


def correct(
    conn: Connection, article_id: int, *, pinned: Collection[Part], restored: Collection[Removal]
) -> None:
    """Remember which parts of an article are an editor's, and which removals an editor put back."""
    values = {"pinned": sorted(set(pinned)), "restored": [asdict(removal) for removal in restored]}
    conn.execute(sa.update(articles).where(articles.c.id == article_id).values(values))


def remove(conn: Connection, article_id: int, now: datetime) -> bool:
    """Leave a tombstone: id, uuid and canonical URL stay, text, original and topics go, and it rings no
    more; where its story has another home, that one rings instead. False where there was no such article,
    or no more.
    """
    take_turn(conn)
    emptied = columns(_NOTHING) | _UNCORRECTED | {"removed_at": now, "updated_at": now}
    del emptied["canonical_url"]
    statement = sa.update(articles).where(articles.c.id == article_id, _LIVE).values(emptied)
    if not is_number(article_id) or not conn.execute(statement).rowcount:
        return False
    conn.execute(sa.delete(originals).where(originals.c.article_id == article_id))
    conn.execute(sa.delete(story_bands).where(story_bands.c.article_id == article_id))
    _hand_alert_over(conn, article_id)
    _set_topics(conn, article_id, now, [], now)
    return True


def _hand_alert_over(conn: Connection, article_id: int) -> None:
    removed = sa.select(articles.c.story_id).where(articles.c.id == article_id).scalar_subquery()
    homes = sa.select(sa.func.min(articles.c.id)).where(articles.c.story_id == removed, _LIVE)
    home = conn.execute(homes).scalar()
    mine = schema.alerts.c.article_id == article_id
    if home is None:
        conn.execute(sa.delete(schema.alerts).where(mine))
    else:
        conn.execute(sa.update(schema.alerts).where(mine).values(article_id=home))


def count(conn: Connection) -> int:
    """How many articles there are, without the removed ones."""
    return conn.execute(sa.select(sa.func.count()).select_from(articles).where(_LIVE)).scalar_one()


def original(conn: Connection, article_id: int) -> bytes | None:
    """The page as it came, where it was kept."""
    kept = kept_page(conn, article_id)
    return None if kept is None else kept.content


def kept_page(conn: Connection, article_id: int) -> KeptPage | None:
    """The page as it came and its content type, where it was kept."""
    if not is_number(article_id):
        return None
    row = conn.execute(sa.select(originals).where(originals.c.article_id == article_id)).first()
    if row is None:
        return None
    return KeptPage(content=zlib.decompress(row.page), content_type=row.content_type)


def numbers(conn: Connection, *, after: int, limit: int) -> list[int]:
    """The ids of the articles behind an id, in their order."""
    query = sa.select(articles.c.id).where(articles.c.id > after, _LIVE).order_by(articles.c.id).limit(limit)
    return list(conn.execute(query).scalars())


_UNCORRECTED: dict[str, Any] = {"pinned": [], "restored": [], "original_kept": False}
_NOTHING = CleanArticle(
    url="",
    canonical_url="",
    title="",
    summary="",
    byline=(),
    body_html="",
    body_text="",
    lead_image=None,
    site_name="",
    language="",
    published_at=None,
    modified_at=None,
    topics=(),
    removals=(),
)


def _reread(conn: Connection, article_id: int) -> Article:
    article = get(conn, article_id)
    if article is None:
        raise NotFoundError("There is no such article here.", code="article_not_found")
    return article


def _keep_original(conn: Connection, article_id: int, page: bytes | None, content_type: str) -> None:
    """Keep the newest page, or none where the newest is too large: an older one says something else."""
    if page is None:
        return
    packed = zlib.compress(page)
    kept = len(packed) <= MAX_ORIGINAL
    if kept:
        values = {"page": packed, "content_type": content_type}
        row = insert(conn, originals).values(article_id=article_id, **values)
        conn.execute(row.on_conflict_do_update(index_elements=[originals.c.article_id], set_=values))
    else:
        conn.execute(sa.delete(originals).where(originals.c.article_id == article_id))
    conn.execute(sa.update(articles).where(articles.c.id == article_id).values(original_kept=kept))


def _set_topics(
    conn: Connection, article_id: int, sort_at: datetime, links: Sequence[TopicLink], now: datetime
) -> None:
    """Give the article exactly these topics, the first of each; count it where its story was not shown yet
    or is shown no more, and say that the topics changed.
    """
    chosen: dict[int, TopicLink] = {}
    for link in links:
        chosen.setdefault(link.topic.id, link)
    removed = sa.delete(article_topics).where(article_topics.c.article_id == article_id)
    before = set(conn.execute(removed.returning(article_topics.c.topic_id)).scalars())
    rows = [
        {"topic_id": topic_id, "sort_at": sort_at, "article_id": article_id, "position": position,
         "origin": link.origin, "weight": link.weight}
        for position, (topic_id, link) in enumerate(chosen.items())
    ]  # fmt: skip
    if rows:
        conn.execute(sa.insert(article_topics), rows)
    after, elsewhere = chosen.keys(), _topics_of_homes(conn, article_id)
    topic_store.recount(conn, gained=after - before - elsewhere, lost=before - after - elsewhere)
    topic_store.changed(conn, after | before | elsewhere, now)


def _topics_of_homes(conn: Connection, article_id: int) -> set[int]:
    """The topics of the story's other articles: their lists show the story, and say where else it is."""
    mine = sa.select(articles.c.story_id).where(articles.c.id == article_id).scalar_subquery()
    query = (
        sa.select(article_topics.c.topic_id)
        .join(articles, articles.c.id == article_topics.c.article_id)
        .where(articles.c.story_id == mine, articles.c.id != article_id)
    )
    return set(conn.execute(query.distinct()).scalars())
