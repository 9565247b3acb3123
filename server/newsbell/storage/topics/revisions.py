"""Revisions: numbers that say whether a list has changed, and how many articles a topic shows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal, select, update

from newsbell.storage.database import Connection
from newsbell.storage.schema import revisions, topics
from newsbell.storage.statements import insert
from newsbell.storage.types import AwareUTC

_EVERYTHING = "all"


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
            index_elements=[revisions.c.name],
            set_={"value": revisions.c.value + 1, "changed_at": _never_back(revisions.c.changed_at, now)},
        )
        .returning(revisions.c.value)
    )
    value = conn.execute(raised).scalar_one()
    if topic_ids:
        values = {"revision": value, "changed_at": _never_back(topics.c.changed_at, now)}
        conn.execute(update(topics).where(topics.c.id.in_(topic_ids)).values(values))


def _never_back(column: ColumnElement[datetime], now: datetime) -> ColumnElement[datetime]:
    """The later of both: whoever waited for its turn comes with an earlier `now` than who had it."""
    moment = literal(now, AwareUTC)
    return case((column > moment, column), else_=moment)


def recount(conn: Connection, *, gained: Collection[int], lost: Collection[int]) -> None:
    """Count one article more for some topics, and one less for others: as their lists show a story once, one
    of the story's articles.
    """
    for topic_ids, difference in ((gained, 1), (lost, -1)):
        if topic_ids:
            count = topics.c.articles + difference
            conn.execute(update(topics).where(topics.c.id.in_(topic_ids)).values(articles=count))
