"""A worker with a broker and without its schedule: it does what messages ask for, and looks at no row else.
In a process of its own: python -m tests.jobs.unscheduled LEASE_SECONDS, the settings in the environment.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

from newsbell.config import Settings
from newsbell.jobs import celery_worker
from newsbell.jobs.celery_schedule import Desk
from newsbell.jobs.embedded import worker_name
from newsbell.services.delivery import Worker


class _NoSchedule(threading.Thread):
    def __init__(self, _app: object, _queue: str, desk: Desk) -> None:
        super().__init__(target=desk.stop.wait, daemon=True)


@contextmanager
def unscheduled() -> Iterator[None]:
    """Workers started meanwhile have no schedule."""
    with mock.patch.object(celery_worker, "Schedule", _NoSchedule):
        yield


if __name__ == "__main__":
    with unscheduled():
        celery_worker.run_celery_worker(
            Settings.from_environment(os.environ),
            worker=Worker(name=worker_name(), lease=timedelta(seconds=float(sys.argv[1]))),
        )
