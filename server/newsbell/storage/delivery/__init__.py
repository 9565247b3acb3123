"""Delivery as rows: alert → batches → retries. Whatever a worker holds, it holds for the time of a lease.

An alert is cut into batches, each a range of subscriptions (after_id, until_id]. Claiming is a conditional
UPDATE that puts a row's `due_at` at the end of the lease, so what a dead worker held is due again by itself.
"""

from newsbell.storage.delivery.alerts import (
    PlannedBatch,
    add_alert,
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
from newsbell.storage.delivery.many import Pair, Retry, add_retries, finish_retries
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
    "pause",
    "paused",
    "pending",
    "plan_next_batch",
    "recipients",
    "take_alert_to_plan",
    "waiting_services",
]
