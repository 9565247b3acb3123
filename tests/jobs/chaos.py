"""The stage of the chaos tests: a store full of readers, a push service that answers in every way, workers
as processes that can be killed, and the verdict at the end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import sqlalchemy as sa

from newsbell.config import Settings
from newsbell.services.importing import Imported, Source, import_article
from newsbell.services.ports import Hints
from newsbell.storage import delivery, schema
from newsbell.storage.database import Connection, Database
from tests.factories import push_target, stored_key, topic_ids
from tests.jobs.chaos_sink import REACHED, REMOVED, PushRecord, kind_of, paths
from tests.jobs.chaos_worker import fast_clock
from tests.jobs.waiting import wait_until
from tests.pages import news_page, paragraphs_of

ROOT = Path(__file__).parents[2]
BATCH = 10
SPEED = 40
"""How much faster the workers' clock goes."""
LEASE = 4.0
"""Real seconds; more where nobody dies, so that a slow machine lets no lease run out."""
LONG_LEASE = 20.0
PATIENCE = 2.0
"""Real seconds that a worker waits for the push service: long enough for a slow machine, for an answer that
came too late would be a repeat.
"""


There = Callable[..., list[str]]
"""Makes of a command's words the command that runs it on another machine."""


def here(*command: str) -> list[str]:
    """On this machine."""
    return list(command)


