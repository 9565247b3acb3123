"""Who follows the topics of an alert, by ranges of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import alert_topics, subscription_topics


def alert_topic_ids(conn: Connection, alert_id: int) -> Sequence[int]:
    query = sa.select(alert_topics.c.topic_id).where(alert_topics.c.alert_id == alert_id)
    return conn.execute(query).scalars().all()


def followers(
    topic_ids: Sequence[int], *, after: int, until: int | None = None, limit: int | None = None
) -> sa.Select[Any] | None:
    """The numbers of those who follow one of the topics, each once, in order, in the range (after, until].

    Each topic's share is a scan of the primary key, so it costs what it yields, whatever else is stored.
    """
    if not topic_ids:
        return None
    follow = subscription_topics.c
    shares = []
    for topic_id in topic_ids:
        share = sa.select(follow.subscription_id.label("id"))
        share = share.where(follow.topic_id == topic_id, follow.subscription_id > after)
        if until is not None:
            share = share.where(follow.subscription_id <= until)
        if limit is not None:
            share = share.order_by(follow.subscription_id).limit(limit)
        shares.append(sa.select(share.subquery()))
    members = (sa.union(*shares) if len(shares) > 1 else shares[0]).subquery()
    query = sa.select(members.c.id).order_by(members.c.id)
    return query if limit is None else query.limit(limit)
