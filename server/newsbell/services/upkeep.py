"""What keeps the store small: what is too late is dropped, what is over is cleared by age.

A sweep is a few transactions, each of a bounded number of rows, so that nobody waits long for a lock and no
reader for the sweep, however much there is to clear. Two workers may do this at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from newsbell.domain.backoff import SUSPENSIONS
from newsbell.services.work import Delivery
from newsbell.storage import delivery, links, subscriptions, topics
from newsbell.storage.database import Connection

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 1_000
LATE_RETRIES_AT_ONCE = 10_000
COUNTED_FOR = timedelta(seconds=1)
"""How long a sweep counts the readers of what it dropped: who comes back after a day away has to ring."""
KEPT_FINISHED = timedelta(days=7)
"""How long finished alerts stay, for the operator to look at."""


def sweep(work: Delivery) -> bool:
    """Drop what is too late to ring, and clear what was over long ago: one transaction of each kind. True
    where more is left, which the next sweep takes.
    """
    now = work.clock()
    more_is_late = _give_up_late(work, now)
    finished = _clear(work, lambda conn: delivery.clear_finished(conn, now - KEPT_FINISHED, ROWS_AT_ONCE))
    again = _clear(work, lambda conn: _suspended_again(conn, now))
    if again:
        log.info("suspended_tried_again subscriptions=%d", again)
    unclaimed = _clear(work, lambda conn: links.clear_expired(conn, now, ROWS_AT_ONCE))
    unused = _clear(work, lambda conn: topics.clear_unused(conn, ROWS_AT_ONCE))
    if finished or unclaimed or unused:
        log.info("cleared deliveries=%d links=%d topics=%d", finished, unclaimed, unused)
    return more_is_late or max(finished, again, unclaimed, unused) >= ROWS_AT_ONCE


def _give_up_late(work: Delivery, now: datetime) -> bool:
    """Drop what is too late to ring, and say how many readers are not rung for it; whether more is left."""
    with work.db.transaction() as conn:
        late = delivery.drop_late(conn, now, limit=ROWS_AT_ONCE)
    readers, counted, until = 0, 0, work.clock() + COUNTED_FOR
    for one in late:  # counted when it is done: no writer waits for it
        if work.clock() >= until:
            break
        with work.db.read() as conn:
            readers += delivery.count_recipients(conn, one.alert_id, after=one.after_id, until=one.until_id)
        counted += 1
    more = len(late) >= ROWS_AT_ONCE
    if not more:
        # Who was to be tried again is no recipient of a batch, as long as that stands there.
        retries = _clear(work, lambda conn: delivery.drop_late_retries(conn, now, limit=LATE_RETRIES_AT_ONCE))
        readers += retries
        more = retries >= LATE_RETRIES_AT_ONCE
    if counted < len(late):
        log.warning("alerts_expired readers_at_least=%d", readers)
    elif readers:
        log.warning("alerts_expired readers=%d", readers)
    return more


def _suspended_again(conn: Connection, now: datetime) -> int:
    return subscriptions.try_suspended_again(conn, now, SUSPENSIONS, ROWS_AT_ONCE)


def _clear(work: Delivery, step: Callable[[Connection], int]) -> int:
    """Take one step; how many rows that were."""
    with work.db.transaction() as conn:
        return step(conn)
