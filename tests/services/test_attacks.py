"""Nobody can silence a push service, or another reader, by what their own subscriptions answer.

The attacker's subscriptions are at the service that all use, come first and stand in a row, were rung before
where that helps, and answer as they like, again and again. The others must be told all the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from newsbell.config import Settings
from newsbell.domain.key_refusals import KeyRefusals
from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.importing import Source, import_article
from newsbell.services.upkeep import sweep
from newsbell.storage.database import Database
from tests.factories import NOW, subscribers
from tests.fakes import SENT, Clock, FakePusher
from tests.pages import news_page, paragraphs_of

MANY = 60
"""Of the attacker: more than any row that makes a service rest."""
OTHERS = 15
LEAGUE = 120
BOUND = timedelta(minutes=2)
BOUND_OF_MOST = timedelta(minutes=10)
ANSWERS = {
    "busy for six hours": PushResult(outcome=Outcome.LATER, status=429, retry_after=timedelta(hours=6)),
    "busy for a moment": PushResult(outcome=Outcome.LATER, status=429, retry_after=timedelta(seconds=1)),
    "broken": PushResult(outcome=Outcome.LATER, status=500),
    "silent, or reset, or slow beyond the time": PushResult(outcome=Outcome.LATER, status=0),
    "another key's": PushResult(outcome=Outcome.KEY_REFUSED, status=401),
    "forbidden": PushResult(outcome=Outcome.KEY_REFUSED, status=403),
    "too large": PushResult(outcome=Outcome.MESSAGE_REFUSED, status=413),
    "gone": PushResult(outcome=Outcome.GONE, status=410),
}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(sqlite_database: Database, clock: Clock) -> Delivery:
    worker = Worker(name="w", batch_size=30, concurrency=20)
    return Delivery(sqlite_database, Settings(), worker, FakePusher(), clock)


def _followers(work: Delivery, who: str, number: int, *, proven: bool) -> set[str]:
    endpoints = [f"https://push.example/{who}/{each}" for each in range(number)]
    with work.db.transaction() as conn:
        subscribers(conn, endpoints, "Russia", proven=proven)
    return set(endpoints)


def _ring(work: Delivery, name: str) -> None:
    page = news_page(topics=["Russia"], paragraphs=paragraphs_of(name))
    source = Source(url=f"https://news.example/{name}", content=page)
    assert import_article(work.db, work.settings, source, now=work.clock()).rung


def _drain(work: Delivery) -> None:
    while work_once(work):
        pass


def _told(work: Delivery, others: set[str]) -> int:
    """How many messages the others were sent."""
    assert isinstance(work.pusher, FakePusher)
    return sum(endpoint in others for endpoint in work.pusher.endpoints)


def _attack(
    work: Delivery, answer: PushResult, *, number: int, proven: bool, others: int = OTHERS
) -> set[str]:
    """The attacker's subscriptions, then the others, who are given back."""
    _followers(work, "attacker", number, proven=proven)
    readers = _followers(work, "other", others, proven=True)

    def answered(target: PushTarget) -> PushResult:
        return answer if "attacker" in target.endpoint else SENT

    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = answered
    return readers


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize(("number", "proven"), [(MANY, False), (1, True), (19, True)])
def test_made_up_endpoints_and_a_few_true_ones_delay_nobody(
    work: Delivery, answer: PushResult, number: int, proven: bool
) -> None:
    others = _attack(work, answer, number=number, proven=proven)
    for times, name in enumerate(("one", "two", "three"), 1):
        _ring(work, name)
        _drain(work)
        assert _told(work, others) == times * OTHERS


@pytest.mark.parametrize("kind", list(ANSWERS))
@pytest.mark.parametrize("others", [LEAGUE * 9, LEAGUE * 7 // 3, OTHERS], ids=["10 %", "30 %", "most"])
def test_many_true_ones_in_league_delay_others_for_minutes_at_most(
    work: Delivery, clock: Clock, kind: str, others: int
) -> None:
    """Where a tenth or three in ten are in league, nobody is late by more than `BOUND`. Where nearly all are,
    the others wait for as many rests as there are witnesses against the service, which is once for each
    message that one of the league takes.
    """
    bound = BOUND if others > LEAGUE else BOUND_OF_MOST
    readers = _attack(work, ANSWERS[kind], number=LEAGUE, proven=True, others=others)
    for times in (1, 2, 3):
        _ring(work, f"story {times}")
        until = clock.now + bound
        while clock.now <= until:
            _drain(work)
            clock.advance(timedelta(seconds=5))
        assert _told(work, readers) == times * len(readers)


@pytest.mark.parametrize("proven", [True, False])
def test_refused_ones_that_are_tried_again_and_again_delay_others_for_minutes_at_most(
    work: Delivery, clock: Clock, proven: bool
) -> None:
    """Each day by another worker, which has not seen yet who is not to be believed."""
    readers = _attack(work, ANSWERS["forbidden"], number=LEAGUE, proven=proven)
    for day in range(1, 9):
        fresh = replace(work, refusals=KeyRefusals())
        sweep(fresh)
        _ring(fresh, f"story {day}")
        until = clock.now + BOUND_OF_MOST
        while clock.now <= until:
            _drain(fresh)
            clock.advance(timedelta(seconds=30))
        assert _told(work, readers) == day * OTHERS
        clock.advance(timedelta(days=1))


@pytest.mark.parametrize("status", [429, 403])
def test_a_service_that_refuses_all_is_left_alone(work: Delivery, clock: Clock, status: int) -> None:
    """The twin: the same row is believed where nobody else is served, and other services go on."""
    outcome = Outcome.LATER if status == 429 else Outcome.KEY_REFUSED
    _followers(work, "reader", 600, proven=True)
    with work.db.transaction() as conn:
        subscribers(conn, ["https://elsewhere.example/1"], "Russia", proven=True)
    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = lambda target: (
        SENT if "elsewhere" in target.endpoint else PushResult(outcome=outcome, status=status)
    )
    _ring(work, "story")
    for _ in range(60):
        _drain(work)
        clock.advance(timedelta(seconds=1))
    asked = work.pusher.endpoints
    assert "https://elsewhere.example/1" in asked
    assert len(asked) <= 200
