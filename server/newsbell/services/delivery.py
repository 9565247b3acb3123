"""From an alert to rung browsers: plan it into batches, send each, keep what has to be tried again.

The rows are the truth. A worker claims a batch with a lease; if it dies, the lease runs out and another sends
what was not written down of it again, so a repeat is bounded by one batch, and the browser collapses it by
its tag.
"""

from __future__ import annotations

from collections.abc import Callable

from newsbell.services.claims import RETRIES_AT_ONCE
from newsbell.services.planning import plan_some, tell
from newsbell.services.rounds import Round, nothing_else
from newsbell.services.work import Clock, Delivery, Worker

__all__ = ["RETRIES_AT_ONCE", "Clock", "Delivery", "Worker", "plan_alert", "send_batch", "work_once"]


def work_once(work: Delivery, meanwhile: Callable[[], None] = nothing_else) -> bool:
    """Plan and send what is due, for some minutes at most; False when nothing is due. `meanwhile` is called
    now and then: what else the worker has to do.
    """
    return Round(work, meanwhile).run()


def plan_alert(work: Delivery, alert_id: int) -> bool:
    """Make some batches of that alert, and tell of them and of what is left to be planned; False where it is
    not due.
    """
    with work.db.transaction() as conn:
        planned = plan_some(conn, work.worker, work.clock(), alert_id=alert_id)
    if planned is None:
        return False
    tell(work.hints, planned)
    return True


def send_batch(work: Delivery, batch_id: int) -> bool:
    """Claim that batch and send it, and whatever else is due then; False where it is not due."""
    return Round(work).run(batch_id)
