"""Retries: readers who could not be reached and are to be tried again. Only failures have a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsbell.domain.subscription import PushTarget
from newsbell.storage.database import Connection
from newsbell.storage.delivery.many import Pair
from newsbell.storage.schema import alert_topics, alerts, retries, subscription_topics, subscriptions


@dataclass(frozen=True, kw_only=True)
class ClaimedRetry:
    """One browser that could not be reached before; `attempts` counts the tries that failed;
    `proven`: it was rung before, for another alert; `failing`: the last message to it was not taken.
    """

    alert_id: int
    story_id: int
    subscription_id: int
    target: PushTarget
    vapid_key_id: int
    expires_at: datetime
    attempts: int
    proven: bool
    failing: bool = False


# Made once: claiming happens for every batch, and making these costs several times what executing them does.
_now: sa.BindParameter[datetime] = sa.bindparam("now")
# By the first one, where EXISTS would do: in a select list PostgreSQL may answer that by hashing the pairs of
# all followers and all alerts there are.
_FOLLOWS = (
    sa.select(sa.literal(1))
    .where(subscription_topics.c.subscription_id == retries.c.subscription_id)
    .where(subscription_topics.c.topic_id == alert_topics.c.topic_id)
    .where(alert_topics.c.alert_id == retries.c.alert_id)
    .limit(1)
    .scalar_subquery()
    .is_not(None)
)
_reader = subscriptions.c
_ROWS: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        *(retries.c.alert_id, retries.c.subscription_id, retries.c.attempts),
        *(alerts.c.story_id, alerts.c.expires_at),
        *(_reader.endpoint, _reader.p256dh, _reader.auth, _reader.vapid_key_id),
        _reader.first_success_at.is_not(None).label("proven"),
        sa.or_(_reader.failing_since.is_not(None), _reader.refused_since.is_not(None)).label("failing"),
        (_reader.suspended_at.is_(None) & _FOLLOWS).label("wanted"),
    )
    .join(alerts, alerts.c.id == retries.c.alert_id)
    .join(subscriptions, _reader.id == retries.c.subscription_id)
    .where(alerts.c.expires_at > _now)
    .order_by(retries.c.due_at)
    .limit(sa.bindparam("most"))
    .with_for_update(of=retries, skip_locked=True)
)
_DUE = _ROWS.where(retries.c.service.is_(None), retries.c.due_at <= _now)
_WAITING = _ROWS.where(
    retries.c.service == sa.bindparam("service"), retries.c.witness == sa.bindparam("witness")
)
_THIS = retries.c.alert_id == sa.bindparam("alert"), retries.c.subscription_id == sa.bindparam("reader")
_HOLD = (
    sa.update(retries)
    .where(*_THIS)
    .values(worker=sa.bindparam("name"), due_at=sa.bindparam("lease_ends"), service=None, witness=None)
)
_DROP = sa.delete(retries).where(*_THIS)
# The hosts one after the other, each found by a look into the index, however many wait for it.
_first = sa.select(sa.func.min(retries.c.service).label("service")).where(
    retries.c.service > sa.bindparam("after")
)
_hosts = _first.cte("hosts", recursive=True)
_next = sa.select(sa.func.min(retries.c.service)).where(retries.c.service > _hosts.c.service)
_hosts = _hosts.union_all(sa.select(_next.scalar_subquery()).where(_hosts.c.service.is_not(None)))
# By the first in order, where EXISTS would do: for that PostgreSQL reads the table when most of it waits.
_firsts = (
    sa.select(sa.func.min(retries.c.due_at)).where(
        retries.c.service == _hosts.c.service, retries.c.witness == kind
    )
    for kind in (True, False)
)
_kinds = (first.scalar_subquery().is_not(None) for first in _firsts)
_SERVICES = (
    sa.select(_hosts.c.service, *_kinds).where(_hosts.c.service.is_not(None)).limit(sa.bindparam("most"))
)


def claim_retries(
    conn: Connection, worker: str, now: datetime, lease: timedelta, limit: int
) -> list[ClaimedRetry]:
    """At most `limit` readers whose next try is due, of alerts that may still ring. Who does not want to be
    rung any more, or is suspended, is not tried again.
    """
    due = conn.execute(_DUE, {"now": now, "most": limit}).all()
    return _held(conn, due, worker, now + lease)


def claim_waiting(
    conn: Connection,
    worker: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    service: str,
    witness: bool,
) -> list[ClaimedRetry]:
    """The same of those who wait for this push service, as witnesses or not, in their order."""
    values = {"now": now, "most": limit, "service": service, "witness": witness}
    return _held(conn, conn.execute(_WAITING, values).all(), worker, now + lease)


def waiting_services(conn: Connection, limit: int, *, after: str = "") -> dict[str, list[bool]]:
    """The push services that readers wait for, at most `limit`, in the order of the hosts, behind `after`; of
    each whether they are witnesses, others, or both.
    """
    rows = conn.execute(_SERVICES, {"after": after, "most": limit}).all()
    return {host: [kind for kind, some in ((True, yes), (False, no)) if some] for host, yes, no in rows}


def _held(
    conn: Connection, due: Sequence[sa.Row[Any]], worker: str, lease_ends: datetime
) -> list[ClaimedRetry]:
    wanted = [row for row in due if row.wanted]
    if wanted:
        held = {"name": worker, "lease_ends": lease_ends}
        conn.execute(
            _HOLD, [{"alert": row.alert_id, "reader": row.subscription_id, **held} for row in wanted]
        )
    drop_retries(conn, [(row.alert_id, row.subscription_id) for row in due if not row.wanted])
    return [_claimed(row) for row in wanted]


def drop_retries(conn: Connection, pairs: Collection[Pair]) -> None:
    """They need no other try, whoever holds them."""
    if pairs:
        conn.execute(_DROP, [{"alert": alert, "reader": reader} for alert, reader in pairs])


def _claimed(row: sa.Row[Any]) -> ClaimedRetry:
    return ClaimedRetry(
        alert_id=row.alert_id,
        story_id=row.story_id,
        subscription_id=row.subscription_id,
        target=PushTarget(endpoint=row.endpoint, p256dh=row.p256dh, auth=row.auth),
        vapid_key_id=row.vapid_key_id,
        expires_at=row.expires_at,
        attempts=row.attempts,
        proven=row.proven,
        failing=row.failing,
    )
