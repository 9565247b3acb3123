"""The process that cleans one page after the other, and that dies where a page is too much for it."""

from __future__ import annotations

import logging
import os
import resource
import select
import signal
import sys
from typing import BinaryIO

from newsbell.domain.cleaning import clean_restoring
from newsbell.errors import NewsbellError
from newsbell.jobs.cleaning_messages import (
    READY,
    Request,
    article_line,
    error_line,
    failed,
    read_request,
)
from newsbell.jobs.lifetime import end_with
from newsbell.jobs.logs import event, log_to_stderr

logger = logging.getLogger("newsbell.cleaning")


def run(parent: int, memory: int, idle: float) -> None:
    """Answer the pages that come on standard input until it ends, or none has come for `idle` seconds.

    `memory` in bytes is all the address space the process may have.
    """
    end_with(parent, signal.SIGKILL)
    # Ctrl-C in a terminal reaches every process there; this one ends when its parent lets it go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log_to_stderr()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    _bound(memory)
    _say(answers, READY)
    while _comes(sys.stdin.buffer, idle) and (request := read_request(sys.stdin.buffer)):
        try:
            answer = _answer(request)
        except MemoryError:
            # What is left of the heap is in pieces; the next page gets a process of its own.
            _say(answers, error_line(failed()))
            return
        _say(answers, answer)


def _answer(request: Request) -> bytes:
    try:
        return article_line(
            clean_restoring(
                request.source, request.url, content_type=request.content_type, restored=request.restored
            )
        )
    except NewsbellError as error:
        return error_line(error)
    except MemoryError:
        logger.error(event("cleaning_failed", url=request.url, error="MemoryError"))  # noqa: TRY400 - where does not matter
        raise
    except Exception:
        logger.exception(event("cleaning_failed", url=request.url))
        return error_line(failed())


def _bound(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ValueError, OSError):  # macOS has no such limit; the deadline holds there too
        logger.warning(event("cleaning_memory_unbounded"))


def _comes(stream: BinaryIO, idle: float) -> bool:
    return bool(select.select([stream], [], [], idle)[0])


def _say(answers: BinaryIO, line: bytes) -> None:
    answers.write(line)
    answers.flush()


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
