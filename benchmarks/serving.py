"""The real server and worker, as processes, and an editor who publishes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

from benchmarks.store import body_of
from newsbell.config import Settings
from newsbell.services.tokens import create_token
from newsbell.storage.database import Database


@dataclass
class Site:
    """A running server."""

    url: str
    token: str
    session: requests.Session

    def get(self, path: str) -> float:
        """Seconds that a page took."""
        began = time.perf_counter()
        self.session.get(self.url + path, timeout=30).raise_for_status()
        return time.perf_counter() - began

    def publish(self, topic: str) -> float:
        """Publish an article of the topic; seconds until the answer, which was 201."""
        number = os.urandom(6).hex()
        article = {
            "url": f"https://news.example/{number}",
            "text": f"Ferry {number} retires\n\n{body_of(number)}",
            "topics": [topic],
            "notify": "yes",
        }
        began = time.perf_counter()
        answer = self.session.post(
            f"{self.url}/api/v1/articles",
            json=article,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )
        seconds = time.perf_counter() - began
        assert answer.status_code == 201, answer.text
        return seconds


@contextmanager
def site(db: Database, settings: Settings) -> Iterator[Site]:
    """`newsbell serve --no-worker` on this store."""
    token = create_token(db, f"benchmark-{os.urandom(4).hex()}", datetime.now(UTC))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with ExitStack() as stack:
        stack.enter_context(command(settings, "serve", "--no-worker", "--port", str(port)))
        session = stack.enter_context(requests.Session())
        session.trust_env = False
        running = Site(f"http://127.0.0.1:{port}", token, session)
        _wait_for(running)
        yield running


@contextmanager
def command(settings: Settings, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of ours, ended at the end."""
    environ = {
        **os.environ,
        "NEWSBELL_DATA_DIR": str(settings.data_dir),
        "NEWSBELL_DATABASE_URL": settings.database_url,
        "NEWSBELL_BROKER_URL": settings.broker_url,
        "NEWSBELL_PRIVATE_HOSTS": ",".join(settings.private_hosts),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "newsbell", *arguments],
        env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for(running: Site) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            running.get("/healthz")
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
