"""What a fan-out costs as the store grows, and how soon the first message leaves after publishing."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Generator, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from benchmarks.brokers import available, until_listened_to, with_broker
from benchmarks.crowd import fill
from benchmarks.databases import database_url, names
from benchmarks.fanout.job import memory_mb
from benchmarks.serving import Site, command, site
from benchmarks.sink import Sample, sample_service
from benchmarks.store import new_store, ring
from benchmarks.touched import pages, pages_since, steps
from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushResult
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.storage.database import Database
from newsbell.storage.delivery import last_heartbeat
from newsbell.storage.schema import alerts, batches, retries

_TAKEN = PushResult(outcome=Outcome.SENT, status=201)
_FIRST_WITHIN, _REST = 60.0, 1.5  # seconds


class NoNetwork:
    """Takes every message at once: what is left is our own bookkeeping."""

    def __init__(self) -> None:
        self.sent = 0

    def send(self, *_message: Any) -> PushResult:
        return _TAKEN

    def send_many(
        self, messages: Iterable[Any | None], *, at_once: int
    ) -> Generator[tuple[Any, PushResult], None, None]:
        assert at_once > 0
        for message in messages:
            if message is not None:
                self.sent += 1
                yield message, _TAKEN


@dataclass(frozen=True)
class Cost:
    """What a fan-out costs a follower, without encryption and network: seconds, and what the database touches;
    and the peak of the process's memory, in MB, where the system tells.
    """

    seconds: float
    touched: float
    memory: float | None


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    broker = available()
    for name in names():
        unit = "instructions" if name == "sqlite" else "pages"
        modes = f"{'without a broker':30}{'with a broker' if broker else ''}".rstrip()
        print(
            f"\n{name}\n{'':10} {'':10} {'a follower':>11} {'':>12} {'worker':>8}   201 to the first push, ms"
        )
        print(f"{'readers':>10} {'followers':>10} {'µs':>11} {unit:>12} {'MB':>8}   {modes}")
        for readers in options.readers:
            _one_size(name, readers, options, broker=broker)
    return 0


def _one_size(name: str, readers: int, options: argparse.Namespace, *, broker: bool) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsbell-scale-")))
        service = stack.enter_context(sample_service())
        host = f"127.0.0.1:{service.server_port}"
        url = stack.enter_context(database_url(name))
        settings, db = new_store(folder, database_url=url, private_host=host)
        stack.callback(db.close)
        sizes = {f"Topic {count}": count for count in options.followers if count <= readers}
        fill(db, settings, readers=readers, followers=sizes, endpoint=f"http://{host}/push/")
        costs = {topic: _cost(db, settings, topic, count) for topic, count in sizes.items()}
        modes = [_firsts(db, settings, service, list(sizes), options.repeats)]
        if broker:
            brokered = stack.enter_context(with_broker(settings, db))
            modes.append(_firsts(db, brokered, service, list(sizes), options.repeats))
        for topic, count in sizes.items():
            cost = costs[topic]
            memory = "" if cost.memory is None else f"{cost.memory:.0f}"
            row = f"{readers:10} {count:10} {cost.seconds * 1e6:11.1f} {cost.touched:12.1f} {memory:>8}"
            firsts = "".join(f"{_in_words(firsts[topic]):28}  " for firsts in modes)
            print(f"{row}   {firsts}".rstrip(), flush=True)


def _in_words(firsts: list[float]) -> str:
    every = " ".join(f"{seconds * 1e3:.0f}" for seconds in sorted(firsts))
    return f"{median(firsts) * 1e3:.0f} (of {every})"


def _cost(db: Database, settings: Settings, topic: str, followers: int) -> Cost:
    """From the alert to the last batch done, by a worker in a process of its own."""
    ring(db, settings, topic)
    before = pages(db)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        sent, seconds, instructions, memory = process.submit(_work, settings).result()
    assert sent == followers, (sent, followers)
    touched = instructions or pages_since(db, before)
    return Cost(seconds / followers, touched / followers, memory)


def _work(settings: Settings) -> tuple[int, float, int, float | None]:
    """How many were sent, in what time, with how many instructions of SQLite, and the memory that took."""
    pusher = NoNetwork()
    with closing(Database(settings.resolved_database_url)) as db, steps(db) as counted:
        work = Delivery(db, settings, Worker(name="benchmark"), pusher, lambda: datetime.now(UTC))
        began = time.perf_counter()
        while work_once(work):
            pass
        seconds = time.perf_counter() - began
    return pusher.sent, seconds, counted.count, memory_mb("VmHWM")


def _firsts(
    db: Database, settings: Settings, service: Sample, topics: list[str], repeats: int
) -> dict[str, list[float]]:
    """Seconds from the answer 201 to the first push at the service, with the real server and worker."""
    found: dict[str, list[float]] = {topic: [] for topic in topics}
    with site(db, settings) as running, command(settings, "worker"):
        _until_alive(db)
        if settings.broker_url:
            until_listened_to(settings, db)
        for _ in range(repeats):
            for topic in topics:
                found[topic].append(_first(db, running, service, topic))
    return found


def _until_alive(db: Database) -> None:
    """Until the worker has begun its work."""
    deadline = time.monotonic() + _FIRST_WITHIN
    while not _alive(db):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the worker did not start within {_FIRST_WITHIN:.0f} s")
        time.sleep(0.1)


def _alive(db: Database) -> bool:
    with db.read() as conn:
        return last_heartbeat(conn) is not None


def _first(db: Database, running: Site, service: Sample, topic: str) -> float:
    deadline = time.monotonic() + _FIRST_WITHIN
    while time.monotonic() - service.last_at < _REST:  # the worker is to be idle, as it mostly is
        if time.monotonic() > deadline:
            raise RuntimeError(f"the worker did not rest within {_FIRST_WITHIN:.0f} s")
        time.sleep(0.1)
    service.first.clear()
    running.publish(topic)
    published = time.monotonic()
    if not service.first.wait(_FIRST_WITHIN):
        raise RuntimeError(f"no message came within {_FIRST_WITHIN:.0f} s")
    first = service.first_at - published
    _give_up(db)
    return first


def _give_up(db: Database) -> None:
    """The rest is of no interest: drop it, and let the worker finish what it has begun."""
    now = datetime.now(UTC)
    with db.transaction() as conn:
        conn.execute(sa.update(alerts).where(alerts.c.planned_at.is_(None)).values(planned_at=now))
        conn.execute(sa.update(batches).where(batches.c.done_at.is_(None)).values(done_at=now, worker=None))
        conn.execute(sa.delete(retries))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale")
    parser.add_argument("--readers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--followers", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args(arguments)
