"""What a worker takes upon itself next: a batch, readers to be tried again, each with what to send them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from newsbell.domain.push import PushMessage
from newsbell.domain.subscription import VapidKey
from newsbell.services.planning import Planned, plan_some, tell
from newsbell.services.work import Delivery, Due
from newsbell.storage import delivery, keys
from newsbell.storage.database import Connection
from newsbell.storage.delivery import ClaimedBatch, ClaimedRetry

RETRIES_AT_ONCE = 250
ALERTS_AT_ONCE = 16
"""Alerts planned in one transaction: thousands that nobody follows would keep other writers waiting."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What this worker holds from now on: readers to be tried again, and a batch."""

    retries: Sequence[ClaimedRetry]
    batch: ClaimedBatch | None


@dataclass(frozen=True, kw_only=True)
class Job:
    """Whom to ring for one alert, and with what; no message where it must not ring any more. `batch` is None
    for readers tried again; `paused` are push services that are to be left alone, and until when.
    """

    due: Sequence[Due]
    message: PushMessage | None
    vapid_keys: Mapping[int, VapidKey]
    paused: Mapping[str, datetime]
    batch: ClaimedBatch | None = None


Line = tuple[str, bool]
"""Readers who wait for a host, as witnesses or not."""


class Room(Protocol):
    """Says how many readers that wait for a push service may be sent to now, and keeps their places."""

    def room(self, host: str, most: int, *, witness: bool) -> int: ...
    def promise(self, host: str, number: int) -> None: ...


def claim(work: Delivery, lines: Sequence[Line], room: Room, batch_id: int | None = None) -> Claimed | None:
    """Claim what is due next, at most a batch and some readers to be tried again, of whom those who wait for
    a push service are of these lines; with `batch_id` that batch and nothing else. None where nothing is due.

    Where no batch is due, some are made of the alert that has waited longest. Nobody may follow that one, nor
    the next: after some of them there is nothing to send yet, and there may be more.
    """
    worker, planned = work.worker, list[Planned]()
    with work.db.transaction() as conn:
        # Not before it may have had to wait for another one: what that planned would not be due yet.
        now = work.clock()
        retries = _waiting(conn, work, lines, room)  # first: the places they were promised are taken in order
        if batch_id is None:
            retries += delivery.claim_retries(conn, worker.name, now, worker.lease, RETRIES_AT_ONCE)
        batch = delivery.claim_batch(conn, worker.name, now, worker.lease, batch_id=batch_id)
        while batch is None and batch_id is None and len(planned) < ALERTS_AT_ONCE:
            some = plan_some(conn, worker, now)
            if some is None:
                break
            planned.append(some)
            batch = delivery.claim_batch(conn, worker.name, now, worker.lease)
    for some in planned:
        tell(work.hints, some, but=batch.id if batch else None)
    if not (retries or batch or planned):
        return None
    return Claimed(retries=retries, batch=batch)


def read_jobs(work: Delivery, claimed: Claimed) -> list[Job]:
    """Whom to ring for what is claimed, and with what. Not in the transaction that claims: this takes ten
    times as long and more, and other writers need not wait for it.
    """
    with work.db.read() as conn:
        jobs = _retry_jobs(conn, work, claimed.retries)
        return [*jobs, _batch_job(conn, work, claimed.batch)] if claimed.batch else jobs


def _waiting(conn: Connection, work: Delivery, lines: Sequence[Line], room: Room) -> list[ClaimedRetry]:
    """Some of those who wait, as many as may begin: witnesses first, for others can be made up."""
    worker, now, claimed = work.worker, work.clock(), list[ClaimedRetry]()
    mixed = random.sample(lines, len(lines))
    for host, witness in sorted(mixed, key=lambda line: not line[1]):
        most = room.room(host, RETRIES_AT_ONCE - len(claimed), witness=witness)
        if most == 0:
            continue
        found = delivery.claim_waiting(
            conn, worker.name, now, worker.lease, most, service=host, witness=witness
        )  # fmt: skip
        room.promise(host, len(found))
        claimed += found
    return claimed


def _batch_job(conn: Connection, work: Delivery, batch: ClaimedBatch) -> Job:
    return _job(conn, work, batch, delivery.recipients(conn, batch), batch)


def _retry_jobs(conn: Connection, work: Delivery, retries: Sequence[ClaimedRetry]) -> list[Job]:
    alerts: dict[int, list[ClaimedRetry]] = {}
    for retry in retries:
        alerts.setdefault(retry.alert_id, []).append(retry)
    return [_job(conn, work, mine[0], mine) for mine in alerts.values()]


def _job(
    conn: Connection,
    work: Delivery,
    alert: ClaimedBatch | ClaimedRetry,
    due: Sequence[Due],
    batch: ClaimedBatch | None = None,
) -> Job:
    return Job(
        due=due,
        message=_message(conn, work, alert),
        vapid_keys={key.id: key for key in keys.all_keys(conn)},
        paused=delivery.paused(conn, work.clock()),
        batch=batch,
    )


def _message(conn: Connection, work: Delivery, alert: ClaimedBatch | ClaimedRetry) -> PushMessage | None:
    """The alert's message; None where the article was removed meanwhile and its story has no other home, or
    it is too late.
    """
    now = work.clock()
    # Asked now and not when it was claimed: the alert of a removed article goes over to another home.
    article_id = delivery.article_of(conn, alert.alert_id)
    words = None if article_id is None else work.payloads.of(conn, article_id, work.settings.base_url)
    if words is None or alert.expires_at <= now:
        return None
    ttl = max(1, int((alert.expires_at - now).total_seconds()))
    return PushMessage(payload=words.payload, ttl=ttl, topic=words.tag)
