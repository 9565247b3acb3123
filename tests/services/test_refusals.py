"""Who is refused because of our key, clock or subject: an outage of ours loses nobody, and whoever is refused
for good is asked a few times and then forgotten. The stories go on meanwhile.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from newsbell.config import Settings
from newsbell.domain.backoff import GIVE_UP_REFUSED_AFTER, SUSPENSIONS
from newsbell.domain.key_refusals import MANY_IN_A_ROW
from newsbell.domain.push import Outcome, PushResult
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.subscriptions import move_endpoint, send_test
from newsbell.services.upkeep import sweep
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Database
from newsbell.storage.schema import retries
from tests.factories import NOW, add_retry, push_target, stored_article, subscriber, topic_ids
from tests.fakes import SENT, AnyEndpoint, Clock, FakePusher
from tests.services.readers import followers

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REFUSED = PushResult(outcome=Outcome.KEY_REFUSED, status=403)
TRIES = 18
"""The first time, and as often as fits into the time until it is given up."""


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(sqlite_database: Database, clock: Clock) -> Delivery:
    worker = Worker(name="w", batch_size=100, concurrency=50)
    return Delivery(sqlite_database, Settings(), worker, FakePusher(), clock)


def _go_on(
    work: Delivery, clock: Clock, span: timedelta, *, every: timedelta, answer: PushResult
) -> Counter[str]:
    """Let time go by with a story `every` so often, from its beginning; how often each browser was asked."""
    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = lambda _target: answer
    asked = len(work.pusher.sent)
    for _ in range(span // every):
        sweep(work)
        _ring(work)
        for _ in range(3):
            while work_once(work):
                pass
            clock.advance(every / 3)  # whoever waits for the end of a pause has a turn
    return Counter(work.pusher.endpoints[asked:])


def _ring(work: Delivery, topic: str = "Russia") -> None:
    with work.db.transaction() as conn:
        story, now = stored_article(conn, topic), work.clock()
        ids = topic_ids(conn, [topic])
        delivery.add_alert(conn, story.story_id, story.id, ids, now=now, expires_at=now + DAY)


def _kept(work: Delivery) -> int:
    with work.db.read() as conn:
        return subscriptions.count(conn)


@pytest.mark.parametrize("every", [DAY, 7 * DAY, 30 * DAY])
@pytest.mark.parametrize("proven", [True, False])
def test_who_is_refused_for_good_is_asked_a_few_times_and_forgotten(
    work: Delivery, clock: Clock, every: timedelta, proven: bool
) -> None:
    [reader] = followers(work, 1, proven=proven)
    asked = _go_on(work, clock, GIVE_UP_REFUSED_AFTER, every=every, answer=REFUSED)
    assert 2 < asked[reader] < TRIES
    assert _kept(work) == 1
    _go_on(work, clock, SUSPENSIONS[-1] + 2 * every, every=every, answer=REFUSED)
    assert _kept(work) == 0


@pytest.mark.parametrize("proven", [0, 5, 25])
@pytest.mark.parametrize("outage", [HOUR, 3 * DAY, 20 * DAY])
def test_an_outage_of_our_key_loses_neither_old_readers_nor_new_ones(
    work: Delivery, clock: Clock, proven: int, outage: timedelta
) -> None:
    """None proven: a first installation whose subject is wrong."""
    readers = followers(work, proven) + followers(work, 10, host="push.example/new", proven=False)
    every = outage / 8
    _go_on(work, clock, outage, every=every, answer=REFUSED)
    wait = 2 * max(outage, SUSPENSIONS[0])
    assert set(_go_on(work, clock, wait, every=every, answer=SENT)) == set(readers)
    asked = _go_on(work, clock, 4 * DAY, every=DAY, answer=SENT)
    assert asked == dict.fromkeys(readers, 4), "and all is as before"
    clock.advance(GIVE_UP_REFUSED_AFTER)
    sweep(work)
    assert _kept(work) == len(readers)


def test_new_readers_refused_during_a_pause_hear_of_the_story_after_it(work: Delivery, clock: Clock) -> None:
    old = followers(work, 20)
    new = followers(work, 10, host="push.example/new", proven=False)
    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = lambda _target: REFUSED
    _ring(work)
    while work_once(work):
        pass
    work.pusher.answer = lambda _target: SENT
    clock.advance(timedelta(minutes=2))
    while work_once(work):
        pass
    assert Counter(work.pusher.endpoints) == dict.fromkeys(old + new, 2)
    with work.db.transaction() as conn:
        since = {subscriptions.suspend(conn, number, clock()) for number in range(1, 31)}
    assert since == {(clock(), 0)}, "what was refused before is forgotten"


def test_whoever_is_refused_with_many_is_tried_again_as_often_as_before_for_each_story(
    work: Delivery, clock: Clock
) -> None:
    with work.db.transaction() as conn:
        for number in range(MANY_IN_A_ROW):
            topics = ["Russia", "Ukraine"] if number < 5 else ["Russia"]
            target = push_target(f"https://push.example/{number}")
            subscriptions.record_success(conn, [subscriber(conn, *topics, now=NOW, target=target)], NOW)
    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = lambda _target: REFUSED
    for topic in ("Ukraine", "Russia"):
        _ring(work, topic)
    with work.db.transaction() as conn:
        for number in range(3, 7):
            add_retry(conn, 2, number, due_at=NOW, attempts=number)
    while work_once(work):
        pass
    expected = {(1, number): 0 for number in range(1, 6)}
    expected |= {(2, number): number if 3 <= number < 7 else 0 for number in range(1, MANY_IN_A_ROW + 1)}
    rows = select(retries.c.alert_id, retries.c.subscription_id, retries.c.attempts)
    with work.db.read() as conn:
        assert {(alert, reader): attempts for alert, reader, attempts in conn.execute(rows)} == expected
    work.pusher.answer = lambda _target: SENT
    clock.advance(timedelta(minutes=2))
    while work_once(work):
        pass
    assert Counter(work.pusher.endpoints).total() == 2 * len(expected)


def test_two_outages_with_no_story_between_lose_nobody(work: Delivery, clock: Clock) -> None:
    [reader] = followers(work, 1)
    for _ in range(2):
        _go_on(work, clock, HOUR, every=HOUR, answer=REFUSED)
        clock.advance(GIVE_UP_REFUSED_AFTER)
        sweep(work)
    assert _go_on(work, clock, DAY, every=DAY, answer=SENT) == {reader: 1}


def test_a_success_between_begins_anew(work: Delivery, clock: Clock) -> None:
    [reader] = followers(work, 1)
    for _ in range(5):
        _go_on(work, clock, 30 * DAY, every=3 * DAY, answer=REFUSED)
        assert _go_on(work, clock, 15 * DAY, every=3 * DAY, answer=SENT)[reader] > 0
    assert _kept(work) == 1


@pytest.mark.parametrize("wrong_by", [3 * DAY, 400 * DAY, -3 * DAY, -400 * DAY])
def test_a_wrong_clock_loses_nobody(work: Delivery, clock: Clock, wrong_by: timedelta) -> None:
    readers = followers(work, 5)
    clock.advance(wrong_by)
    _go_on(work, clock, 2 * DAY, every=6 * HOUR, answer=REFUSED)
    clock.advance(-wrong_by)
    asked = _go_on(work, clock, 4 * DAY, every=DAY, answer=SENT)
    assert min(asked[each] for each in readers) >= 2


def test_a_moved_endpoint_and_a_test_that_arrives_begin_anew(work: Delivery, clock: Clock) -> None:
    followers(work, 2)
    _go_on(work, clock, 80 * DAY, every=4 * DAY, answer=REFUSED)
    move_endpoint(work.db, 1, push_target("https://push.example/moved"), rules=AnyEndpoint(), now=clock())
    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = lambda _target: SENT
    send_test(work.db, work.settings, 2, pusher=work.pusher, now=clock())
    _go_on(work, clock, 40 * DAY, every=4 * DAY, answer=REFUSED)
    assert _kept(work) == 2
