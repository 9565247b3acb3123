"""Planning: an alert is cut into batches, some at a time, so that no story delays another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbell.services.ports import Hints
from newsbell.services.work import Worker
from newsbell.storage import delivery
from newsbell.storage.database import Connection

PLANNED_AT_ONCE = 8
"""Batches made of one alert before others have their turn."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The batches made of an alert, by number; `more` where it is not at the end of its followers."""

    alert_id: int
    batches: Sequence[int]
    more: bool


def plan_some(
    conn: Connection, worker: Worker, now: datetime, *, alert_id: int | None = None
) -> Planned | None:
    """Make some batches of one alert, that one or whichever has waited longest, which then goes to the end of
    the queue; None where it is not due. The batches are due `now`. Two workers at one alert do no harm.
    """
    number = delivery.take_alert_to_plan(conn, now, alert_id=alert_id)
    if number is None:
        return None
    made: list[int] = []
    more = True
    for _ in range(PLANNED_AT_ONCE):
        planned = delivery.plan_next_batch(conn, number, size=worker.batch_size, now=now)
        if planned.id is not None:
            made.append(planned.id)
        more = planned.more
        if not more:
            break
    return Planned(alert_id=number, batches=made, more=more)


def tell(hints: Hints, planned: Planned, *, but: int | None = None) -> None:
    """Tell of what has become due by planning, once that is committed; `but` is a batch in hand already."""
    for number in planned.batches:
        if number != but:
            hints.batch_planned(number)
    if planned.more:
        hints.alert_due(planned.alert_id)
