"""Names looked up in time: getaddrinfo takes no timeout, and a name server that is silent holds it long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

Resolve = Callable[..., list[tuple[Any, ...]]]
"""`socket.getaddrinfo` or what stands in for it."""

AT_ONCE = 32


class Lookups:
    """At most `at_once` lookups under way, each in a thread of its own. One that nobody waits for any longer
    keeps its place until it ends, so that threads never grow in number, and the process ends without it.
    """

    def __init__(self, resolve: Resolve, *, at_once: int = AT_ONCE) -> None:
        self._resolve = resolve
        self._places = threading.BoundedSemaphore(at_once)

    def look_up(self, *arguments: Any, timeout: float | None) -> list[tuple[Any, ...]]:
        """What the resolver says to these arguments, or raises; TimeoutError after `timeout` seconds, those
        of waiting for a place included.
        """
        until = None if timeout is None else time.monotonic() + timeout
        if not self._places.acquire(timeout=timeout):
            raise TimeoutError("too many names are being looked up")
        answer: Future[list[tuple[Any, ...]]] = Future()
        self._start(answer, arguments)
        return answer.result(None if until is None else max(until - time.monotonic(), 0))

    def _start(self, answer: Future[list[tuple[Any, ...]]], arguments: tuple[Any, ...]) -> None:
        try:
            threading.Thread(target=self._run, args=(answer, arguments), daemon=True).start()
        except RuntimeError:  # the machine has no thread left
            self._places.release()
            raise

    def _run(self, answer: Future[list[tuple[Any, ...]]], arguments: tuple[Any, ...]) -> None:
        try:
            answer.set_result(self._resolve(*arguments))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the answer is awaited
            answer.set_exception(error)
        finally:
            self._places.release()
