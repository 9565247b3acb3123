"""Waiting for something to become so: polled, never for a fixed time, and within a bound that a machine with
much else to do keeps, too: only what never comes is waited for so long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 90
"""Seconds."""
_EVERY = 0.05


def until(look: Callable[[], Found | None], what: str, *, within: float = PATIENCE) -> Found:
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
