"""The broker a benchmark may use, which others share: a store's queue is its own, and is deleted after it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.jobs.brokers import delete_queue

from newsbell.config import Settings
from newsbell.jobs.celery_app import celery_app, queue_name, queue_of
from newsbell.storage.database import Database

VARIABLE = "NEWSBELL_TEST_BROKER_URL"
_WITHIN = 60.0  # seconds


def available() -> bool:
    """Whether there is one; says where not."""
    if os.environ.get(VARIABLE):
        return True
    print(f"Workers with a broker are left out: {VARIABLE} is not set.")
    return False


@contextmanager
def with_broker(settings: Settings, db: Database) -> Iterator[Settings]:
    """The settings with the broker."""
    brokered = replace(settings, broker_url=os.environ[VARIABLE])
    try:
        yield brokered
    finally:
        delete_queue(brokered, db)


def until_listened_to(settings: Settings, db: Database) -> None:
    """Until a worker waits for messages of the store's queue."""
    queue = queue_name(db)
    deadline = time.monotonic() + _WITHIN
    with celery_app(settings, queue).connection_for_read() as connection:
        declare = queue_of(queue).bind(connection.default_channel).queue_declare
        while not declare().consumer_count:  # type: ignore[union-attr]  # kombu's types say str
            if time.monotonic() > deadline:
                raise RuntimeError(f"no worker came to the broker within {_WITHIN:.0f} s")
            time.sleep(0.1)
