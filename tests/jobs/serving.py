"""`newsbell serve` as a process, started and looked after by a test."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.jobs.waiting import descendants, is_alive, wait_until


@dataclass(frozen=True)
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    output: Path
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens: as it says, unless that is the address of a proxy in front."""
        if self.port:
            return f"http://127.0.0.1:{self.port}"
        return self.said().partition("\n")[0].removeprefix("Newsbell is at ")

    def said(self) -> str:
        """What it told the operator when it was up."""
        return self.output.read_text()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def answers(self) -> bool:
        try:
            return bool(self.get("/readyz"))
        except (OSError, ValueError):
            return False

    def family(self) -> set[int]:
        """The server's processes: itself, and all below it."""
        return {self.process.pid, *descendants(self.process.pid)}


@contextmanager
def serving(
    newsbell: Sequence[str], folder: Path, environ: Mapping[str, str], *options: str, port: int = 0
) -> Iterator[Served]:
    """Run the server in `folder`, on a free port where none is named, once it is ready; at the end no process
    of it is left.
    """
    output, errors = folder / "serve.out", folder / "serve.err"
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [*newsbell, "serve", "--port", str(port), *options],
            cwd=folder,
            env=environ,
            stdout=out,
            stderr=err,
        )
    served = Served(process, output, port)
    family = {process.pid}
    try:
        wait_until(
            lambda: process.poll() is not None or served.answers(), seconds=120, what="the server's start"
        )
        assert process.poll() is None, errors.read_text()
        family |= served.family()
        yield served
    finally:
        family |= served.family()
        process.kill()
        process.wait()
        _wait_for_end(family)


def _wait_for_end(family: set[int]) -> None:
    try:
        wait_until(lambda: not any(map(is_alive, family)), what="the end of every process")
    finally:
        for pid in filter(is_alive, family):
            os.kill(pid, signal.SIGKILL)
