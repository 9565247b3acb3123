import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.domain.article import CleanArticle
from newsbell.domain.backoff import ATTEMPTS_BEFORE_GIVING_UP, GIVE_UP_AFTER
from newsbell.domain.cleaning import clean_restoring
from newsbell.domain.key_refusals import FIRST_PAUSE, MANY_IN_A_ROW
from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.services.articles import remove_article
from newsbell.services.claims import claim, read_jobs
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.gates import Gates
from newsbell.services.importing import Imported, Source, import_article
from newsbell.services.subscriptions import subscribe, unsubscribe
from newsbell.services.upkeep import sweep
from newsbell.services.vapid import ensure_keys, rotate
from newsbell.storage import subscriptions
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import SENT, AnyEndpoint, Clock, FakePusher
from tests.pages import news_page, paragraphs_of
from tests.services.readers import browser

Answer = Callable[[PushTarget], PushResult]


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def work(database: Database, clock: Clock) -> Delivery:
    ensure_keys(database, lambda: ("private", "public"), NOW)
    return Delivery(database, Settings(), Worker(name="w", batch_size=2), FakePusher(), clock)


def follow(work: Delivery, name: str, *topics: str) -> int:
    made = subscribe(work.db, target=browser(name), topics=topics, rules=AnyEndpoint(), now=work.clock())
    return made.id


def publish(work: Delivery, url: str = "https://paper.example/a") -> Imported:
    page = news_page(paragraphs=paragraphs_of(url))
    return import_article(work.db, work.settings, Source(url=url, content=page), now=work.clock())


def drain(work: Delivery) -> None:
    for _ in range(1_000):
        if not work_once(work):
            return
    raise AssertionError("the work never ends")


def rung(work: Delivery) -> list[str]:
    assert isinstance(work.pusher, FakePusher)
    return sorted(target.endpoint.rsplit("/", 1)[1] for target, _, _ in work.pusher.sent)


def answering(work: Delivery, outcome: Outcome, status: int, retry_after: timedelta | None = None) -> None:
    assert isinstance(work.pusher, FakePusher)
    result = PushResult(outcome=outcome, status=status, retry_after=retry_after)
    work.pusher.answer = lambda _target: result


def remaining(work: Delivery) -> int:
    with work.db.read() as conn:
        return subscriptions.count(conn)


def test_every_follower_is_rung_and_nobody_else(work: Delivery) -> None:
    for name in "abcde":
        follow(work, name, "Russia")
    follow(work, "x", "Chess")
    publish(work)
    drain(work)
    assert rung(work) == list("abcde")


def test_a_reader_of_two_topics_of_the_article_is_rung_once(work: Delivery) -> None:
    follow(work, "a", "Russia", "Ukraine")
    follow(work, "b", "Ukraine")
    publish(work)
    drain(work)
    assert rung(work) == ["a", "b"]


def test_the_same_story_elsewhere_does_not_ring_again(work: Delivery) -> None:
    follow(work, "a", "Russia")
    page = news_page()
    for url in ("https://one.example/a", "https://two.example/b"):
        import_article(work.db, work.settings, Source(url=url, content=page), now=NOW)
        drain(work)
    assert rung(work) == ["a"]


def test_whoever_subscribes_after_the_alert_is_not_rung_for_it(work: Delivery) -> None:
    publish(work)
    follow(work, "late", "Russia")
    drain(work)
    assert rung(work) == []


def test_whoever_subscribes_while_the_page_is_cleaned_is_rung(work: Delivery, clock: Clock) -> None:
    def cleaner(source: str | bytes, url: str = "", **rest: Any) -> CleanArticle:
        clock.advance(timedelta(seconds=1))
        follow(work, "a", "Russia")
        clock.advance(timedelta(seconds=1))
        return clean_restoring(source, url, **rest)

    source = Source(url="https://paper.example/a", content=news_page())
    import_article(work.db, work.settings, source, cleaner=cleaner, now=work.clock())
    follow(work, "late", "Russia")
    drain(work)
    assert rung(work) == ["a"]


