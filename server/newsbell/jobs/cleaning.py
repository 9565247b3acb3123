"""Cleaning where it can be killed: processes of its own, bounded in memory and time.

A page is a stranger's, and its parsers are C: what hangs, grows without end or crashes takes a process
along that holds nothing. A process costs about a second to start, so it is kept warm for the pages after.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from newsbell.domain.article import CleanArticle, Removal
from newsbell.errors import RefusedError, UnavailableError
from newsbell.jobs.cleaning_messages import (
    LONGEST_ANSWER,
    READY,
    Request,
    failed,
    read_answer,
    request_bytes,
)

# -P: a folder named newsbell where the operator stands is not what is run.
PROGRAM = ["-P", "-m", "newsbell.jobs.cleaning_process"]
_SECONDS_TO_LEAVE = 1.0


@dataclass(frozen=True, kw_only=True)
class CleaningLimits:
    """`memory` in bytes for one process, the interpreter included; the rest in seconds: for one page, for a
    process to start, for a page to wait for a process, and how long an idle one stays.
    """

    memory: int = 512 * 1024 * 1024
    page: float = 20.0
    start: float = 60.0
    wait: float = 30.0
    idle: float = 300.0
    pages: int = 500
    """Pages until a process makes room for a fresh one, whatever has leaked by then."""


class CleaningProcesses:
    """A `newsbell.services.ports.Cleaner` for several threads; `size` pages are cleaned at a time at most.

    Raises RefusedError "cleaning_too_slow" or "cleaning_failed" where a page is too much, and
    `UnavailableError` where too many pages wait.
    """

    def __init__(self, size: int | None = None, limits: CleaningLimits | None = None) -> None:
        self._limits = limits or CleaningLimits()
        # The kernel ends a child with the thread that started it, so that must be one that stays.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="newsbell-cleaning")
        self._size = size or min(4, os.cpu_count() or 1)
        # The process used last is on top: the others may go when they have been idle for long.
        self._free: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(self._size):
            self._free.put(None)

    def __call__(
        self,
        source: str | bytes,
        url: str = "",
        *,
        content_type: str | None = None,
        restored: Sequence[Removal] = (),
    ) -> CleanArticle:
        request = Request(source=source, url=url, content_type=content_type, restored=tuple(restored))
        try:
            process = self._free.get(timeout=self._limits.wait)
        except queue.Empty as error:
            raise UnavailableError("Too many pages are being cleaned; try again in a minute.") from error
        try:
            process, answer = self._asked(process, request_bytes(request))
        except BaseException:
            self._free.put(None)
            raise
        self._free.put(process)
        return read_answer(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process, when no page is being cleaned any more."""
        for _ in range(self._size):
            process = self._free.get(timeout=self._limits.wait + self._limits.page)
            if process is not None:
                process.end()
        self._starter.shutdown()

    def _asked(self, process: _Process | None, request: bytes) -> tuple[_Process | None, bytes]:
        """The answer, and the process that gave it, if it may be asked again."""
        for _ in range(2):
            if process is None or not process.usable(self._limits.pages):
                if process is not None:
                    process.end()
                process = self._starter.submit(_Process, self._limits).result()
            try:
                return process, process.ask(request, self._limits.page)
            except _LeftError:
                process = None
        raise failed()


class _LeftError(Exception):
    """The process had been idle for long and was leaving when the page came; another one takes it."""


class _Process:
    """A running cleaning process."""

    def __init__(self, limits: CleaningLimits) -> None:
        self._pages = 0
        self._late = False
        arguments = [os.getpid(), limits.memory, limits.idle]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *PROGRAM, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_without_settings(os.environ),
            process_group=0,
        )
        if self._exchange(b"", limits.start) != READY:
            self.end()
            raise UnavailableError("The process that cleans pages does not start; the log says why.")

    def usable(self, pages: int) -> bool:
        return not self._late and self._pages < pages and self._process.poll() is None

    def ask(self, request: bytes, seconds: float) -> bytes:
        """The line that answers the request."""
        self._pages += 1
        answer = self._exchange(request, seconds)
        if answer.endswith(b"\n"):
            return answer
        late, code = self._late, self.end()
        if late:
            raise RefusedError(
                f"This page took more than {seconds:g} seconds to clean.",
                code="cleaning_too_slow",
                field="content",
            )
        if code == 0:
            raise _LeftError
        raise failed()

    def end(self) -> int:
        """Let it go, or kill it where it does not; how it ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with suppress(OSError):  # what it has not read is lost
            stdin.close()
        try:
            ended = self._process.wait(_SECONDS_TO_LEAVE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            ended = self._process.wait()
        stdout.close()
        return ended

    def _exchange(self, request: bytes, seconds: float) -> bytes:
        """Write, and read a line; killed after so many seconds, wherever it stands by then."""
        timer = threading.Timer(seconds, self._kill)
        timer.daemon = True
        timer.start()
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(request)
            stdin.flush()
            return stdout.readline(LONGEST_ANSWER)
        except OSError:
            return b""
        finally:
            timer.cancel()

    def _kill(self) -> None:
        self._late = True
        self._process.kill()


def _without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without our settings: what reads strangers' pages need not know a password."""
    return {name: value for name, value in environ.items() if not name.startswith("NEWSBELL_")}
