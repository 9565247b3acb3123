"""Planning takes small steps, and tells of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from newsbell.config import Settings
from newsbell.services.claims import claim
from newsbell.services.delivery import Delivery, Worker, plan_alert
from newsbell.services.gates import Gates
from newsbell.services.planning import PLANNED_AT_ONCE, plan_some
from newsbell.storage.database import Connection, Database
from tests.factories import NOW
from tests.fakes import Clock, FakePusher
from tests.services.readers import followers, left, ring

SECOND = timedelta(seconds=1)


@dataclass
class Told:
    """Hints that are kept: batches by number, and 0 for the alert."""

    hints: list[int] = field(default_factory=list)

    def alert_due(self, alert_id: int) -> None:
        assert alert_id == 1
        self.hints.append(0)

    def batch_planned(self, batch_id: int) -> None:
        self.hints.append(batch_id)


@pytest.fixture
def work(database: Database) -> Delivery:
    return Delivery(database, Settings(), Worker(name="w", batch_size=1), FakePusher(), Clock(NOW))


def test_each_step_tells_of_its_batches_and_then_of_what_is_left(work: Delivery) -> None:
    followers(work, PLANNED_AT_ONCE + 2)
    ring(work)
    first, second = Told(), Told()
    assert plan_alert(replace(work, hints=first), 1)
    assert first.hints == [*range(1, PLANNED_AT_ONCE + 1), 0]
    assert left(work) == (1, PLANNED_AT_ONCE, 0)
    assert plan_alert(replace(work, hints=second), 1)
    assert second.hints == [PLANNED_AT_ONCE + 1, PLANNED_AT_ONCE + 2]
    assert not plan_alert(work, 1)


def test_an_alert_that_others_wait_behind_goes_to_the_end(work: Delivery) -> None:
    followers(work, PLANNED_AT_ONCE + 2)
    ring(work)
    clock = work.clock
    assert isinstance(clock, Clock)
    clock.advance(SECOND)
    ring(work, "https://news.example/other")
    clock.advance(SECOND)
    assert plan_alert(work, 1)
    with work.db.transaction() as conn:
        planned = plan_some(conn, work.worker, work.clock())
    assert planned is not None
    assert planned.alert_id == 2


def test_what_another_planned_while_a_claim_waited_for_its_turn_is_due_to_it(
    work: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    followers(work, 2)
    ring(work)
    clock, begin = work.clock, work.db.transaction
    assert isinstance(clock, Clock)

    @contextmanager
    def behind_the_other() -> Iterator[Connection]:
        monkeypatch.undo()
        clock.advance(SECOND)
        assert plan_alert(work, 1)
        with begin() as conn:
            yield conn

    monkeypatch.setattr(work.db, "transaction", behind_the_other)
    claimed = claim(work, [], Gates(work))
    assert claimed is not None
    assert claimed.batch is not None


def test_whoever_plans_claims_the_first_of_its_batches_however_fast_time_goes(work: Delivery) -> None:
    followers(work, PLANNED_AT_ONCE + 2)
    ring(work)
    clock = work.clock
    assert isinstance(clock, Clock)

    def ticking() -> datetime:
        clock.advance(SECOND)
        return clock()

    claimed = claim(replace(work, clock=ticking), [], Gates(work))
    assert claimed is not None
    assert claimed.batch is not None
    assert left(work) == (1, PLANNED_AT_ONCE, 0)
