"""Runs the worker of `newsbell worker` with the push transport of the tests.

python -m tests.e2e.routed_worker http://127.0.0.1:PORT
"""

from __future__ import annotations

import os
import sys

from newsbell.config import Settings
from newsbell.edges.push import PushSender
from newsbell.jobs.embedded import run_worker
from tests.e2e.services.routing import RoutedTransport

if __name__ == "__main__":
    settings = Settings.from_environment(os.environ)
    run_worker(settings, pusher=PushSender(settings, transport=RoutedTransport(sys.argv[1])))
