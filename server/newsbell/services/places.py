"""Places for what holds a thread while somebody else is slow, so that threads are left for everybody else."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Places:
    """At most `at_once` places taken together, and at most `waiting` threads that wait for one."""

    def __init__(self, at_once: int, *, waiting: int) -> None:
        self._at_once = at_once
        self._most_waiting = waiting
        self._inside = 0
        self._waiting = 0
        self._taken: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def one(self, bounds: Mapping[str, int], *, wait: float) -> Iterator[bool]:
        """A place while the block runs; False where none came free within `wait` seconds, or at once where
        as many wait already as may. `bounds` says how many places each of these names may have at once.
        """
        with self._changed:
            got = self._free(bounds) or self._wait(bounds, wait)
            if got:
                self._inside += 1
                self._taken.update(bounds.keys())
        try:
            yield got
        finally:
            if got:
                with self._changed:
                    self._inside -= 1
                    self._taken -= Counter(bounds.keys())
                    self._changed.notify_all()

    def _wait(self, bounds: Mapping[str, int], seconds: float) -> bool:
        if self._waiting >= self._most_waiting:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(lambda: self._free(bounds), timeout=seconds)
        finally:
            self._waiting -= 1

    def _free(self, bounds: Mapping[str, int]) -> bool:
        return self._inside < self._at_once and all(self._taken[name] < most for name, most in bounds.items())
