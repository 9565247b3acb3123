"""From an alert to rung browsers: plan it into batches, send each, keep what has to be tried again.

The rows are the truth. A worker claims a batch with a lease; if it dies, the lease runs out and another
sends the batch again, so a repeat is bounded by one batch, and the browser collapses it by its tag.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from newsbell.domain.payload import alert_payload, story_tag
from newsbell.domain.push import PushMessage
from newsbell.domain.subscription import VapidKey
from newsbell.services.sending import Clock, Delivery, Worker, record, send_all
from newsbell.storage import articles, delivery, keys, topics
from newsbell.storage.delivery import ClaimedBatch, ClaimedRetry

__all__ = ["Clock", "Delivery", "Worker", "plan_alert", "send_batch", "send_retries", "sweep", "work_once"]

log = logging.getLogger(__name__)

CHUNK = 50
"""Recipients between two extensions of the lease: a slow push service must not outlast it."""
RETRIES_AT_ONCE = 100
KEPT_FINISHED = timedelta(days=7)
"""How long finished alerts stay, for the operator to look at."""


def work_once(work: Delivery) -> bool:
    """Do the next due thing; False when nothing is due."""
    with work.db.read() as conn:
        if not delivery.has_work(conn, work.clock()):
            return False
    return plan_alert(work) or send_batch(work) or send_retries(work)


def sweep(work: Delivery) -> None:
    """Drop what is too late to ring, and clear what was finished long ago."""
    now = work.clock()
    with work.db.transaction() as conn:
        dropped = delivery.drop_expired(conn, now)
    if dropped:
        log.warning("alerts_expired dropped=%d", dropped)
    with work.db.transaction() as conn:
        delivery.clear_finished(conn, now - KEPT_FINISHED, 1_000)
    with work.db.transaction() as conn:
        topics.clear_unused(conn, 1_000)


def plan_alert(work: Delivery) -> bool:
    """Cut one alert into batches of its followers, a page by key at a time."""
    with work.db.transaction() as conn:
        alert = delivery.claim_alert_to_plan(conn, work.worker.name, work.clock(), work.worker.lease)
    if alert is None:
        return False
    more = True
    while more:
        with work.db.transaction() as conn:
            more = delivery.plan_next_batch(conn, alert.id, size=work.worker.batch_size, now=work.clock())
    return True


def send_batch(work: Delivery) -> bool:
    """Claim a batch and send it; False when none is due."""
    with work.db.transaction() as conn:
        batch = delivery.claim_batch(conn, work.worker.name, work.clock(), work.worker.lease)
    if batch is None:
        return False
    message, vapid_keys = _prepare(work, batch)
    if message is not None and not _send_in_chunks(work, batch, message, vapid_keys):
        log.warning("batch_lost batch=%d worker=%s", batch.id, work.worker.name)
        return True
    with work.db.transaction() as conn:
        delivery.finish_batch(conn, batch.id, work.worker.name, work.clock())
    return True


def send_retries(work: Delivery) -> bool:
    """Claim what is due for another try and send it; False when nothing is."""
    with work.db.transaction() as conn:
        due = delivery.claim_retries(conn, work.worker.name, work.clock(), work.worker.lease, RETRIES_AT_ONCE)
    for alert_id in dict.fromkeys(retry.alert_id for retry in due):
        mine = [retry for retry in due if retry.alert_id == alert_id]
        message, vapid_keys = _prepare(work, mine[0])
        sent = send_all(work, mine, message, vapid_keys) if message else []
        with work.db.transaction() as conn:
            for retry in mine:
                delivery.finish_retry(conn, retry.alert_id, retry.subscription_id, work.worker.name)
            record(conn, work, sent)
    return bool(due)


def _send_in_chunks(
    work: Delivery, batch: ClaimedBatch, message: PushMessage, vapid_keys: dict[int, VapidKey]
) -> bool:
    """Send a batch, holding it for the next chunk after each; False when the lease was lost."""
    with work.db.read() as conn:
        recipients = delivery.recipients(conn, batch)
    for start in range(0, len(recipients), CHUNK):
        sent = send_all(work, recipients[start : start + CHUNK], message, vapid_keys)
        with work.db.transaction() as conn:
            record(conn, work, sent)
            if not delivery.extend_lease(conn, batch.id, work.worker.name, work.clock(), work.worker.lease):
                return False
    return True


def _prepare(
    work: Delivery, due: ClaimedBatch | ClaimedRetry
) -> tuple[PushMessage | None, dict[int, VapidKey]]:
    """The alert's message, or None where it must not ring any more: the article was removed meanwhile, or
    it is too late.
    """
    now = work.clock()
    with work.db.read() as conn:
        article = articles.get(conn, due.article_id)
        vapid_keys = {key.id: key for key in keys.all_keys(conn)}
    if article is None or due.expires_at <= now:
        return None, vapid_keys
    message = PushMessage(
        payload=alert_payload(article, work.settings.base_url),
        ttl=max(1, int((due.expires_at - now).total_seconds())),
        topic=story_tag(article.story_id),
    )
    return message, vapid_keys
