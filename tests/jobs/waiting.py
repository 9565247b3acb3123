"""Waiting for a condition, with a bound; and looking at processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def wait_until(condition: Callable[[], bool], *, seconds: float = 90.0, what: str = "it") -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not come true within {seconds} seconds"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for (a zombie) does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def children(pid: int) -> set[int]:
    return _children().get(pid, set())


def descendants(pid: int) -> set[int]:
    """Every process below one."""
    families, found, todo = _children(), set[int](), [pid]
    while todo:
        new = families.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found


def _children() -> dict[int, set[int]]:
    """Each process's children, by /proc."""
    found: dict[int, set[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.setdefault(parent, set()).add(int(entry.parent.name))
    return found
