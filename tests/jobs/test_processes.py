"""The supervisor over real processes of its own."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsbell.errors import StartError
from newsbell.jobs import processes
from newsbell.jobs.processes import Child, restart_delay, supervise
from tests.jobs.waiting import is_alive, wait_until

_STAYS = "import time; time.sleep(60)"
_HARD_TO_END = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "


def _child(tmp_path: Path, program: str, name: str = "web") -> Child:
    """A child that writes its process id, a line each time it is started, before it does `program`."""
    note = f"import os; open({str(tmp_path / name)!r}, 'a').write(f'{{os.getpid()}}\\n'); "
    return Child(name, [sys.executable, "-c", note + program], dict(os.environ))


def _started(tmp_path: Path, name: str = "web") -> list[int]:
    path = tmp_path / name
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


@contextmanager
def _supervised(children: list[Child], up: Callable[[], bool]) -> Iterator[threading.Event]:
    """The supervisor in a thread; yields the event that is set when it announces."""
    stop, announced = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=supervise, args=(children,), kwargs={"up": up, "announce": announced.set, "stop": stop}
    )
    thread.start()
    try:
        yield announced
    finally:
        stop.set()
        thread.join()


def test_children_run_until_the_stop_and_not_longer(tmp_path: Path) -> None:
    children = [_child(tmp_path, _STAYS, name) for name in ("web", "worker")]
    up = lambda: bool(_started(tmp_path, "web") and _started(tmp_path, "worker"))  # noqa: E731
    with _supervised(children, up) as announced:
        assert announced.wait(20)
        pids = _started(tmp_path, "web") + _started(tmp_path, "worker")
        assert all(is_alive(pid) for pid in pids)
    assert not any(is_alive(pid) for pid in pids)


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    with _supervised([_child(tmp_path, _STAYS)], lambda: bool(_started(tmp_path))) as announced:
        assert announced.wait(20)
        os.kill(_started(tmp_path)[0], 9)
        wait_until(lambda: len(_started(tmp_path)) == 2, what="the restart")


def test_a_child_that_cannot_start_ends_the_server(tmp_path: Path) -> None:
    children = [_child(tmp_path, _STAYS, "worker"), _child(tmp_path, "raise SystemExit(3)")]
    with pytest.raises(StartError, match="The web process could not start"):
        supervise(children, up=lambda: False, announce=lambda: None, stop=threading.Event())
    assert not any(is_alive(pid) for pid in _started(tmp_path, "worker"))


def test_a_server_that_never_answers_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_SECONDS_TO_START", 0.0)
    with pytest.raises(StartError, match="did not answer"):
        supervise([_child(tmp_path, _STAYS)], up=lambda: False, announce=lambda: None, stop=threading.Event())


def test_a_child_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_SECONDS_TO_END", 0.1)
    child = _child(tmp_path, _STAYS)
    child.command = [*child.command[:2], _HARD_TO_END + child.command[2]]
    with _supervised([child], lambda: bool(_started(tmp_path))) as announced:
        assert announced.wait(20)
        pid = _started(tmp_path)[0]
    assert not is_alive(pid)


def test_restarts_wait_longer_each_time_up_to_a_bound() -> None:
    assert [restart_delay(deaths) for deaths in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert restart_delay(50) == restart_delay(500) == 30.0
