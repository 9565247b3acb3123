"""What keeps the work small and seen: clearing what is done, counting what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.delivery.late import free
from newsbell.storage.schema import alerts, batches, push_pauses, retries, workers
from newsbell.storage.statements import insert


@dataclass(frozen=True, kw_only=True)
class Pending:
    """What is still to do. `oldest_due` is since when the longest waiting of it could have been done; None
    where nothing waits but for push services that are left alone.
    """

    alerts: int
    batches: int
    retries: int
    oldest_due: datetime | None


_now: sa.BindParameter[datetime] = sa.bindparam("now")
_HAS_WORK = sa.select(
    sa.or_(
        sa.exists().where(alerts.c.planned_at.is_(None), alerts.c.due_at <= _now),
        sa.exists().where(batches.c.done_at.is_(None), batches.c.due_at <= _now),
        sa.exists().where(retries.c.service.is_(None), retries.c.due_at <= _now),
    )
)


def has_work(conn: Connection, now: datetime) -> bool:
    """Whether anything is due by the clock: a look that takes no lock, to be had often."""
    return bool(conn.execute(_HAS_WORK, {"now": now}).scalar_one())


def clear_finished(conn: Connection, older_than: datetime, limit: int) -> int:
    """Forget at most `limit` batches done before `older_than`, and as many alerts that ended before it and
    have nothing left to do; how many that were. Workers not seen since, and pauses that ended before, are
    forgotten too.
    """
    done = sa.select(batches.c.id).where(batches.c.done_at < older_than)
    left = sa.or_(
        sa.exists().where(batches.c.alert_id == alerts.c.id),
        sa.exists().where(retries.c.alert_id == alerts.c.id),
    )
    over = sa.select(alerts.c.id).where(alerts.c.expires_at < older_than, alerts.c.planned_at.is_not(None))
    cleared = 0
    for table, query in ((batches, done), (alerts, over.where(~left))):
        ids = conn.execute(free(query, table, limit)).scalars().all()
        cleared += conn.execute(sa.delete(table).where(table.c.id.in_(ids))).rowcount
    for names, silent in ((workers.c.name, workers.c.seen_at), (push_pauses.c.host, push_pauses.c.until)):
        forgotten = free(sa.select(names).where(silent < older_than), names.table, limit)
        conn.execute(sa.delete(names.table).where(names.in_(forgotten)))
    return cleared


def pending(conn: Connection, now: datetime) -> Pending:
    """What is still to do, for the operator to look at."""
    kinds = (
        (alerts, alerts.c.planned_at.is_(None), sa.true()),
        (batches, batches.c.done_at.is_(None), sa.true()),
        (retries, sa.true(), retries.c.service.is_(None)),
    )
    counts, waits = [], []
    for table, still, by_the_clock in kinds:
        counts.append(conn.execute(sa.select(sa.func.count()).select_from(table).where(still)).scalar_one())
        oldest = sa.select(sa.func.min(table.c.due_at)).where(still, by_the_clock, table.c.due_at <= now)
        waits.append(conn.execute(oldest).scalar())
    return Pending(
        alerts=counts[0],
        batches=counts[1],
        retries=counts[2],
        oldest_due=min((wait for wait in waits if wait is not None), default=None),
    )


def heartbeat(conn: Connection, worker: str, now: datetime) -> None:
    """The worker is alive."""
    row = insert(conn, workers).values(name=worker, seen_at=now)
    conn.execute(row.on_conflict_do_update(index_elements=[workers.c.name], set_={"seen_at": now}))


def forget_worker(conn: Connection, worker: str) -> None:
    """The worker has ended, and said so."""
    conn.execute(sa.delete(workers).where(workers.c.name == worker))


def last_heartbeat(conn: Connection) -> datetime | None:
    """When any worker was last alive."""
    return conn.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar()
