"""Many readers, and everything dies in turn: who is missed, who is rung twice.

The push service answers in every way there is, to known shares of the readers. While it holds a request, a
worker, the web, the broker or the database is killed (kill -9) and started again, one after the other. The
servers are the benchmark's own.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.jobs.chaos import Stage, Verdict, on_stage
from tests.jobs.chaos_course import Course, Web
from tests.jobs.chaos_sink import SHARES
from tests.jobs.servers import MissingProgramError, own_postgresql, own_rabbitmq, own_redis

from benchmarks.chaos_service import Service, service
from newsbell.config import Settings
from newsbell.storage import delivery
from newsbell.storage.database import Database
from newsbell.storage.migrations import upgrade

MODES = {"sqlite": 1, "postgresql+rabbitmq": 2, "postgresql+redis": 2}
"""How many workers each has."""
LEASE = 20.0
PATIENCE = 4.0
SPEED = 3
"""A second try after half a minute comes after ten seconds; leases and patience above are real seconds."""
SECONDS_AT_MOST = 3_600
_TELL_EVERY = 10.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks chaos", description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=1_000, help="readers of a batch [1000]")
    parser.add_argument("--rounds", type=int, default=2, help="how often each of them dies [2]")
    parser.add_argument("--mode", choices=MODES, action="append", help="[the first two]")
    options = parser.parse_args(arguments)
    shares = ", ".join(f"{kind} {share}%" for kind, share in SHARES.items())
    print(f"{options.readers} readers, batches of {options.batch}; {shares}", flush=True)
    good = [_run(mode, options) for mode in options.mode or list(MODES)[:2]]
    return 0 if all(good) else 1


def _run(mode: str, options: argparse.Namespace) -> bool:
    print(f"\n{mode}, {MODES[mode]} worker(s) and web", flush=True)
    with ExitStack() as stack:
        try:
            course = _course(stack, mode, options.batch)
        except (MissingProgramError, FileNotFoundError) as error:
            print(f"  left out: {error}")
            return True
        stage = course.stage
        stage.fill(options.readers)
        course.begin()
        began = time.monotonic()
        course.web.publish()
        _kill_in_turn(course, options.rounds, began)
        _wait_for_end(stage, began)
        verdict = stage.verdict()
        _print(course, verdict, time.monotonic() - began)
        return _is_good(verdict, course.bound)


def _course(stack: ExitStack, mode: str, batch: int) -> Course:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    settings = Settings(data_dir=folder)
    database, _, kind = mode.partition("+")
    broker = server = None
    if database == "postgresql":
        server = stack.enter_context(own_postgresql())
        settings = replace(settings, database_url=server.url)
    if kind:
        broker = stack.enter_context(own_rabbitmq() if kind == "rabbitmq" else own_redis())
        settings = replace(settings, broker_url=broker.url)
    upgrade(settings.resolved_database_url)
    db = Database(settings.resolved_database_url)
    stack.callback(db.close)
    stage = stack.enter_context(on_stage(db, settings, stack.enter_context(service(folder)), batch=batch))
    stage.lease, stage.patience, stage.speed = LEASE, PATIENCE, SPEED
    stage.worker_log = stack.enter_context((folder / "workers.log").open("wb"))
    web = Web(stage, folder)
    stack.callback(web.end)
    return Course(stage, web, server, broker, workers=MODES[mode])


def _kill_in_turn(course: Course, rounds: int, began: float) -> None:
    deeds = course.deeds() * rounds
    apart = len(course.stage.due) // (len(deeds) + 1)
    for deed in deeds:
        if not course.wait_for_hold(apart):
            print("  the work was over before all were killed")
            return
        deed()
        _tell(course.stage, began, deed.__name__.replace("_", " "))


def _wait_for_end(stage: Stage, began: float) -> None:
    told = time.monotonic()
    while not stage.is_over():
        now = time.monotonic()
        if now - began > SECONDS_AT_MOST:
            raise TimeoutError(f"not over after {SECONDS_AT_MOST} seconds")
        if now - told > _TELL_EVERY:
            told = now
            _tell(stage, began, "waiting for the end")
        time.sleep(0.5)


def _tell(stage: Stage, began: float, what: str) -> None:
    assert isinstance(stage.sink, Service)
    with stage.db.read() as conn:
        left = delivery.pending(conn, stage.clock())
    print(
        f"  {time.monotonic() - began:6.1f} s  {stage.sink.requests():>8} requests, "
        f"{left.batches} batches and {left.retries} later tries left: {what}",
        flush=True,
    )


def _print(course: Course, verdict: Verdict, seconds: float) -> None:
    assert isinstance(course.stage.sink, Service)
    sizes = course.stage.sink.sizes()
    workers = ", ".join(
        f"{name.split(':')[-1].split('@')[0]} {n}" for name, n in sorted(verdict.by_worker.items())
    )
    lines = {
        "seconds": f"{seconds:.0f}",
        "killed": ", ".join(f"{what} {times} times" for what, times in course.happened.items()),
        "requests": f"{verdict.requests}, of {sum(sizes) / len(sizes):.0f} bytes before TLS ({workers})",
        "readers reached": str(verdict.reached),
        "readers missed": str(len(verdict.missed)),
        "rung without a right to it": str(len(verdict.outside)),
        "repeats": f"{verdict.repeats}, of {course.bound} that the ledger allows",
        "gone, and removed": f"{verdict.gone - len(verdict.not_removed)} of {verdict.gone}",
        "others removed": str(len(verdict.wrongly_removed)),
    }
    print("\n".join(f"  {name:28}{value}" for name, value in lines.items()), flush=True)


def _is_good(verdict: Verdict, bound: int) -> bool:
    try:
        verdict.check(bound=bound)
    except AssertionError as error:
        print(f"  {error}")
        return False
    return True