@dataclass
class Stage:
    """A store with readers, the push service they are at, and the workers on it."""

    db: Database
    settings: Settings
    sink: PushRecord
    batch: int = BATCH
    lease: float = LEASE
    patience: float = PATIENCE
    speed: float = SPEED
    epoch: float = field(default_factory=time.time)
    due: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    stories: int = 0
    worker_log: IO[bytes] | None = None
    """Where workers say what they do; None: where the tests do."""
    _workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def fill(self, readers: int) -> None:
        """Store readers of the topic in known shares, and a few of another one."""
        due = paths(readers)
        self.due = set(due)
        self.outside = {f"/taken/chess-{number}" for number in range(5)}
        with self.db.transaction() as conn:
            self._subscribe(conn, due, "Russia")
            self._subscribe(conn, sorted(self.outside), "Chess")

    def _subscribe(self, conn: Connection, some: Sequence[str], topic: str) -> None:
        target, key, [topic_id] = push_target(), stored_key(conn), topic_ids(conn, [topic])
        first = conn.execute(sa.select(sa.func.count()).select_from(schema.subscriptions)).scalar_one() + 1
        browser = {"p256dh": target.p256dh, "auth": target.auth, "vapid_key_id": key}
        rows = [
            {
                **browser,
                "id": number,
                "endpoint": self.sink.address(path),
                "manage_token_hash": path,
                "created_at": datetime.now(UTC),
            }
            for number, path in enumerate(some, first)
        ]
        conn.execute(sa.insert(schema.subscriptions), rows)
        follows = [{"topic_id": topic_id, "subscription_id": row["id"]} for row in rows]
        conn.execute(sa.insert(schema.subscription_topics), follows)

    def publish(self, hints: Hints | None = None) -> Imported:
        """Store an article that rings for the readers."""
        self.stories += 1
        page = news_page(topics=["Russia"], paragraphs=paragraphs_of(f"chaos {self.stories}"))
        source = Source(url=f"https://news.example/{self.stories}", content=page)
        imported = import_article(self.db, self.settings, source, hints=hints, now=datetime.now(UTC))
        assert imported.rung
        return imported

    def environ(self, name: str) -> dict[str, str]:
        given = {key: value for key, value in os.environ.items() if not key.startswith("NEWSBELL_")}
        return {
            **given,
            "NEWSBELL_DATA_DIR": str(self.settings.data_dir),
            "NEWSBELL_DATABASE_URL": self.settings.database_url,
            "NEWSBELL_BROKER_URL": self.settings.broker_url,
            "NEWSBELL_PRIVATE_HOSTS": self.sink.hosts,
            "NEWSBELL_VAPID_SUBJECT": f"mailto:{name}@news.example",
        }

    def start(self, name: str, there: There = here) -> None:
        """Start a worker of this name, `there` on another machine."""
        numbers = (self.batch, self.lease * self.speed, self.patience, self.speed, self.epoch, os.getpid())
        command = [sys.executable, "-m", "tests.jobs.chaos_worker", *map(str, numbers), self.sink.ca_bundle]
        self._workers[name] = subprocess.Popen(
            there(*command), cwd=ROOT, env=self.environ(name), stderr=self.worker_log
        )

    def kill(self, subject: str) -> str:
        """kill -9 of the worker that the push service knows by this subject; its name."""
        name = subject.removeprefix("mailto:").partition("@")[0]
        worker = self._workers.pop(name)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        return name

    def clock(self) -> datetime:
        """The workers' time."""
        return fast_clock(self.speed, self.epoch)()

    def is_over(self) -> bool:
        """Whether nothing is left to be done, later tries included."""
        with self.db.read() as conn:
            left = delivery.pending(conn, self.clock())
        return not (left.alerts or left.batches or left.retries)

    def wait_for_end(self, seconds: float = 60) -> None:
        wait_until(self.is_over, seconds=seconds, what="the end of the work")

    def end(self) -> None:
        for worker in self._workers.values():
            worker.kill()
        for worker in self._workers.values():
            worker.wait()

    def verdict(self) -> Verdict:
        """What came of it all, by the push service's log and the rows."""
        log = self.sink.log
        accepted = Counter((push.path, push.story) for push in log if push.status == 201)
        reached = {path for path, _ in accepted}
        with self.db.read() as conn:
            endpoints = conn.execute(sa.select(schema.subscriptions.c.endpoint)).scalars()
            kept = {urlsplit(endpoint).path for endpoint in endpoints}
        return Verdict(
            missed={path for path in self.due if kind_of(path) in REACHED and path not in reached},
            half_missed=len({(p, s) for p, s in accepted}) != self.stories * len(reached),
            outside={push.path for push in log} - self.due,
            not_removed={path for path in kept if kind_of(path) in REMOVED},
            wrongly_removed={p for p in self.due | self.outside if kind_of(p) not in REMOVED} - kept,
            requests=len(log),
            repeats=accepted.total() - len(accepted),
            reached=len(accepted),
            gone=sum(kind_of(path) in REMOVED for path in self.due),
            by_worker=Counter(push.worker for push in log),
        )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Who was missed, rung without a right to it, kept although gone, removed although there; how many
    messages there were and how many were taken twice; how many readers were reached, and how many are gone.
    """

    missed: set[str]
    half_missed: bool
    outside: set[str]
    not_removed: set[str]
    wrongly_removed: set[str]
    requests: int
    repeats: int
    reached: int
    gone: int
    by_worker: Counter[str]

    def check(self, *, bound: int) -> None:
        assert not self.missed, f"missed {len(self.missed)}: {sorted(self.missed)[:9]}"
        assert not self.half_missed, "somebody was reached for one story and not for another"
        assert not self.outside, f"nobody's business: {sorted(self.outside)[:9]}"
        assert not self.not_removed, f"gone and still there: {sorted(self.not_removed)[:9]}"
        assert not self.wrongly_removed, f"removed: {sorted(self.wrongly_removed)[:9]}"
        assert self.repeats <= bound, f"{self.repeats} repeats, more than {bound}"


@contextmanager
def on_stage(db: Database, settings: Settings, service: PushRecord, *, batch: int = BATCH) -> Iterator[Stage]:
    stage = Stage(db, settings, service, batch)
    try:
        yield stage
    finally:
        stage.end()


def address_of(url: str) -> tuple[str, int]:
    """Host and port of a server's address."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def through(url: str, port: int, *, at: str = "127.0.0.1") -> str:
    """The same address, at a port of this machine instead of the server's."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{user}@{at}:{port}" if user else f"{at}:{port}").geturl()
