"""A real Newsbell: the program as it is installed, in a folder of its own, on a free port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from newsbell.config import Settings
from newsbell.storage import subscriptions
from newsbell.storage.database import open_database
from tests.e2e.waiting import until

PROGRAM = Path(sys.executable).with_name("newsbell")
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Newsbell:
    """Commands run against `folder`; `start` serves it at `address` until `stop`."""

    folder: Path
    port: int
    settings: Mapping[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBELL_")}
        return {
            **inherited,
            "NEWSBELL_DATA_DIR": str(self.folder),
            "NEWSBELL_BASE_URL": self.address,
            "NEWSBELL_VAPID_SUBJECT": "mailto:operator@newsbell.example",
            **self.settings,
        }

    def start(self, *options: str) -> None:
        self._log = (self.folder.parent / "serve.log").open("ab")
        self._server = subprocess.Popen(
            [PROGRAM, "serve", "--port", str(self.port), *options],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        until(self._is_ready, f"a ready Newsbell (see {self._log.name})", within=60)

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(30)
        self._log.close()

    def run(self, *arguments: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(
            [PROGRAM, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def save(self, page: Path, url: str, topics: Sequence[str] = ()) -> dict[str, Any]:
        """Import a page as an editor does; the article as JSON."""
        options = [part for topic in topics for part in ("--topic", topic)]
        answer: dict[str, Any] = json.loads(self.run("import", str(page), "--url", url, "--json", *options))
        return answer

    def subscriptions(self) -> int:
        db = open_database(Settings.from_environment(self.environment))
        try:
            with db.read() as conn:
                return subscriptions.count(conn)
        finally:
            db.close()

    def _is_ready(self) -> bool:
        assert self._server.poll() is None, Path(self._log.name).read_text(encoding="utf-8")
        try:
            return requests.get(f"{self.address}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
