"""Who waits for rows that others work on, waits for them in one order, so that no two wait for each other
(`newsbell.storage.delivery`). What each does when is placed here, not hoped for.
"""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushMessage, PushResult
from newsbell.domain.slots import Service
from newsbell.domain.subscription import VapidKey
from newsbell.errors import NotFoundError
from newsbell.services.articles import remove_article
from newsbell.services.delivery import Delivery, Worker
from newsbell.services.ledger import Ledger
from newsbell.services.links import claim, offer
from newsbell.services.news import News
from newsbell.services.subscriptions import change_topics, unsubscribe
from newsbell.services.work import Entry
from newsbell.storage import delivery, subscriptions, topics
from newsbell.storage.database import Database
from newsbell.storage.delivery import Recipient, Retry
from newsbell.storage.schema import retries, subscription_topics
from tests.factories import NOW, add_retry, push_target, subscriber, topic_ids
from tests.fakes import SENT, Clock, FakePusher
from tests.services.readers import ring
from tests.storage.watching import meanwhile, wait_for_locks, wait_until

pytestmark = pytest.mark.database
LATER = PushResult(outcome=Outcome.LATER, status=500)
GONE = PushResult(outcome=Outcome.GONE, status=410)
TARGETS = [push_target(f"https://push.example/{number}") for number in (1, 2, 3)]
MESSAGE = PushMessage(payload=b"x", ttl=1, topic="t")
KEY = VapidKey(id=1, private_key="", public_key="", created_at=NOW)
LEASE = timedelta(minutes=5)


@pytest.fixture
def work(postgresql_database: Database) -> Delivery:
    """Three readers who follow, and a story for them."""
    work = Delivery(postgresql_database, Settings(), Worker(name="w"), FakePusher(), Clock(NOW))
    with work.db.transaction() as conn:
        for target in TARGETS:
            subscriber(conn, "Russia", now=NOW, target=target)
    ring(work)
    return work


def news_of(work: Delivery, answers: dict[int, PushResult], *, alert: int = 1) -> News:
    """What came of retries that this worker holds, by the reader."""
    news, found = News(work), []
    for reader, answer in answers.items():
        due = Recipient(alert, reader, TARGETS[reader - 1], 1, proven=True)
        entry = Entry(due, due.target, MESSAGE, KEY, Service("push.example"), None, retry=True)
        entry.result = answer
        found.append(entry)
    news.note(found)
    return news


def hold(work: Delivery, alert: int, *readers: int) -> None:
    with work.db.transaction() as conn:
        held = [
            Retry(alert_id=alert, subscription_id=reader, due_at=NOW, attempts=1, worker=work.worker.name)
            for reader in readers
        ]
        delivery.add_retries(conn, held, work.worker.name)


def retries_left(work: Delivery) -> list[tuple[int, int]]:
    with work.db.read() as conn:
        rows = conn.execute(sa.select(retries.c.alert_id, retries.c.subscription_id)).all()
    return sorted((alert, reader) for alert, reader in rows)


def test_an_article_is_removed_while_news_of_its_retries_is_written(work: Delivery) -> None:
    hold(work, 1, 1, 2)
    news, removal = news_of(work, {1: SENT, 2: LATER}), lambda: remove_article(work.db, 1, NOW)
    with meanwhile(work.db, "DELETE FROM retries", removal), work.db.transaction() as conn:
        news.write(conn, news.lock(conn, [], set()), aside=[], back=[])
    assert retries_left(work) == []


def test_an_article_is_removed_while_its_batches_are_written(work: Delivery) -> None:
    """The last of them first: they are in any order, and so are the rows."""
    with work.db.transaction() as conn:
        while delivery.plan_next_batch(conn, 1, size=1, now=NOW):
            pass
        claimed = [delivery.claim_batch(conn, "w", NOW, LEASE) for _ in range(3)]
    ledger = Ledger(work)
    for batch in reversed(claimed):
        assert batch
        ledger.take_batch(batch)
    with meanwhile(work.db, "UPDATE batches", lambda: remove_article(work.db, 1, NOW)):
        ledger.close()


