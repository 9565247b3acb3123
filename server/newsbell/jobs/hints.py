"""Whom to tell that something became due: a broker's workers, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsbell.config import Settings
from newsbell.services.ports import Hints, NoHints
from newsbell.storage.database import Database

if TYPE_CHECKING:
    from newsbell.jobs.celery_hints import BrokerHints


def hints_for(settings: Settings, db: Database) -> Hints:
    """Hints for whoever stores alerts here, as long as the process lives. `SettingsError` where a broker is
    set and its library is not installed.
    """
    return _through_broker(settings, db) or NoHints()


@contextmanager
def hinting(settings: Settings, db: Database) -> Iterator[Hints]:
    """The same for a command: what was told is on its way when it ends, or the broker is away."""
    hints = _through_broker(settings, db)
    try:
        yield hints or NoHints()
    finally:
        if hints is not None:
            hints.close()


def _through_broker(settings: Settings, db: Database) -> BrokerHints | None:
    if not settings.broker_url:
        return None
    # Only who has a broker needs the library.
    from newsbell.jobs.celery_app import celery_app, queue_name  # noqa: PLC0415
    from newsbell.jobs.celery_hints import BrokerHints  # noqa: PLC0415

    return BrokerHints(celery_app(settings, queue_name(db)))
