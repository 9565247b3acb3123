"""The reader page and publishing, alone and while a fan-out runs, side by side."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import sqlalchemy as sa

from benchmarks.crowd import fill
from benchmarks.databases import database_url, names
from benchmarks.fanout.job import Job
from benchmarks.fanout.peers import python_variant
from benchmarks.serving import Site, site
from benchmarks.sink import Sink, sink
from benchmarks.store import TOPIC, new_store, ring
from benchmarks.touched import peak_megabytes
from newsbell.config import Settings
from newsbell.jobs.priority import NICENESS
from newsbell.storage.database import Database
from newsbell.storage.schema import alerts, batches

_QUIET_TOPIC = "Ferries"
_PAGES = ("/", "/topics/bridges", "/feeds/all.atom")
_FIRST_WITHIN = 60.0  # seconds


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    for database in names():
        with tempfile.TemporaryDirectory(prefix="newsbell-publish-") as name, database_url(database) as url:
            folder = Path(name)
            try:
                with sink(folder, 0) as service:
                    _measure(folder, url, service, options)
            except FileNotFoundError as error:
                print(error)
                return 1
    return 0


def _measure(folder: Path, url: str, service: Sink, options: argparse.Namespace) -> None:
    settings, db = new_store(folder / "store", database_url=url, private_host=service.host)
    with closing(db):
        endpoint = f"https://{service.host}/push/"
        fill(db, settings, readers=options.readers, followers={TOPIC: options.followers}, endpoint=endpoint)
        print(f"\n{db.dialect}: {options.readers} subscriptions, {options.followers} of them rung for")
        with site(db, settings) as running:
            running.publish(TOPIC)
            _give_up(db)
            alone, during, memory = [], [], 0.0
            for _ in range(options.rounds):
                alone.append(_times(running, options.seconds))
                with _fan_out(folder, db, settings, service) as sending:
                    during.append(_times(running, options.seconds))
                    still, memory = sending.poll() is None, max(memory, peak_megabytes(sending.pid))
                early = "" if still else "; the fan-out ended early: take more --followers"
                print(f"load {os.getloadavg()[0]:.1f}{early}")
    _print(alone, during)
    print(f"\nThe worker's memory at the peak: {memory:.0f} MB")


def _give_up(db: Database) -> None:
    """What was not sent is of no interest."""
    now = datetime.now(UTC)
    with db.transaction() as conn:
        conn.execute(sa.update(alerts).where(alerts.c.planned_at.is_(None)).values(planned_at=now))
        conn.execute(sa.update(batches).where(batches.c.done_at.is_(None)).values(done_at=now, worker=None))


def _until_messages_come(service: Sink, before: int) -> None:
    """Each look is a request of its own, which is not counted."""
    deadline, looks = time.monotonic() + _FIRST_WITHIN, 1
    while service.requests() - before <= looks:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the worker sent nothing within {_FIRST_WITHIN:.0f} s")
        looks += 1
        time.sleep(0.05)


@contextmanager
def _fan_out(
    folder: Path, db: Database, settings: Settings, service: Sink
) -> Iterator[subprocess.Popen[str]]:
    """A worker of ours at full speed, in a process of its own."""
    ring(db, settings)
    job = Job(
        messages=0, subscriptions=[], payload="", subject=settings.vapid_subject,
        private_key="", public_key="", database_url=settings.database_url,
        cert=str(service.cert), data_dir=str(settings.data_dir), host=service.host,
    )  # fmt: skip
    file = folder / "job.json"
    file.write_text(json.dumps(asdict(job)))
    command = ["nice", "-n", str(NICENESS), *python_variant("ours", file)]  # as `newsbell serve` has it
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        before = service.requests()
        process.stdin.write("go\n")
        process.stdin.flush()
        _until_messages_come(service, before)
        yield process
    finally:
        process.kill()
        process.communicate()
        _give_up(db)


def _times(running: Site, seconds: float) -> dict[str, list[float]]:
    """How long each page took, and publishing an article that rings for nobody, again and again."""
    found: dict[str, list[float]] = {path: [] for path in (*_PAGES, "publishing")}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(10):
            for path in _PAGES:
                found[path].append(running.get(path))
        found["publishing"].append(running.publish(_QUIET_TOPIC))
    return found


def _print(alone: list[dict[str, list[float]]], during: list[dict[str, list[float]]]) -> None:
    print(f"\n{os.cpu_count()} cores for all; milliseconds\n")
    columns = f"{'half':>12} {'9 of 10':>8} {'99 of 100':>10}"
    print(f"{'done within':20} {columns}   {columns}")
    print(f"{'':20} {'alone':>12} {'':19}   {'with a fan-out':>14}")
    for what in alone[0]:
        cells = []
        for rounds in (alone, during):
            times = [seconds * 1e3 for each in rounds for seconds in each[what]]
            cut = quantiles(times, n=100) if len(times) > 1 else times * 99
            cells.append(f"{cut[49]:12.1f} {cut[89]:8.1f} {cut[98]:10.1f}")
        print(f"{what:20} {'   '.join(cells)}")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks publish")
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--followers", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="of measuring, each time")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args(arguments)
