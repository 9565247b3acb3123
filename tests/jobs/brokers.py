"""The broker of the tests, shared with others: a test's queue is its store's own, and is deleted after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from newsbell.config import Settings
from newsbell.jobs.celery_app import celery_app, queue_name, queue_of
from newsbell.storage.database import Database

BROKER = os.environ.get("NEWSBELL_TEST_BROKER_URL", "")


@contextmanager
def with_broker(settings: Settings, db: Database) -> Iterator[Settings]:
    """The settings with the broker of the tests."""
    if not BROKER:
        pytest.skip("NEWSBELL_TEST_BROKER_URL is not set: no broker to test with")
    settings = replace(settings, broker_url=BROKER)
    try:
        yield settings
    finally:
        delete_queue(settings, db)


def delete_queue(settings: Settings, db: Database) -> None:
    queue = queue_name(db)
    with celery_app(settings, queue).connection_for_write() as connection:
        queue_of(queue).bind(connection.default_channel).delete()


def waiting(settings: Settings, db: Database) -> int:
    """How many messages wait in the store's queue."""
    queue = queue_name(db)
    with celery_app(settings, queue).connection_for_read() as connection:
        declared = queue_of(queue).bind(connection.default_channel).queue_declare()
    count: int = declared.message_count  # type: ignore[union-attr]  # kombu's types say str
    return count
