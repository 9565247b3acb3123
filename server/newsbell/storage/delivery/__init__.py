"""Delivery as rows: alert → batches → retries. Whatever a worker holds, it holds for the time of a lease.

An alert is cut into batches, each a range of subscriptions (after_id, until_id]. Claiming is a conditional
UPDATE that puts a row's `due_at` at the end of the lease, so what a dead worker held is due again by itself.

On PostgreSQL a transaction either takes what is free, by SKIP LOCKED, and waits for nobody (claiming,
planning, clearing up); or it may have to wait, and then it locks in this order, so that no two wait for each
other:

1. its turn, where it changes articles or topics (`statements.take_turn`);
2. subscriptions, by number, before their topics, links and retries (`subscriptions.lock`, `lock_followers`);
3. alerts, by number, before their batches and retries (`lock_alerts`, `lock_unplanned`);
4. topics that end, by number: who begins to follow some needs them in this order;
5. all of these, in any order.

Removing an article deletes its alert, and with it batches and retries in an order that nobody chooses; so
does the end of a subscription. Who changes one reader's retries needs no alert: one article is removed at a
time. Whoever begins to follow a topic in the moment before it ends was not there to be locked; who goes
again at once may be told that the database is busy, or an editor is, and tries again.
"""

from newsbell.storage.delivery.alerts import (
    PlannedBatch,
    add_alert,
    article_of,
    lock_unplanned,
    plan_next_batch,
    take_alert_to_plan,
)
from newsbell.storage.delivery.batches import (
    ClaimedBatch,
    Recipient,
    claim_batch,
    count_recipients,
    extend_lease,
    finish_batch,
    recipients,
)
from newsbell.storage.delivery.due import Due, due
from newsbell.storage.delivery.late import Late, drop_late, drop_late_retries
from newsbell.storage.delivery.many import Pair, Retry, add_retries, finish_retries, lock_alerts
from newsbell.storage.delivery.pauses import pause, paused
from newsbell.storage.delivery.retries import (
    ClaimedRetry,
    claim_retries,
    claim_waiting,
    waiting_services,
)
from newsbell.storage.delivery.upkeep import (
    Pending,
    clear_finished,
    forget_worker,
    has_work,
    heartbeat,
    last_heartbeat,
    pending,
)

__all__ = [
    "ClaimedBatch",
    "ClaimedRetry",
    "Due",
    "Late",
    "Pair",
    "Pending",
    "PlannedBatch",
    "Recipient",
    "Retry",
    "add_alert",
    "add_retries",
    "article_of",
    "claim_batch",
    "claim_retries",
    "claim_waiting",
    "clear_finished",
    "count_recipients",
    "drop_late",
    "drop_late_retries",
    "due",
    "extend_lease",
    "finish_batch",
    "finish_retries",
    "forget_worker",
    "has_work",
    "heartbeat",
    "last_heartbeat",
    "lock_alerts",
    "lock_unplanned",
    "pause",
    "paused",
    "pending",
    "plan_next_batch",
    "recipients",
    "take_alert_to_plan",
    "waiting_services",
]