def test_an_article_is_removed_while_readers_go_who_wait_for_it(work: Delivery) -> None:
    """News of another story says that two of three are gone. The removal comes to the first of them, waits at
    the second, whose retry somebody works on, and the worker comes from the other end.
    """
    ring(work, "https://news.example/b")
    hold(work, 2, 1, 3)
    with work.db.transaction() as conn:
        for reader in (1, 2, 3):
            add_retry(conn, 1, reader, due_at=NOW, attempts=1)
        conn.exec_driver_sql("UPDATE subscriptions SET tried_again = 1 WHERE id = 1")  # the last in the file
    news = news_of(work, {1: GONE, 3: GONE}, alert=2)

    def write() -> None:
        with work.db.transaction() as conn:
            news.write(conn, news.lock(conn, [], set()), aside=[], back=[])

    with ThreadPoolExecutor() as pool:
        with work.db.transaction() as conn:
            conn.exec_driver_sql("SELECT 1 FROM retries WHERE subscription_id = 2 FOR UPDATE")
            removal = pool.submit(remove_article, work.db, 1, NOW)
            wait_until(lambda: wait_for_locks(work.db) == 1)
            writing = pool.submit(write)
            wait_until(lambda: wait_for_locks(work.db) == 2)
        writing.result()
        removal.result()
    assert retries_left(work) == []
    with work.db.read() as conn:
        assert subscriptions.count(conn) == 1


def test_a_writer_of_news_keeps_nobody_from_planning(work: Delivery) -> None:
    hold(work, 1, 1)

    def plan() -> None:
        with work.db.transaction() as conn:
            assert delivery.take_alert_to_plan(conn, NOW) == 1

    with meanwhile(work.db, "INSERT INTO retries", plan), work.db.transaction() as conn:
        news = news_of(work, {1: LATER})
        news.write(conn, news.lock(conn, [], {1}), aside=[], back=[])


def test_a_reader_ends_while_its_topics_change(work: Delivery) -> None:
    with work.db.transaction() as conn:
        topic_ids(conn, ["Snow"])
    with meanwhile(work.db, "DELETE FROM subscription_topics", lambda: unsubscribe(work.db, 1)):
        change_topics(work.db, 1, ["Snow"], NOW)


def both_topics(work: Delivery) -> tuple[int, int]:
    """The topic of the three readers, and another one."""
    with work.db.transaction() as conn:
        russia, snow = topic_ids(conn, ["Russia", "Snow"])
    return russia, snow


def merge(work: Delivery) -> None:
    """Let those who follow the one topic follow the other."""
    with work.db.transaction() as conn:
        russia, snow = topic_ids(conn, ["Russia", "Snow"])
        topics.merge(conn, russia, snow, NOW)


def followed(work: Delivery) -> list[tuple[int, int]]:
    with work.db.read() as conn:
        pair = subscription_topics.c.topic_id, subscription_topics.c.subscription_id
        rows = conn.execute(sa.select(*pair)).all()
    return sorted((topic, reader) for topic, reader in rows)


def test_a_topic_is_merged_while_its_alert_is_planned(work: Delivery) -> None:
    both_topics(work)
    merging = meanwhile(work.db, "SELECT alert_topics.topic_id", lambda: merge(work))
    with merging, work.db.transaction() as conn:
        assert delivery.take_alert_to_plan(conn, NOW) == 1
        while delivery.plan_next_batch(conn, 1, size=2, now=NOW):
            pass
    with work.db.transaction() as conn:
        claimed = [delivery.claim_batch(conn, "w", NOW, LEASE) for _ in range(2)]
        rung = [one.subscription_id for batch in claimed if batch for one in delivery.recipients(conn, batch)]
    assert rung == [1, 2, 3]


def test_an_alert_is_not_planned_while_its_topic_is_merged(work: Delivery) -> None:
    both_topics(work)

    def plan() -> None:
        with work.db.transaction() as conn:
            assert delivery.take_alert_to_plan(conn, NOW) is None

    with meanwhile(work.db, "UPDATE alert_topics", plan):
        merge(work)
    with work.db.transaction() as conn:
        assert delivery.take_alert_to_plan(conn, NOW) == 1


