"""When a process ends: with the process that started it, or when it is asked to."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from types import FrameType

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_WATCH_EVERY = 0.5


def end_with(parent: int, wish: signal.Signals = signal.SIGTERM) -> None:
    """Send this process `wish` when `parent`, the process that started it, dies of whatever cause.

    On Linux the kernel does it (prctl(2), PR_SET_PDEATHSIG), SIGKILL of the parent included; elsewhere a
    thread looks for the parent twice a second. A parent that is gone already ends this process now.
    """
    if not _kernel_tells(wish):
        threading.Thread(target=_watch, args=(parent, wish), daemon=True).start()
    # The parent may have died before the kernel was asked: then nobody is told.
    if os.getppid() != parent:
        os.kill(os.getpid(), wish)


def leave_what_is_loaded() -> None:
    """Let the garbage collector look no more at the modules and classes that are there already. A worker
    makes objects by the thousand that soon end, and each of its collections would walk through those as
    well: a tenth of what a message costs besides its encryption.
    """
    gc.collect()
    gc.freeze()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM, SIGINT and SIGHUP set, instead of ending the process where it stands."""
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        # Event.set takes the lock that an interrupted Event.wait may hold in this very thread.
        threading.Thread(target=stop.set).start()

    for wish in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(wish, ask)
    return stop


def _kernel_tells(wish: signal.Signals) -> bool:
    if sys.platform != "linux":
        return False
    try:
        return bool(ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(wish), 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def _watch(parent: int, wish: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_EVERY)
    os.kill(os.getpid(), wish)
