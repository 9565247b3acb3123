"""Writing down at once what came of many messages: a few statements, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsbell.storage.database import Connection
from newsbell.storage.schema import alerts, retries, subscriptions
from newsbell.storage.statements import insert

Pair = tuple[int, int]
"""An alert and a subscription."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """One reader to be tried again at `due_at`; with `worker`, held by that one until then. With `service`,
    to be tried when that host may be sent to, in the order of `due_at`, as a `witness` or in their place.
    """

    alert_id: int
    subscription_id: int
    due_at: datetime
    attempts: int
    worker: str | None = None
    service: str | None = None
    witness: bool | None = None


_PAIR = sa.tuple_(retries.c.alert_id, retries.c.subscription_id)
_pairs: sa.BindParameter[Pair] = sa.bindparam("pairs", expanding=True)
# SQLite finds pairs by the key only where a subquery gives them: for IN (VALUES …) it reads the whole table.
_AMONG: dict[str, sa.ColumnElement[bool] | sa.TextClause] = {
    "sqlite": sa.text("(alert_id, subscription_id) IN (SELECT * FROM :pairs)").bindparams(_pairs),
    "postgresql": _PAIR.in_(_pairs),
}
_FINISH = {
    dialect: sa.delete(retries)
    .where(among, retries.c.worker == sa.bindparam("name"))
    .returning(*_PAIR.clauses)
    for dialect, among in _AMONG.items()
}


def lock_alerts(conn: Connection, ids: Collection[int]) -> None:
    """Let nobody remove these to the end of the transaction, which writes batches or retries of theirs."""
    _locked(conn, alerts, ids)


def add_retries(conn: Connection, wanted: Sequence[Retry], worker: str) -> None:
    """Try each again at its time, instead of what was planned for it before. Those whose alert or
    subscription is gone are left out, and those that another worker than this one holds.
    """
    reachable = _locked(conn, subscriptions, {retry.subscription_id for retry in wanted})
    ringing = _locked(conn, alerts, {retry.alert_id for retry in wanted})
    rows = [
        {
            "alert_id": retry.alert_id,
            "subscription_id": retry.subscription_id,
            "due_at": retry.due_at,
            "attempts": retry.attempts,
            "worker": retry.worker,
            "service": retry.service,
            "witness": retry.witness,
        }
        for retry in wanted
        if retry.alert_id in ringing and retry.subscription_id in reachable
    ]
    if not rows:
        return
    row = insert(conn, retries)
    changed = {name: row.excluded[name] for name in ("due_at", "attempts", "worker", "service", "witness")}
    keys = list(retries.primary_key.columns)
    free = sa.or_(retries.c.worker.is_(None), retries.c.worker == worker)
    conn.execute(row.on_conflict_do_update(index_elements=keys, set_=changed, where=free), rows)


def finish_retries(conn: Connection, pairs: Collection[Pair], worker: str) -> set[Pair]:
    """They need no other try, as far as this worker holds them; those it held."""
    if not pairs:
        return set()
    held = {"pairs": sorted(set(pairs)), "name": worker}
    return {(alert, reader) for alert, reader in conn.execute(_FINISH[conn.dialect.name], held)}


def _locked(conn: Connection, table: sa.Table, ids: Collection[int]) -> set[int]:
    """Those of the rows that are there, and stay until what needs them is written."""
    if not ids:
        return set()
    query = sa.select(table.c.id).where(table.c.id.in_(sorted(ids))).order_by(table.c.id)
    return set(conn.execute(query.with_for_update(read=True, key_share=True)).scalars())