def test_whoever_stopped_before_the_sending_is_not_rung(work: Delivery) -> None:
    stopped = follow(work, "a", "Russia")
    follow(work, "b", "Russia")
    publish(work)
    unsubscribe(work.db, stopped)
    drain(work)
    assert rung(work) == ["b"]


def test_a_removed_article_does_not_ring(work: Delivery) -> None:
    follow(work, "a", "Russia")
    imported = publish(work)
    remove_article(work.db, imported.article.id, NOW)
    drain(work)
    assert rung(work) == []


@pytest.mark.parametrize("tried", [False, True], ids=["batch", "retries"])
def test_an_article_removed_once_its_readers_are_claimed_leaves_them_to_the_storys_other_home(
    work: Delivery, clock: Clock, tried: bool
) -> None:
    follow(work, "a", "Russia")
    page = news_page()
    first, other = (
        import_article(work.db, work.settings, Source(url=url, content=page), now=NOW).article
        for url in ("https://one.example/a", "https://two.example/b")
    )
    if tried:
        answering(work, Outcome.LATER, 503)
        drain(work)
        clock.advance(timedelta(minutes=10))
    claimed = claim(work, [], Gates(work))
    assert claimed
    remove_article(work.db, first.id, NOW)
    [job] = read_jobs(work, claimed)
    assert len(job.due) == 1
    assert job.message
    assert json.loads(job.message.payload)["notification"]["data"]["id"] == other.uuid.urn


def test_the_message_carries_the_tag_as_its_push_topic(work: Delivery) -> None:
    follow(work, "a", "Russia")
    imported = publish(work)
    drain(work)
    assert isinstance(work.pusher, FakePusher)
    _, message, _ = work.pusher.sent[0]
    assert message.topic == f"story-{imported.article.story_id}"
    assert 0 < message.ttl <= 24 * 3600


def test_each_subscription_is_rung_with_the_key_it_was_made_with(work: Delivery) -> None:
    follow(work, "a", "Russia")
    rotate(work.db, lambda: ("private 2", "public-2"), NOW)
    follow(work, "b", "Russia")
    publish(work)
    drain(work)
    assert isinstance(work.pusher, FakePusher)
    assert {target.endpoint[-1]: key.public_key for target, _, key in work.pusher.sent} == {
        "a": "public",
        "b": "public-2",
    }


def test_a_subscription_that_is_gone_is_removed(work: Delivery) -> None:
    follow(work, "a", "Russia")
    answering(work, Outcome.GONE, 410)
    publish(work)
    drain(work)
    assert remaining(work) == 0


@pytest.mark.parametrize(("outcome", "status"), [(Outcome.MESSAGE_REFUSED, 413), (Outcome.REFUSED, 301)])
def test_a_final_refusal_is_not_retried_and_removes_nobody(
    work: Delivery, clock: Clock, outcome: Outcome, status: int
) -> None:
    follow(work, "a", "Russia")
    answering(work, outcome, status)
    publish(work)
    drain(work)
    clock.advance(timedelta(hours=3))
    drain(work)
    assert rung(work) == ["a"]
    assert remaining(work) == 1


def test_a_subscription_of_another_key_is_suspended_and_kept(work: Delivery) -> None:
    follow(work, "a", "Russia")
    answering(work, Outcome.KEY_REFUSED, 403)
    publish(work)
    drain(work)
    answering(work, Outcome.SENT, 201)
    publish(work, "https://paper.example/b")
    drain(work)
    assert rung(work) == ["a"]
    assert remaining(work) == 1


def test_a_busy_service_is_tried_again_when_it_said(work: Delivery, clock: Clock) -> None:
    follow(work, "a", "Russia")
    answering(work, Outcome.LATER, 429, retry_after=timedelta(minutes=10))
    publish(work)
    drain(work)
    answering(work, Outcome.SENT, 201)
    clock.advance(timedelta(minutes=9))
    drain(work)
    assert rung(work) == ["a"]
    clock.advance(timedelta(minutes=6))
    drain(work)
    assert rung(work) == ["a", "a"]
    clock.advance(timedelta(hours=2))
    drain(work)
    assert rung(work) == ["a", "a"]


