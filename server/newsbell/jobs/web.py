"""The web process: granian serving our WSGI application."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from wsgiref.types import WSGIApplication

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from newsbell.errors import NewsbellError
from newsbell.jobs.lifetime import end_with
from newsbell.jobs.logs import as_dictconfig, event, log_to_stderr

_THREADS = 24  # granian starts them as they are needed; the database pool has a connection for each
_SECONDS_TO_FINISH = 10

logger = logging.getLogger("newsbell.web")


def serve_web(load: Callable[[], WSGIApplication], *, address: str, port: int) -> None:
    """Serve what `load` makes at an IP address and port until SIGTERM or SIGINT.

    `load` is called in granian's worker process, a child of this one. Raises SystemExit(1) when that
    process dies by itself.
    """
    server = Granian(
        "newsbell",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=1,
        blocking_threads=_THREADS,
        workers_kill_timeout=_SECONDS_TO_FINISH,
        log_level=LogLevels.error,
        log_dictconfig=as_dictconfig(),
    )
    # A loader of ours, because granian's own puts the current folder in front of sys.path.
    server.serve(target_loader=partial(_load, load, os.getpid()), wrap_loader=False)


def _load(load: Callable[[], WSGIApplication], parent: int) -> WSGIApplication:
    # granian's worker outlives a killed granian otherwise, and holds the port.
    end_with(parent, signal.SIGKILL)
    log_to_stderr()
    try:
        return load()
    except NewsbellError as error:
        logger.error(event("cannot_start", reason=error.message))  # noqa: TRY400 - a known reason needs no traceback
        sys.exit(1)
