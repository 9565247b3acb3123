"""The transport of production: libcurl, over few connections to each push service, many requests on each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager

from newsbell.config import Settings
from newsbell.edges.push_engine import Engine
from newsbell.edges.push_transport import Post, Reply


class CurlTransport:
    """A `PushTransport`. Threads may share it: each exchange has an engine to itself, and leaves it, with its
    open connections, to the next.

    `ca_bundle` is a file of certificate authorities (empty: those certifi ships); `engine` makes the engines.
    """

    def __init__(self, settings: Settings, *, ca_bundle: str = "", engine: type[Engine] = Engine) -> None:
        self._make: Callable[[], Engine] = lambda: engine(settings.base_url, ca_bundle)
        self._idle: list[Engine] = []
        self._lock = threading.Lock()

    def exchange(
        self, posts: Iterable[Post | None], *, at_once: int, timeout: float
    ) -> Generator[tuple[Post, Reply], None, None]:
        with self._engine() as engine:
            yield from engine.exchange(iter(posts), at_once=at_once, timeout=timeout)

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        with self._lock:
            engine = self._idle.pop() if self._idle else None
        engine = engine or self._make()
        try:
            yield engine
        finally:
            with self._lock:
                self._idle.append(engine)
