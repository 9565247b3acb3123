"""Many readers, and everything dies in turn: who is missed, who is rung twice.

The push service answers in every way there is, to known shares of the readers. While it holds a request, a
worker is killed (kill -9), the database is cut off, the broker is cut off, again and again.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import make_url, text
from tests.jobs.brokers import delete_queue
from tests.jobs.chaos import Stage, address_of, on_stage, through
from tests.jobs.chaos_sink import SHARES, sink
from tests.jobs.proxy import Proxy, proxy

from newsbell.config import Settings
from newsbell.jobs.hints import hinting
from newsbell.storage.database import Database
from newsbell.storage.migrations import upgrade

POSTGRESQL = os.environ.get("NEWSBELL_TEST_DATABASE_URL", "")
BROKER = os.environ.get("NEWSBELL_TEST_BROKER_URL", "")
ALL_MODES = ["sqlite", "postgresql", "postgresql+broker"]
WORKERS = 2
SECONDS_AWAY = 2.0
LEASE = 20.0
PATIENCE = 4.0
SPEED = 3
"""A second try after half a minute comes after ten seconds; leases and patience above are real seconds."""


@dataclass
class Course:
    """What happens to the stage, and how many repeats that allows."""

    stage: Stage
    database: Proxy | None
    broker: Proxy | None
    happened: Counter[str]
    bound: int = 0

    def kill_worker(self) -> None:
        """At most a batch is sent and not written down by one worker."""
        killed = self.stage.kill(self.stage.sink.holder)
        self.stage.sink.go_on.set()
        self.stage.start(f"{killed}x")
        self.bound += self.stage.batch
        self.happened["workers killed"] += 1

    def cut_database(self) -> None:
        if self.database is not None:
            self._cut(self.database)
            self.bound += WORKERS * self.stage.batch
            self.happened["database cut off"] += 1

    def cut_broker(self) -> None:
        if self.broker is not None:
            self._cut(self.broker)
            self.happened["broker cut off"] += 1

    def _cut(self, between: Proxy) -> None:
        between.cut()
        self.stage.sink.go_on.set()
        time.sleep(SECONDS_AWAY)
        between.mend()

    def run(self, rounds: int) -> None:
        deeds = [self.kill_worker, self.cut_database, self.cut_broker]
        steps = [deeds[number % 3] for number in range(3 * rounds)]
        apart = len(self.stage.due) // (len(steps) + 1)
        for step in steps:
            self.stage.sink.hold_after(apart)
            if not self.stage.sink.held.wait(120):
                break  # the work was over before
            step()
            self.stage.sink.go_on.set()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks chaos", description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=500, help="readers of a batch [500]")
    parser.add_argument("--rounds", type=int, default=3, help="how often each of them dies [3]")
    parser.add_argument("--mode", choices=ALL_MODES, action="append", help="[all that the settings allow]")
    options = parser.parse_args(arguments)
    shares = ", ".join(f"{kind} {share}%" for kind, share in SHARES.items())
    print(f"{options.readers} readers, {WORKERS} workers, batches of {options.batch}; {shares}\n")
    print(f"{'mode':20}{'seconds':>8}{'requests':>10}{'missed':>8}{'outside':>8}{'repeats':>8}{'bound':>7}")
    good = True
    for mode in options.mode or ALL_MODES:
        if mode != "sqlite" and not (POSTGRESQL and (BROKER or "broker" not in mode)):
            print(f"{mode:20}left out: NEWSBELL_TEST_DATABASE_URL or NEWSBELL_TEST_BROKER_URL is not set")
            continue
        good &= _run(mode, options)
    return 0 if good else 1


def _run(mode: str, options: argparse.Namespace) -> bool:
    with ExitStack() as stack:
        course = _course(stack, mode, options.batch)
        stage = course.stage
        stage.fill(options.readers)
        for number in range(WORKERS):
            stage.start(f"w{number}")
        began = time.monotonic()
        with hinting(stage.settings, stage.db) as hints:
            stage.publish(hints)
        course.run(options.rounds)
        stage.wait_for_end(seconds=3_600)
        took = time.monotonic() - began
        verdict = stage.verdict()
        outside = len(verdict.outside) + len(verdict.not_removed) + len(verdict.wrongly_removed)
        print(
            f"{mode:20}{took:8.0f}{len(stage.sink.log):10}{len(verdict.missed):8}{outside:8}"
            f"{verdict.repeats:8}{course.bound:7}   "
            + ", ".join(f"{what} {times} times" for what, times in course.happened.items())
        )
        return not (verdict.missed or outside) and verdict.repeats <= course.bound


def _course(stack: ExitStack, mode: str, batch: int) -> Course:
    settings = Settings(data_dir=Path(stack.enter_context(tempfile.TemporaryDirectory())))
    database = broker = None
    if mode != "sqlite":
        settings = replace(settings, database_url=stack.enter_context(_schema()))
    else:
        upgrade(settings.resolved_database_url)
    db = Database(settings.resolved_database_url)
    stack.callback(db.close)
    if mode != "sqlite":
        database = stack.enter_context(proxy(*address_of(settings.database_url)))
        settings = replace(settings, database_url=through(settings.database_url, database.port))
    if "broker" in mode:
        stack.callback(delete_queue, replace(settings, broker_url=BROKER), db)
        broker = stack.enter_context(proxy(*address_of(BROKER)))
        settings = replace(settings, broker_url=through(BROKER, broker.port))
    stage = stack.enter_context(on_stage(db, settings, stack.enter_context(sink()), batch=batch))
    stage.lease, stage.patience, stage.sink.silence = LEASE, PATIENCE, PATIENCE + 2
    stage.speed = SPEED
    return Course(stage, database, broker, Counter())


@contextmanager
def _schema() -> Iterator[str]:
    """The address of a schema of PostgreSQL of our own, with all tables."""
    name = f"newsbell_chaos_{os.getpid()}"
    server = Database(POSTGRESQL)
    try:
        with server.transaction() as conn:
            conn.execute(text(f"CREATE SCHEMA {name}"))
        url = make_url(POSTGRESQL).update_query_dict({"options": f"-c search_path={name}"})
        address = url.render_as_string(hide_password=False)
        upgrade(address)
        yield address
        with server.transaction() as conn:
            conn.execute(text(f"DROP SCHEMA {name} CASCADE"))
    finally:
        server.close()
