"""Who follows the topics of an alert, by ranges of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import alert_topics, subscription_topics

_TOPIC_IDS = sa.select(alert_topics.c.topic_id).where(alert_topics.c.alert_id == sa.bindparam("alert"))


def alert_topic_ids(conn: Connection, alert_id: int) -> Sequence[int]:
    return conn.execute(_TOPIC_IDS, {"alert": alert_id}).scalars().all()


@lru_cache(maxsize=64)
def followers(topics: int, *, limited: bool = False) -> sa.Select[Any]:
    """The numbers of those who follow one of so many topics, each once, in order, in a range; `limited`: the
    first `size` of them only. `follower_values` gives what it is executed with.

    Each topic's share is a scan of the primary key, so it costs what it yields, whatever else is stored.
    """
    follow = subscription_topics.c
    shares = []
    for number in range(topics):
        share = sa.select(follow.subscription_id.label("id")).where(
            follow.topic_id == sa.bindparam(f"topic_{number}"),
            follow.subscription_id > sa.bindparam("after"),
            follow.subscription_id <= sa.bindparam("until"),
        )
        if limited:
            share = share.order_by(follow.subscription_id).limit(sa.bindparam("size"))
        shares.append(sa.select(share.subquery()))
    members = (sa.union(*shares) if len(shares) > 1 else shares[0]).subquery()
    query = sa.select(members.c.id).order_by(members.c.id)
    return query.limit(sa.bindparam("size")) if limited else query


def follower_values(
    topic_ids: Sequence[int], *, after: int, until: int, size: int | None = None
) -> dict[str, int]:
    """What `followers` is executed with, for the range (after, until]."""
    values = {f"topic_{number}": topic_id for number, topic_id in enumerate(topic_ids)}
    values |= {"after": after, "until": until}
    return values if size is None else values | {"size": size}
