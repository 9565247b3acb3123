"""A worker in a process of its own, with bounds a test can wait for:
python -m tests.jobs.worker_process BATCH_SIZE LEASE_SECONDS, the settings in the environment.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from newsbell.config import Settings
from newsbell.jobs.embedded import run_worker, worker_name
from newsbell.jobs.logs import log_to_stderr
from newsbell.services.delivery import Worker

if __name__ == "__main__":
    log_to_stderr()
    run_worker(
        Settings.from_environment(os.environ),
        worker=Worker(
            name=worker_name(),
            batch_size=int(sys.argv[1]),
            lease=timedelta(seconds=float(sys.argv[2])),
            concurrency=4,
        ),
    )
