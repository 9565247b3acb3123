"""Waiting for something to become so: polled, within a bound, never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

_EVERY = 0.05


def until(look: Callable[[], Found | None], what: str, *, within: float = 20) -> Found:
    """What `look` finds, as soon as that is neither None nor empty nor False; `TimeoutError` names what
    never came."""
    end = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not seen within {within:g} s")
        time.sleep(_EVERY)
