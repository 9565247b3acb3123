"""The doctor: gathers the facts, and has them checked."""

from __future__ import annotations

import shutil
from datetime import datetime

from newsbell.config import Settings
from newsbell.errors import NewsbellError
from newsbell.services.checks import (
    LONGEST_LINES,
    Facts,
    Finding,
    check,
    check_base_url,
    check_disk,
    check_vapid_subject,
)
from newsbell.storage import delivery, keys, status, subscriptions, topics
from newsbell.storage.database import Database, open_database


def doctor(settings: Settings, now: datetime) -> list[Finding]:
    """Everything that would stop a ring or a feed, the store first. Never raises an error of ours: a store
    that cannot be opened is the first finding, and what needs none is checked all the same.
    """
    try:
        db = open_database(settings)
        try:
            facts = gather(db, settings, now)
        finally:
            db.close()
    except NewsbellError as error:
        store = Finding(subject="store", level="bad", sentence=error.message)
        return [store, *_without_store(settings)]
    return [
        Finding(subject="store", level="ok", sentence="It answers, with this version's tables."),
        *check(facts),
    ]


def gather(db: Database, settings: Settings, now: datetime) -> Facts:
    """The facts as of now; `UnavailableError` where the database does not answer."""
    disk_free = _free(settings)  # a disk of the network may take its time
    with db.read() as conn:
        return Facts(
            now=now,
            database_now=status.server_time(conn),
            base_url=settings.base_url,
            vapid_subject=settings.resolved_vapid_subject,
            has_vapid_key=keys.current(conn) is not None,
            heartbeat=delivery.last_heartbeat(conn),
            overdue_since=delivery.pending(conn, now).oldest_due,
            subscriptions=subscriptions.count(conn),
            suspended=status.count_suspended(conn),
            paused=sorted(delivery.paused(conn, now)),
            waiting=status.waiting(conn, LONGEST_LINES),
            waiting_topics=topics.count_unlisted(conn),
            disk_free=disk_free,
        )


def _without_store(settings: Settings) -> list[Finding]:
    found = [check_base_url(settings.base_url), check_vapid_subject(settings.resolved_vapid_subject)]
    return [*found, check_disk(_free(settings))]


def _free(settings: Settings) -> int:
    """Free bytes where the data folder is, or will be."""
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
