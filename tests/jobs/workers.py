"""A worker in a thread of the test's process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from newsbell.config import Settings


@contextmanager
def working(
    run: Callable[..., None], settings: Settings, *, ends_within: float = 30, **given: Any
) -> Iterator[threading.Event]:
    """A worker that `run` runs with what is given, over its own connections; the event asks it to end, which
    it does within so many seconds.
    """
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(settings,), kwargs={**given, "stop": stop})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(ends_within)
        assert not thread.is_alive()
