"""What keeps the store small: what is too late is dropped, what is over is cleared by age.

Each step is a transaction of its own and touches a bounded number of rows, so that nobody waits long for a
lock, however much there is to clear. Two workers may do this at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from newsbell.domain.backoff import SUSPENSIONS
from newsbell.services.work import Delivery
from newsbell.storage import delivery, links, subscriptions, topics
from newsbell.storage.database import Connection
from newsbell.storage.delivery import Late

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 1_000
MOST_STEPS = 100
"""Transactions of one kind in one sweep; what is left waits for the next."""
KEPT_FINISHED = timedelta(days=7)
"""How long finished alerts stay, for the operator to look at."""


def sweep(work: Delivery) -> None:
    """Drop what is too late to ring, and clear what was over long ago."""
    now = work.clock()
    late = _give_up_late(work, now)
    if late:
        log.warning("alerts_expired readers=%d", late)
    finished = _clear(work, lambda conn: delivery.clear_finished(conn, now - KEPT_FINISHED, ROWS_AT_ONCE))
    again = _clear(work, lambda conn: _suspended_again(conn, now))
    if again:
        log.info("suspended_tried_again subscriptions=%d", again)
    unclaimed = _clear(work, lambda conn: links.clear_expired(conn, now, ROWS_AT_ONCE))
    unused = _clear(work, lambda conn: topics.clear_unused(conn, ROWS_AT_ONCE))
    if finished or unclaimed or unused:
        log.info("cleared deliveries=%d links=%d topics=%d", finished, unclaimed, unused)


def _give_up_late(work: Delivery, now: datetime) -> int:
    """Drop what is too late to ring; how many readers will not be rung for it."""
    dropped: list[Late] = []

    def drop(conn: Connection) -> int:
        found = delivery.drop_late(conn, now, limit=ROWS_AT_ONCE)
        dropped.extend(found)
        return len(found)

    _clear(work, drop)
    readers = 0
    for late in dropped:  # counted when it is done: no writer waits for it
        with work.db.read() as conn:
            readers += delivery.count_recipients(
                conn, late.alert_id, after=late.after_id, until=late.until_id
            )
    # Who was to be tried again is no recipient of a batch, as long as that stands there.
    return readers + _clear(work, lambda conn: delivery.drop_late_retries(conn, now, limit=ROWS_AT_ONCE))


def _suspended_again(conn: Connection, now: datetime) -> int:
    return subscriptions.try_suspended_again(conn, now, SUSPENSIONS, ROWS_AT_ONCE)


def _clear(work: Delivery, step: Callable[[Connection], int]) -> int:
    """Take steps until one finds nothing; how many rows that were."""
    rows = 0
    for _ in range(MOST_STEPS):
        with work.db.transaction() as conn:
            found = step(conn)
        rows += found
        if not found:
            break
    return rows
