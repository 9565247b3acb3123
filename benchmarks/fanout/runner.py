"""One variant in a process of its own, so that what it costs is its own:

python -m benchmarks.fanout.runner VARIANT JOB, where JOB is a file of `Job`. It says "ready", waits for a
line, and prints a `Result` as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pywebpush
import requests

from benchmarks.fanout.job import Job, Result, memory_mb, raw_key
from newsbell.config import Settings
from newsbell.domain.subscription import PushTarget
from newsbell.edges.push import PushSender
from newsbell.edges.push_curl import CurlTransport
from newsbell.edges.push_encryption import encrypt
from newsbell.jobs.embedded import LOOK_EVERY
from newsbell.jobs.lifetime import leave_what_is_loaded
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.storage import delivery
from newsbell.storage.database import Database


def _plain(job: Job) -> Callable[[], int]:
    """The loop anybody writes first."""
    return lambda: _loop(job, None)


def _session(job: Job) -> Callable[[], int]:
    return lambda: _loop(job, requests.Session())


def _loop(job: Job, session: requests.Session | None) -> int:
    key = raw_key(job.private_key)
    for number in range(job.messages):
        pywebpush.webpush(
            job.subscriptions[number % len(job.subscriptions)],
            job.payload,
            vapid_private_key=key,
            vapid_claims={"sub": job.subject},
            ttl=3600,
            timeout=15,
            headers={"Urgency": "normal", "Topic": "story-1"},
            requests_session=session,
        )
    return job.messages


def _encryption(job: Job) -> Callable[[], int]:
    targets = [
        PushTarget(endpoint=each["endpoint"], p256dh=each["keys"]["p256dh"], auth=each["keys"]["auth"])
        for each in job.subscriptions
    ]
    payload = job.payload.encode()

    def run() -> int:
        for number in range(job.messages):
            encrypt(targets[number % len(targets)], payload)
        return job.messages

    return run


def _ours(job: Job) -> Callable[[], int]:
    """A worker as it is, until nothing is due any more: alert, batches, done."""
    settings = Settings(
        data_dir=Path(job.data_dir), database_url=job.database_url,
        private_hosts=frozenset({job.host}), vapid_subject=job.subject,
    )  # fmt: skip
    sender = PushSender(settings, transport=CurlTransport(settings, ca_bundle=job.cert))
    counted = _Counting(sender)

    db = Database(settings.resolved_database_url)
    work = Delivery(db, settings, Worker(name=str(os.getpid())), counted, lambda: datetime.now(UTC))
    leave_what_is_loaded()  # as a worker does when it starts

    def run() -> int:
        with closing(db):
            _send_what_is_due(work)
            while _is_being_planned(db):
                time.sleep(LOOK_EVERY)  # as a worker does
                _send_what_is_due(work)
        return counted.sent

    return run


def _send_what_is_due(work: Delivery) -> None:
    while work_once(work):
        pass


def _is_being_planned(db: Database) -> bool:
    """Whether batches are still to come, for nothing may be due only because another worker makes them."""
    with db.read() as conn:
        return delivery.pending(conn, datetime.now(UTC)).alerts > 0


class _Counting:
    """The sender, its successes counted."""

    def __init__(self, sender: PushSender) -> None:
        self.send = sender.send
        self._sender = sender
        self.sent = 0

    def send_many(self, messages: Any, *, at_once: int) -> Any:
        for message, result in self._sender.send_many(messages, at_once=at_once):
            self.sent += result.status == 201
            yield message, result


VARIANTS = {"plain": _plain, "session": _session, "encryption": _encryption, "ours": _ours}


def _main(name: str, job_file: str) -> None:
    run = VARIANTS[name](Job(**json.loads(Path(job_file).read_text())))
    print("ready", flush=True)
    sys.stdin.readline()
    idle = memory_mb("VmRSS")
    cpu, began = time.process_time(), time.time()
    messages = run()
    ended, cpu = time.time(), time.process_time() - cpu
    result = Result(
        messages=messages, began=began, ended=ended, cpu=cpu, idle=idle, memory=memory_mb("VmHWM")
    )  # fmt: skip
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
