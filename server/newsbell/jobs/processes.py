"""`newsbell serve`: the store made ready, then the web and the worker as two processes under one."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from newsbell.config import Settings
from newsbell.edges.vapid import new_key_pair
from newsbell.errors import StartError
from newsbell.jobs.logs import event
from newsbell.services.vapid import ensure_keys
from newsbell.storage.database import open_database
from newsbell.storage.migrations import migrate

_LOOK_EVERY = 0.2
_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 50.0
"""A worker waits up to 15 s for the answers under way, and up to three times 10 s to write them down. Less
than the minute after which systemd and containers are told to kill this process, too.
"""
_STEADY = 60.0  # a child that lived this long starts with a clean slate
_LONGEST_DELAY = 30.0

logger = logging.getLogger("newsbell.serve")


def make_ready(settings: Settings) -> None:
    """Bring the store to the newest schema and give it a VAPID key. Safe beside another server's start."""
    migrate(settings)
    db = open_database(settings)
    try:
        ensure_keys(db, new_key_pair, datetime.now(UTC))
    finally:
        db.close()


def newsbell(*arguments: str) -> list[str]:
    """The command that runs `newsbell` in another process, one that ends with this one.

    -P: a folder named newsbell where the operator stands is not what is run.
    """
    return [sys.executable, "-P", "-m", "newsbell", *arguments, "--parent", str(os.getpid())]


def restart_delay(deaths: int) -> float:
    """Seconds to wait before a child is started again, after so many early deaths in a row."""
    return min(_LONGEST_DELAY, 0.25 * (1 << min(deaths, 10)))


@dataclass
class Child:
    """A command that is kept running."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    deaths: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _started: float = 0.0
    _due: float = 0.0

    def start(self) -> None:
        # A process group of its own: Ctrl-C in the terminal reaches us alone, and we end the children.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self.command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            process_group=0,
        )
        self._started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def tend(self) -> None:
        """Note a death, and start again when the time for it has come."""
        if self.alive:
            return
        now = time.monotonic()
        if self._process is not None:
            self.deaths = 1 if now - self._started > _STEADY else self.deaths + 1
            delay = restart_delay(self.deaths)
            logger.error(event(f"{self.name}_died", code=self._process.returncode, again_in_seconds=delay))
            self._process, self._due = None, now + delay
        elif now >= self._due:
            self.start()

    def ask_to_end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end(self, until: float) -> None:
        """Wait for the end until a time of the monotonic clock, then force it, its own children included."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning(event(f"{self.name}_killed", reason="it did not end when asked to"))
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def supervise(
    children: Sequence[Child], *, up: Callable[[], bool], announce: Callable[[], None], stop: threading.Event
) -> None:
    """Keep the children running until `stop` is set, and end them then or whatever happens.

    `announce` is called once, when `up` first holds. Raises `StartError` if a child dies before that, or
    it takes longer than a minute.
    """
    try:
        for child in children:
            child.start()
        if _come_up(children, up, stop):
            announce()
        while not stop.wait(_LOOK_EVERY):
            for child in children:
                child.tend()
    finally:
        for child in children:
            child.ask_to_end()
        until = time.monotonic() + _SECONDS_TO_END
        for child in children:
            child.end(until)


def _come_up(children: Sequence[Child], up: Callable[[], bool], stop: threading.Event) -> bool:
    until = time.monotonic() + _SECONDS_TO_START
    while not stop.wait(_LOOK_EVERY):
        for child in children:
            if not child.alive:
                raise StartError(f"The {child.name} process could not start; the lines above say why.")
        if up():
            return True
        if time.monotonic() > until:
            raise StartError(f"The server did not answer within {_SECONDS_TO_START:.0f} seconds.")
    return False
