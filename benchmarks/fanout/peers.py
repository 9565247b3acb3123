"""Starting a variant's processes, and what they say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fanout.job import Result
from benchmarks.sink import Sink

AT_ONCE = "100"
"""Requests of npm's web-push under way."""
_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All processes of a variant together."""

    rate: float  # messages a second
    cpu: float  # microseconds a message
    sink: float | None  # the push service's own, microseconds a message
    idle: float | None  # MB before the first message, the largest process
    memory: float | None  # MB at the peak, the largest process


def install_web_push(folder: Path) -> str:
    """Install npm's web-push; why it could not be, or nothing."""
    if not shutil.which("npm") or not shutil.which("node"):
        return "npm or node is not installed"
    (folder / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "web-push@3"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"npm could not install it: {done.stderr.strip()[-200:]}"


def measure(command: list[str], environ: dict[str, str], service: Sink, processes: int = 1) -> Measured:
    """Run as many processes of a variant at once; they begin together."""
    running = [
        subprocess.Popen(
            command,
            cwd=_ROOT,
            env=os.environ | environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in running:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{command} did not start")
    before = service.cpu()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [Result(**json.loads(process.communicate()[0])) for process in running]
    after = service.cpu()
    sent = sum(result.messages for result in results)
    seconds = max(result.ended for result in results) - min(result.began for result in results)
    return Measured(
        rate=sent / seconds,
        cpu=sum(result.cpu for result in results) / sent * 1e6,
        sink=None if before is None or after is None else (after - before) / sent * 1e6,
        idle=_most(result.idle for result in results),
        memory=_most(result.memory for result in results),
    )


def _most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def python_variant(name: str, job: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.fanout.runner", name, str(job)]


def node_variant(folder: Path, job: Path) -> list[str]:
    return ["node", str(_HERE / "webpush.mjs"), str(folder), str(job), AT_ONCE]
