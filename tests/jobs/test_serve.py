"""`newsbell serve`, whole: what it says, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsbell.jobs.listening import listen_at
from newsbell.jobs.priority import NICENESS
from tests.jobs.serving import serving
from tests.jobs.waiting import children, is_alive, wait_until

pytestmark = pytest.mark.slow

_HIGHEST = 19
_NEWSBELL = [sys.executable, "-P", "-m", "newsbell"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBELL_")}
    return {**given, "NEWSBELL_DATA_DIR": str(tmp_path / "data")}


def _command_lines(pids: set[int]) -> list[str]:
    return sorted(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids)


def _part(pid: int) -> str:
    """Which of the server's commands this is."""
    return _command_lines({pid})[0].split(" -m newsbell ")[1].split()[0]


def _niceness(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def test_it_starts_says_so_and_ends_when_asked_to(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(_NEWSBELL, tmp_path, environ) as served:
        assert "newsbell import --samples" in served.said()
        assert f'href="{served.address}/feeds/all.rss"' in served.get("/feeds/all.rss")
        family = served.family()
        assert len(family) == 4, _command_lines(family)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(30) == 0
        assert not any(is_alive(pid) for pid in family)


def test_its_worker_lets_the_web_go_first(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(_NEWSBELL, tmp_path, environ) as served:
        own = _niceness(served.process.pid)
        theirs = {_part(pid): _niceness(pid) for pid in children(served.process.pid)}
        assert theirs == {"web": own, "worker": min(_HIGHEST, own + NICENESS)}


def test_killed_it_takes_every_process_along(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(_NEWSBELL, tmp_path, environ) as served:
        family = served.family()
        served.process.kill()
        served.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in family), what="the end of every process")


def test_without_a_worker_there_is_none_and_ctrl_c_ends_it(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(_NEWSBELL, tmp_path, environ, "--no-worker") as served:
        assert not any(" worker " in line for line in _command_lines(served.family()))
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(30) == 0


def test_a_part_that_dies_takes_its_own_along_and_comes_back(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(_NEWSBELL, tmp_path, environ) as served:
        first = served.family() - {served.process.pid}
        for pid in children(served.process.pid):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in first), what="the end of the first ones")
        wait_until(lambda: len(served.family()) == 4 and served.answers(), seconds=120, what="the restart")


def test_a_port_in_use_is_a_clear_error(tmp_path: Path, environ: dict[str, str]) -> None:
    taken = listen_at("127.0.0.1", 0)
    assert taken.hold is not None
    with taken.hold:
        command = [*_NEWSBELL, "serve", "--port", str(taken.port)]
        result = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == (
        f"Error: Cannot listen at 127.0.0.1 port {taken.port}: Address already in use. "
        "Stop what uses it, or choose another with --port.\n"
    )
    assert not (tmp_path / "data").exists()
