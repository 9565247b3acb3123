"""A worker of the chaos tests in a process of its own, by the broker where the settings name one:
python -m tests.jobs.chaos_worker BATCH_SIZE LEASE_SECONDS PATIENCE SPEED EPOCH PARENT CA_BUNDLE, the
settings in the environment. PATIENCE is how many seconds it waits for a push service, PARENT the process it
ends with, CA_BUNDLE a file of certificates to trust (empty: those that all trust).

Its clock, by which it leases and tries again, goes SPEED times faster since EPOCH (seconds of the real one):
nobody waits half a minute for a second try.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from newsbell.config import Settings
from newsbell.edges.push import PushSender
from newsbell.edges.push_curl import CurlTransport
from newsbell.jobs.celery_worker import run_celery_worker
from newsbell.jobs.embedded import run_worker, worker_name
from newsbell.jobs.lifetime import end_with
from newsbell.jobs.logs import log_to_stderr
from newsbell.services.delivery import Worker


def fast_clock(speed: float, epoch: float) -> Callable[[], datetime]:
    start = datetime.fromtimestamp(epoch, UTC)
    return lambda: start + (datetime.now(UTC) - start) * speed


if __name__ == "__main__":
    batch_size, lease, patience, speed, epoch, parent, ca_bundle = sys.argv[1:]
    end_with(int(parent))
    log_to_stderr()
    settings = Settings.from_environment(os.environ)
    run = run_celery_worker if settings.broker_url else run_worker
    run(
        settings,
        pusher=PushSender(
            settings, timeout=float(patience), transport=CurlTransport(settings, ca_bundle=ca_bundle)
        ),
        worker=Worker(
            name=worker_name(),
            batch_size=int(batch_size),
            lease=timedelta(seconds=float(lease)),
            patience=timedelta(seconds=float(speed)),
        ),
        clock=fast_clock(float(speed), float(epoch)),
    )
