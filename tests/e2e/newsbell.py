"""A real Newsbell: the program as it is installed, in a folder of its own, on a free port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select, text

from newsbell.config import Settings
from newsbell.storage import delivery, schema, subscriptions
from newsbell.storage.database import Connection, open_database
from tests import pages
from tests.e2e.drivers.processes import running
from tests.e2e.waiting import until

PROGRAM = Path(sys.executable).with_name("newsbell")
_MAKE_LATE = """
    CREATE TRIGGER make_late_{event} AFTER {event} ON links WHEN new.expires_at > '2020-01-02'
    BEGIN UPDATE links SET expires_at = '2020-01-01 00:00:00.000000'; END
"""
_EVENTS = ("INSERT", "UPDATE")
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Newsbell:
    """Commands run against `folder`; while `serving`, it answers at `address`."""

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

    @contextmanager
    def serving(self, *options: str) -> Iterator[None]:
        """Run `newsbell serve` with the options; its log stands beside the folder."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        log = self.folder.parent / "serve.log"
        command: list[str | Path] = [PROGRAM, "serve", "--port", str(self.port), *options]
        with running(command, environment=self.environment, log=log) as server:
            until(lambda: self._is_ready(server, log), f"a ready Newsbell (see {log})", within=120)
            yield

    def run(self, *arguments: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(
            [PROGRAM, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def save(self, title: str, topics: Sequence[str]) -> dict[str, Any]:
        """Import a page of this title as an editor does, with a text of its own; the answer as JSON."""
        slug = title.lower().replace(" ", "-")
        page = self.folder.parent / f"{slug}.html"
        paragraphs = (pages.PARAGRAPHS[0], *pages.paragraphs_of(title))
        page.write_text(pages.news_page(title, topics=topics, paragraphs=paragraphs), encoding="utf-8")
        url = f"https://paper.example/{slug}"
        answer: dict[str, Any] = json.loads(self.run("import", str(page), "--url", url, "--json"))
        return answer

    def subscriptions(self) -> int:
        """How many the store holds."""
        with self._store() as conn:
            return subscriptions.count(conn)

    def endpoints(self) -> list[str]:
        """Where the subscribed browsers are reached."""
        with self._store() as conn:
            return list(conn.execute(select(schema.subscriptions.c.endpoint)).scalars())

    def links(self) -> int:
        """How many wait to be claimed."""
        with self._store() as conn:
            return len(conn.execute(select(schema.links.c.code_hash)).all())

    def linked(self) -> int:
        """How many subscriptions an extension manages."""
        with self._store() as conn:
            return len(conn.execute(select(schema.linked_tokens.c.subscription_id)).all())

    def followed(self) -> list[str]:
        """The names of the topics that the one subscription follows."""
        with self._store() as conn:
            [number] = conn.execute(select(schema.subscriptions.c.id)).scalars()
            found = subscriptions.get(conn, number)
        return [topic.name for topic in found.topics] if found else []

    def new_token(self, name: str) -> str:
        """An editor's API token."""
        return self.run("token", "create", name).strip()

    @contextmanager
    def making_links_too_late(self) -> Iterator[None]:
        """Inside, each link that is made is already as old as links get."""
        db = open_database(Settings.from_environment(self.environment))
        with db.transaction() as conn:
            for event in _EVENTS:
                conn.execute(text(_MAKE_LATE.format(event=event)))
        try:
            yield
        finally:
            with db.transaction() as conn:
                for event in _EVENTS:
                    conn.execute(text(f"DROP TRIGGER make_late_{event}"))
            db.close()

    def forget_subscriptions(self) -> None:
        """Lose them, as a server does that was set up anew."""
        db = open_database(Settings.from_environment(self.environment))
        with db.transaction() as conn:
            conn.execute(schema.subscriptions.delete())
        db.close()

    def wait_until_all_is_rung(self) -> None:
        """Until no alert, batch or retry is left to do, so that what was not sent will not be."""
        until(self._nothing_is_due, "a worker with nothing left to do")

    def _nothing_is_due(self) -> bool:
        with self._store() as conn:
            left = delivery.pending(conn, datetime.now(UTC))
        return left.alerts == left.batches == left.retries == 0

    @contextmanager
    def _store(self) -> Iterator[Connection]:
        db = open_database(Settings.from_environment(self.environment))
        try:
            with db.read() as conn:
                yield conn
        finally:
            db.close()

    def _is_ready(self, server: subprocess.Popen[bytes], log: Path) -> bool:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            return requests.get(f"{self.address}/readyz", timeout=20).status_code == 200
        except requests.ConnectionError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
