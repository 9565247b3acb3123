"""Real processes: they end with the one that started them, and when they are asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.jobs.waiting import is_alive, wait_until

_CHILD = """
import os, signal, sys, time
from newsbell.jobs import lifetime
if sys.argv[2] == "watch":
    lifetime._kernel_tells = lambda wish: False
lifetime.end_with(int(sys.argv[1]), signal.SIGTERM)
print(os.getpid(), flush=True)
time.sleep(60)
"""
_PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid()), sys.argv[2]])
time.sleep(60)
"""


@pytest.mark.parametrize("by", ["kernel", "watch"])
def test_a_killed_parent_takes_its_child_along(by: str) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, _CHILD, by], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        parent.wait()
        wait_until(lambda: not is_alive(child), what="the child's end")


def test_a_child_whose_parent_is_gone_already_ends_at_once() -> None:
    child = subprocess.Popen([sys.executable, "-c", _CHILD, "1", "kernel"], stdout=subprocess.DEVNULL)
    assert child.wait(20) == -signal.SIGTERM


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_asks_for_the_end_and_lets_finish(wish: signal.Signals) -> None:
    program = (
        "from newsbell.jobs.lifetime import stop_on_signals\n"
        "stop = stop_on_signals()\n"
        "print('waiting', flush=True)\n"
        "print('stopped' if stop.wait(60) else 'nothing came', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"waiting\n"
        os.kill(process.pid, wish)
        assert process.stdout.readline() == b"stopped\n"
    assert process.wait(20) == 0
