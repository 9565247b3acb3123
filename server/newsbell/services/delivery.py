"""From an alert to rung browsers: plan it into batches, send each, keep what has to be tried again.

The rows are the truth. A worker claims a batch with a lease; if it dies, the lease runs out and another
sends the batch again, so a repeat is bounded by one batch, and the browser collapses it by its tag.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from newsbell.config import Settings
from newsbell.domain.backoff import given_up, retry_at
from newsbell.domain.payload import alert_payload, story_tag
from newsbell.domain.push import Outcome, PushMessage, PushResult
from newsbell.domain.subscription import VapidKey
from newsbell.services.ports import Pusher
from newsbell.storage import articles, delivery, keys, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import ClaimedBatch, ClaimedRetry, Recipient

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

CHUNK = 50
"""Recipients between two extensions of the lease: a slow push service must not outlast it."""
RETRIES_AT_ONCE = 100
KEPT_FINISHED = timedelta(days=7)
"""How long finished alerts stay, for the operator to look at."""


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker's name, unique to its process, and the bounds it works in."""

    name: str
    batch_size: int = 500
    lease: timedelta = timedelta(minutes=5)
    concurrency: int = 16


@dataclass(frozen=True)
class Delivery:
    """What every step of the work needs."""

    db: Database
    settings: Settings
    worker: Worker
    pusher: Pusher
    clock: Clock


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
    if message is not None:
        with work.db.read() as conn:
            recipients = delivery.recipients(conn, batch)
        for chunk in _chunks(recipients, CHUNK):
            results = _send_all(work, chunk, message, vapid_keys)
            if not _record_chunk(work, batch, chunk, results):
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
        results = _send_all(work, mine, message, vapid_keys) if message else []
        with work.db.transaction() as conn:
            for retry in mine:
                delivery.finish_retry(conn, retry.alert_id, retry.subscription_id)
            for retry, result in zip(mine, results, strict=False):
                _record(conn, work, retry, result, attempts=retry.attempts)
    return bool(due)


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


def _send_all(
    work: Delivery,
    recipients: Sequence[Recipient | ClaimedRetry],
    message: PushMessage,
    vapid_keys: dict[int, VapidKey],
) -> list[PushResult]:
    def send(recipient: Recipient | ClaimedRetry) -> PushResult:
        return work.pusher.send(recipient.target, message, vapid_keys[recipient.vapid_key_id])

    with ThreadPoolExecutor(work.worker.concurrency) as pool:
        return list(pool.map(send, recipients))


def _record_chunk(
    work: Delivery, batch: ClaimedBatch, chunk: Sequence[Recipient], results: Sequence[PushResult]
) -> bool:
    """Write down what came of a chunk, and hold the batch for the next; False when the lease was lost."""
    counts = Counter(result.outcome.value for result in results)
    log.info("batch_chunk alert=%d batch=%d %s", batch.alert_id, batch.id,
             " ".join(f"{name}={count}" for name, count in sorted(counts.items())))  # fmt: skip
    with work.db.transaction() as conn:
        for recipient, result in zip(chunk, results, strict=True):
            _record(conn, work, recipient, result, alert_id=batch.alert_id)
        return delivery.extend_lease(conn, batch.id, work.worker.name, work.clock(), work.worker.lease)


def _record(
    conn: Connection,
    work: Delivery,
    recipient: Recipient | ClaimedRetry,
    result: PushResult,
    *,
    alert_id: int | None = None,
    attempts: int = 0,
) -> None:
    now = work.clock()
    number = recipient.subscription_id
    if result.outcome is Outcome.SENT:
        subscriptions.record_success(conn, [number], now)
        return
    origin = urlsplit(recipient.target.endpoint).hostname
    log.info("push_%s subscription=%d service=%s status=%d detail=%.100r",
             result.outcome.value, number, origin, result.status, result.detail)  # fmt: skip
    if result.outcome is Outcome.GONE:
        subscriptions.remove(conn, number)
    elif result.outcome is Outcome.KEY_REFUSED:
        subscriptions.suspend(conn, number, now)
    elif result.outcome is Outcome.LATER:
        if given_up(now, subscriptions.record_failure(conn, number, now)):
            subscriptions.remove(conn, number)
            return
        due_at = retry_at(now, attempts=attempts, retry_after=result.retry_after, jitter=random.random())  # noqa: S311 - spreads load, guards nothing
        alert = recipient.alert_id if isinstance(recipient, ClaimedRetry) else alert_id
        assert alert is not None
        delivery.add_retry(conn, alert, number, due_at=due_at, attempts=attempts + 1)


def _chunks(recipients: Sequence[Recipient], size: int) -> Iterator[Sequence[Recipient]]:
    for start in range(0, len(recipients), size):
        yield recipients[start : start + size]