def test_what_is_too_late_is_dropped(work: Delivery, clock: Clock) -> None:
    follow(work, "a", "Russia")
    publish(work)
    clock.advance(timedelta(hours=25))
    sweep(work)
    drain(work)
    assert rung(work) == []


def test_a_subscription_that_failed_for_days_is_removed(work: Delivery, clock: Clock) -> None:
    follow(work, "a", "Russia")
    answering(work, Outcome.LATER, 503)
    publish(work)
    drain(work)
    assert remaining(work) == 1
    clock.advance(GIVE_UP_AFTER)
    publish(work, "https://paper.example/b")
    drain(work)
    assert remaining(work) == 1, "one failure, though days after another, is not enough"
    for _ in range(ATTEMPTS_BEFORE_GIVING_UP):
        clock.advance(timedelta(minutes=10))
        drain(work)
    assert remaining(work) == 0


def test_one_success_forgets_the_failures(work: Delivery, clock: Clock) -> None:
    follow(work, "a", "Russia")
    for hours, outcome, status in (
        (0, Outcome.LATER, 503),
        (100, Outcome.SENT, 201),
        (100, Outcome.LATER, 503),
    ):
        clock.advance(timedelta(hours=hours))
        answering(work, outcome, status)
        publish(work, f"https://paper.example/{clock.now.isoformat()}")
        drain(work)
    assert remaining(work) == 1


def test_a_batch_of_a_dead_worker_is_sent_by_another_when_its_lease_ends(
    work: Delivery, clock: Clock
) -> None:
    for name in "abc":
        follow(work, name, "Russia")
    publish(work)
    died = FakePusher(answer=_dies)
    dying = replace(work, worker=replace(work.worker, name="dead"), pusher=died)
    with pytest.raises(KeyboardInterrupt):
        work_once(dying)
    drain(work)
    assert rung(work) == ["c"], "the other batch is free at once"
    clock.advance(work.worker.lease + timedelta(seconds=1))
    drain(work)
    assert rung(work) == ["a", "b", "c"]


def _dies(_target: PushTarget) -> PushResult:
    raise KeyboardInterrupt


def test_a_worker_that_lost_its_lease_stops(work: Delivery, clock: Clock) -> None:
    for name in "ab":
        follow(work, name, "Russia")
    publish(work)

    def slow(_target: PushTarget) -> PushResult:
        clock.advance(work.worker.lease + timedelta(seconds=1))
        other = replace(work, worker=replace(work.worker, name="other"), pusher=FakePusher())
        work_once(other)
        return SENT

    assert isinstance(work.pusher, FakePusher)
    work.pusher.answer = slow
    drain(work)
    assert rung(work) == ["a"], "the rest was sent by the other"


def test_a_service_that_takes_our_key_no_more_is_paused_and_nobody_is_lost(
    work: Delivery, clock: Clock
) -> None:
    many = replace(work, worker=replace(work.worker, batch_size=100))
    names = [f"r{number:02}" for number in range(MANY_IN_A_ROW + 5)]
    for name in names:
        follow(many, name, "Russia")
    publish(many)
    drain(many)
    answering(many, Outcome.KEY_REFUSED, 403)
    publish(many, "https://paper.example/b")
    drain(many)
    asked = len(rung(many))
    publish(many, "https://paper.example/c")
    drain(many)
    assert len(rung(many)) == asked, "nothing is sent to a paused service"
    answering(many, Outcome.SENT, 201)
    clock.advance(FIRST_PAUSE * 1.25 + timedelta(seconds=1))
    drain(many)
    reached = Counter(rung(many))
    assert all(reached[name] >= 3 for name in names)


def test_made_up_subscriptions_cannot_silence_a_service(work: Delivery) -> None:
    for number in range(2 * MANY_IN_A_ROW):
        follow(work, f"fake{number}", "Russia")
    follow(work, "real", "Russia")
    assert isinstance(work.pusher, FakePusher)
    refused = PushResult(outcome=Outcome.KEY_REFUSED, status=403)
    work.pusher.answer = lambda target: refused if "fake" in target.endpoint else SENT
    publish(work)
    drain(work)
    assert "real" in rung(work)