def test_a_reader_changes_topics_while_the_one_is_merged_into_the_other(work: Delivery) -> None:
    _, snow = both_topics(work)
    with meanwhile(work.db, "DELETE FROM subscription_topics", lambda: merge(work)):
        change_topics(work.db, 1, ["Snow"], NOW)
    assert followed(work) == [(snow, 1), (snow, 2), (snow, 3)]


def test_readers_go_while_what_they_follow_is_merged(work: Delivery) -> None:
    """The merger comes to the first of them and waits at the second, on whose topics somebody works; the
    worker comes from the other end.
    """
    _, snow = both_topics(work)

    def remove() -> None:
        with work.db.transaction() as conn:
            subscriptions.remove_many(conn, subscriptions.lock(conn, [1, 3]))

    with work.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE subscriptions SET tried_again = 1 WHERE id = 1")  # the last in the file
    with ThreadPoolExecutor() as pool:
        with work.db.transaction() as conn:
            conn.exec_driver_sql("SELECT 1 FROM subscription_topics WHERE subscription_id = 2 FOR UPDATE")
            merging = pool.submit(merge, work)
            wait_until(lambda: wait_for_locks(work.db) == 1)
            removing = pool.submit(remove)
            wait_until(lambda: wait_for_locks(work.db) == 2)
        removing.result()
        merging.result()
    assert followed(work) == [(snow, 2)]


def test_readers_go_while_what_they_follow_is_forgotten(work: Delivery) -> None:
    """The same, of a topic that never had an article."""
    _, snow = both_topics(work)

    def forget() -> None:
        with work.db.transaction() as conn:
            assert topics.forget(conn, snow)

    def remove() -> None:
        with work.db.transaction() as conn:
            subscriptions.remove_many(conn, subscriptions.lock(conn, [1, 3]))

    with work.db.transaction() as conn:
        for reader in (1, 2, 3):
            subscriptions.set_topics(conn, reader, [snow])
        conn.exec_driver_sql("UPDATE subscriptions SET tried_again = 1 WHERE id = 1")  # the last in the file
    with ThreadPoolExecutor() as pool:
        with work.db.transaction() as conn:
            conn.exec_driver_sql("SELECT 1 FROM subscription_topics WHERE subscription_id = 2 FOR UPDATE")
            forgetting = pool.submit(forget)
            wait_until(lambda: wait_for_locks(work.db) == 1)
            removing = pool.submit(remove)
            wait_until(lambda: wait_for_locks(work.db) == 2)
        removing.result()
        forgetting.result()
    assert followed(work) == []


def test_a_reader_begins_to_follow_both_topics_while_they_are_merged(work: Delivery) -> None:
    """Somebody who begins to follow the first, too, lets the reader pass there, and not the merger."""
    russia, snow = both_topics(work)

    def follow() -> None:
        with work.db.transaction() as conn:
            subscriptions.set_topics(conn, reader, [russia, snow])

    with work.db.transaction() as conn:
        reader = subscriber(conn)
        conn.exec_driver_sql("UPDATE topics SET by_editor = true WHERE id = 1")  # the last in the file
    with ThreadPoolExecutor() as pool:
        with work.db.transaction() as conn:
            conn.exec_driver_sql("SELECT 1 FROM topics WHERE id = 1 FOR KEY SHARE")
            merging = pool.submit(merge, work)
            wait_until(lambda: wait_for_locks(work.db) == 1)
            following = pool.submit(follow)
            wait_until(lambda: following.done() or wait_for_locks(work.db) == 2)
        following.result()
        merging.result()
    assert followed(work) == [(snow, 1), (snow, 2), (snow, 3), (snow, reader)]


def test_a_reader_ends_while_its_link_is_claimed(work: Delivery) -> None:
    verifier = "v" * 43
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    code = offer(work.db, 1, verifier_hash=digest, now=NOW).code
    # Claimed, it may be over before it is looked at.
    with meanwhile(work.db, "DELETE FROM links", lambda: unsubscribe(work.db, 1)), suppress(NotFoundError):
        claim(work.db, code=code, verifier=verifier, now=NOW)
