"""Whom another worker took over is left to it, and nobody else is: where it cannot be told who has a reader,
because a commit seemed to fail, rather both try than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.services.claims import claim, read_jobs
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.gates import Gates
from newsbell.services.ledger import Ledger
from newsbell.services.work import Entry, Held
from newsbell.storage import schema
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import SENT, Clock, FakePusher
from tests.services.readers import followers, left, ring
from tests.services.test_unavailable import Unsteady, drain

LATER = PushResult(outcome=Outcome.LATER, status=503)
REFUSED = PushResult(outcome=Outcome.KEY_REFUSED, status=401)
AT_ONCE = 10


@pytest.fixture
def database(sqlite_database: Database) -> Iterator[Unsteady]:
    unsteady = Unsteady(sqlite_database.url.render_as_string(hide_password=False))
    yield unsteady
    unsteady.close()


@pytest.fixture
def work(database: Unsteady) -> Delivery:
    return Delivery(database, Settings(), Worker(name="w", batch_size=40), FakePusher(), Clock(NOW))


@dataclass
class TooLate:
    """503, said to a worker that hears it behind the end of its lease, when another one has reached all."""

    work: Delivery
    other: FakePusher = field(default_factory=FakePusher)

    def __call__(self, _target: PushTarget) -> PushResult:
        if not self.other.sent:
            clock_of(self.work).advance(self.work.worker.lease + timedelta(seconds=1))
            drain(replace(other_of(self.work), pusher=self.other))
        return LATER


@dataclass
class Hands:
    """A worker whose answers come as the test gives them."""

    work: Delivery

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.work)
        self.gates = Gates(self.work)

    def claim(self, batch_id: int | None = None) -> tuple[Held | None, list[Entry]]:
        """What is due, or that batch, all of it begun."""
        claimed = claim(self.work, [], self.gates, batch_id)
        assert claimed
        [job] = read_jobs(self.work, claimed)
        assert job.message
        held = self.ledger.take_batch(job.batch) if job.batch else None
        if not held:
            self.ledger.take_retries(job.due)
        entries = []
        for one in job.due:
            service = self.gates.service(one.target.endpoint)
            key = job.vapid_keys[one.vapid_key_id]
            entries.append(Entry(one, one.target, job.message, key, service, held, retry=not held))
            self.ledger.enter(entries[-1])
        if held:
            held.all_entered = True
        return held, entries

    def answer(self, entries: Sequence[Entry], result: PushResult) -> None:
        for entry in entries:
            self.ledger.answer(entry, result)


def other_of(work: Delivery) -> Delivery:
    return replace(work, worker=replace(work.worker, name="other"))


def waiting(db: Database) -> list[int]:
    """Who has a retry, whoever holds it."""
    with db.read() as conn:
        return sorted(conn.execute(sa.select(schema.retries.c.subscription_id)).scalars())


def lose_next_commit(database: Unsteady) -> None:
    """The next one is stored, and seems to fail."""
    commits = count()
    database.loses = lambda: next(commits) == 0


def begin(work: Delivery, readers: int, tries: int = 0) -> list[str]:
    """A story for so many readers, whom nobody reached in so many tries; their endpoints."""
    endpoints = followers(work, readers)
    ring(work)
    for _ in range(tries):
        drain(replace(work, pusher=FakePusher(lambda _target: LATER)))
        clock_of(work).advance(timedelta(minutes=10))
    return endpoints


def clock_of(work: Delivery) -> Clock:
    assert isinstance(work.clock, Clock)
    return work.clock


@pytest.mark.parametrize("tries", [0, 1], ids=["batch", "retries"])
def test_who_was_taken_over_is_not_tried_again_by_who_came_too_late(work: Delivery, tries: int) -> None:
    endpoints = begin(work, 3, tries)
    answer = TooLate(work)
    work_once(replace(work, pusher=FakePusher(answer)))
    assert sorted(answer.other.endpoints) == sorted(endpoints)
    assert left(work) == (0, 0, 0)


@pytest.mark.parametrize("tries", [0, 1], ids=["batch", "retries"])
def test_a_commit_of_failures_that_seemed_to_fail_loses_nobody(
    work: Delivery, database: Unsteady, tries: int
) -> None:
    begin(work, 3, tries)
    hands = Hands(work)
    _, entries = hands.claim()
    lose_next_commit(database)
    hands.answer(entries[:2], LATER)
    hands.ledger.settle()
    hands.answer(entries[2:], LATER)
    hands.ledger.close()
    assert waiting(database) == [1, 2, 3]


def test_who_was_set_aside_by_a_commit_that_seemed_to_fail_is_tried_again(
    work: Delivery, database: Unsteady
) -> None:
    begin(work, 3)
    hands = Hands(work)
    held, [late, *quick] = hands.claim()
    assert held
    lose_next_commit(database)
    hands.answer(quick, SENT)
    hands.ledger.settle()  # the batch is over, and stored as that
    hands.answer([late], LATER)
    hands.ledger.close()
    assert not held.lost
    assert waiting(database) == [1]


def test_where_another_has_the_batch_but_not_who_was_set_aside_he_is_tried_again(
    work: Delivery, database: Unsteady
) -> None:
    begin(work, 3)
    hands, others = Hands(work), Hands(other_of(work))
    held, [late, quick, slow] = hands.claim()
    assert held
    lose_next_commit(database)
    hands.answer([quick], SENT)
    hands.ledger.settle()
    clock_of(work).advance(work.worker.lease + timedelta(seconds=1))
    _, taken_over = others.claim(held.batch.id)
    assert [entry.due.subscription_id for entry in taken_over] == [3]
    others.answer(taken_over, SENT)
    others.ledger.close()
    hands.answer([late, slow], LATER)
    hands.ledger.close()
    assert held.lost
    assert waiting(database) == [1]


def test_a_worker_that_slept_past_its_lease_loses_nobody_of_its_own(
    work: Delivery, database: Unsteady
) -> None:
    begin(work, 2)
    hands = Hands(work)
    _, before = hands.claim()
    clock_of(work).advance(work.worker.lease + timedelta(seconds=1))
    _, again = hands.claim()
    hands.answer([*before, *again], LATER)
    hands.ledger.close()
    assert waiting(database) == [1, 2]


@pytest.mark.parametrize("tries", [0, 1], ids=["batch", "retries"])
def test_who_was_refused_with_all_others_is_tried_again_though_a_commit_seemed_to_fail(
    work: Delivery, database: Unsteady, tries: int
) -> None:
    begin(work, 30, tries)
    hands = Hands(work)
    _, entries = hands.claim()
    lose_next_commit(database)
    hands.answer(entries[:AT_ONCE], REFUSED)
    hands.ledger.settle()
    hands.answer(entries[AT_ONCE:], REFUSED)
    hands.ledger.close()
    assert waiting(database) == list(range(1, 31))
