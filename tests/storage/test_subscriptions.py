from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from newsbell.domain.backoff import SUSPENSIONS
from newsbell.domain.subscription import FollowedTopic, Subscription
from newsbell.errors import ConflictError, MalformedError
from newsbell.storage import delivery, keys, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.schema import retries, subscription_topics
from newsbell.storage.schema import subscriptions as table
from tests.factories import (
    NOW,
    add_retry,
    push_target,
    stored_article,
    stored_key,
    subscriber,
    subscribers,
    topic_ids,
)
from tests.storage.watching import query_plan, statements

HOUR = timedelta(hours=1)


def _topics(conn: Connection, number: int) -> list[str]:
    subscription = subscriptions.get(conn, number)
    assert subscription is not None
    return [topic.name for topic in subscription.topics]


def test_a_subscription_comes_back_as_it_was_stored(database: Database) -> None:
    target = push_target()
    with database.transaction() as conn:
        number = subscriber(conn, "Snow", "Rain", target=target)
        key = keys.current(conn)
        assert key is not None
        expected = Subscription(
            id=number,
            target=target,
            vapid_key_id=key.id,
            vapid_key=key.public_key,
            topics=(FollowedTopic(name="Rain", slug="rain"), FollowedTopic(name="Snow", slug="snow")),
            created_at=NOW,
            suspended_at=None,
        )
        assert subscriptions.get(conn, number) == expected
        assert subscriptions.find_by_endpoint(conn, target.endpoint) == expected
        assert subscriptions.find_by_endpoint(conn, target.endpoint + "/") is None


def test_many_that_a_test_stores_at_once_are_as_those_stored_one_by_one(database: Database) -> None:
    endpoints = [f"https://push.example/{number}" for number in range(3)]
    with database.transaction() as conn:
        one = subscriptions.get(conn, subscriber(conn, "Snow", "Rain"))
        assert one is not None
        numbers = subscribers(conn, endpoints, "Snow", "Rain")
        for number, endpoint in zip(numbers, endpoints, strict=True):
            target = one.target._replace(endpoint=endpoint)
            assert subscriptions.get(conn, number) == replace(one, id=number, target=target)
            assert subscriptions.find_by_endpoint(conn, endpoint) == subscriptions.get(conn, number)
        first = select(table.c.first_success_at).order_by(table.c.id)
        assert conn.execute(first).scalars().all() == [None] * 4
        subscribers(conn, ["https://push.example/old"], "Snow", proven=True)
        assert conn.execute(first).scalars().all() == [None] * 4 + [NOW]


@pytest.mark.parametrize("endpoint", ["\x00", "\ud800"])
def test_an_endpoint_no_database_holds_finds_nothing(database: Database, endpoint: str) -> None:
    with database.read() as conn:
        assert subscriptions.find_by_endpoint(conn, endpoint) is None


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_a_number_nobody_has_finds_nothing(database: Database, number: int) -> None:
    with database.transaction() as conn:
        assert subscriptions.get(conn, number) is None
        assert not subscriptions.remove(conn, number)


def test_an_endpoint_subscribes_once(database: Database) -> None:
    target = push_target()
    with database.transaction() as conn:
        number = subscriber(conn, target=target)
        with pytest.raises(ConflictError):
            subscriber(conn, target=push_target()._replace(endpoint=target.endpoint))
        assert subscriptions.count(conn) == 1
        assert subscriber(conn) > number  # the transaction goes on


@pytest.mark.parametrize(("length", "accepted"), [(2048, True), (2049, False)])
def test_an_endpoint_is_bounded(database: Database, length: int, accepted: bool) -> None:
    target = push_target("https://push.example/".ljust(length, "x"))
    with database.transaction() as conn:
        if accepted:
            assert subscriber(conn, target=target)
        else:
            with pytest.raises(MalformedError):
                subscriber(conn, target=target)


def test_a_manage_token_opens_one_subscription_until_there_is_another(database: Database) -> None:
    with database.transaction() as conn:
        number, other = subscriber(conn), subscriber(conn)
        subscriptions.set_token(conn, number, "first")
        assert subscriptions.find_by_token(conn, "first") == number
        subscriptions.set_token(conn, number, "second")
        subscriptions.set_token(conn, other, "third")
        assert subscriptions.find_by_token(conn, "first") is None
        assert subscriptions.find_by_token(conn, "second") == number
        assert subscriptions.find_by_token(conn, "third") == other


def test_two_subscriptions_never_share_a_token(database: Database) -> None:
    with database.transaction() as conn:
        number, other = subscriber(conn), subscriber(conn)
        subscriptions.set_token(conn, number, "same")
    with pytest.raises(ConflictError), database.transaction() as conn:
        subscriptions.set_token(conn, other, "same")


def test_topics_are_set_whole(database: Database) -> None:
    with database.transaction() as conn:
        number, other = subscriber(conn, "Snow", "Rain"), subscriber(conn, "Snow", "Rain")
        subscriptions.set_topics(conn, number, topic_ids(conn, ["Rain", "Fog", "Fog"]))
        assert _topics(conn, number) == ["Fog", "Rain"]
        subscriptions.set_topics(conn, number, [])
        assert _topics(conn, number) == []
        assert _topics(conn, other) == ["Rain", "Snow"]


def test_a_topic_that_is_not_there_cannot_be_followed(database: Database) -> None:
    with database.transaction() as conn:
        number = subscriber(conn)
    with pytest.raises(ConflictError), database.transaction() as conn:
        subscriptions.set_topics(conn, number, [99])


def test_an_endpoint_moves(database: Database) -> None:
    target = push_target()
    with database.transaction() as conn:
        number, other = subscriber(conn, "Snow"), subscriber(conn)
        subscriptions.record_failures(conn, [number], NOW)
        subscriptions.set_endpoint(conn, number, target, stored_key(conn), NOW)
        stored = subscriptions.get(conn, number)
        assert stored is not None
        assert (stored.target, [topic.name for topic in stored.topics]) == (target, ["Snow"])
        assert subscriptions.record_failures(conn, [number], NOW + HOUR) == {number: NOW + HOUR}
        subscriptions.set_endpoint(conn, number, target, stored_key(conn), NOW)  # its own is no conflict
        with pytest.raises(ConflictError):
            subscriptions.set_endpoint(conn, other, target, stored_key(conn), NOW)


def test_a_removed_subscription_leaves_nothing(database: Database) -> None:
    with database.transaction() as conn:
        number, other = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        stored = stored_article(conn, "Snow")
        alert = delivery.add_alert(
            conn, stored.story_id, stored.id, topic_ids(conn, ["Snow"]), now=NOW, expires_at=NOW + HOUR
        )
        assert alert is not None
        for one in (number, other):
            add_retry(conn, alert, one, due_at=NOW, attempts=1)
        assert subscriptions.remove(conn, number)
        assert not subscriptions.remove(conn, number)
        assert subscriptions.get(conn, number) is None
        assert conn.execute(select(subscription_topics.c.subscription_id)).scalars().all() == [other]
        assert conn.execute(select(retries.c.subscription_id)).scalars().all() == [other]
        assert subscriptions.count(conn) == 1


def test_a_removed_subscriptions_number_does_not_come_back(database: Database) -> None:
    with database.transaction() as conn:
        number = subscriber(conn)
        subscriptions.remove(conn, number)
        assert subscriber(conn) > number


def test_a_suspension_keeps_its_first_moment(database: Database) -> None:
    with database.transaction() as conn:
        number, other = subscriber(conn), subscriber(conn)
        subscriptions.suspend(conn, number, NOW)
        subscriptions.suspend(conn, number, NOW + HOUR)
        for one, since in ((number, NOW), (other, None)):
            assert _suspended_at(conn, one) == since
        subscriptions.unsuspend(conn, number)
        assert _suspended_at(conn, number) is None


def test_only_a_success_ends_what_a_subscription_is_refused(database: Database) -> None:
    with database.transaction() as conn:
        number = subscriber(conn)
        assert subscriptions.suspend(conn, number, NOW) == (NOW, 0)
        subscriptions.unsuspend(conn, number)
        assert subscriptions.suspend(conn, number, NOW + HOUR) == (NOW, 0)
        assert subscriptions.try_suspended_again(conn, NOW + 3 * HOUR, [HOUR, 2 * HOUR], 9) == 1
        assert subscriptions.suspend(conn, number, NOW + 3 * HOUR) == (NOW, 1)
        subscriptions.record_success(conn, [number], NOW + 4 * HOUR)
        assert _suspended_at(conn, number) is None
        assert subscriptions.suspend(conn, number, NOW + 5 * HOUR) == (NOW + 5 * HOUR, 0)
        assert subscriptions.suspend(conn, 99, NOW) is None


def test_a_refusal_by_a_clock_that_was_ahead_counts_from_the_next_one(database: Database) -> None:
    with database.transaction() as conn:
        number = subscriber(conn)
        subscriptions.suspend(conn, number, NOW + 400 * HOUR)
        assert subscriptions.suspend(conn, number, NOW) == (NOW, 0)


def _suspended_at(conn: Connection, number: int) -> datetime | None:
    stored = subscriptions.get(conn, number)
    assert stored is not None
    return stored.suspended_at


def test_failing_counts_from_the_first_failure_after_a_success(database: Database) -> None:
    with database.transaction() as conn:
        number = subscriber(conn)
        assert subscriptions.record_failures(conn, [number], NOW) == {number: NOW}
        assert subscriptions.record_failures(conn, [number], NOW + HOUR) == {number: NOW}
        subscriptions.record_success(conn, [number], NOW + 2 * HOUR)
        assert subscriptions.record_failures(conn, [number], NOW + 3 * HOUR) == {number: NOW + 3 * HOUR}


def test_a_removed_subscription_cannot_fail(database: Database) -> None:
    with database.transaction() as conn:
        assert subscriptions.record_failures(conn, [99], NOW) == {}


def test_a_success_is_written_only_where_it_is_news(database: Database) -> None:
    first = select(table.c.first_success_at)
    with database.transaction() as conn:
        number = subscriber(conn)
        subscriptions.record_success(conn, [number], NOW)
        assert conn.execute(first).scalar_one() == NOW
        with statements(database) as asked:
            subscriptions.record_success(conn, [number], NOW + HOUR)
        assert conn.execute(first).scalar_one() == NOW
        assert "IS NULL" in asked[0][0]
        subscriptions.record_success(conn, [], NOW)


def test_readers_are_found_by_indexes(sqlite_database: Database) -> None:
    with statements(sqlite_database) as asked, sqlite_database.transaction() as conn:
        subscriptions.try_suspended_again(conn, NOW, SUSPENSIONS, 9)
        subscriptions.find_by_endpoint(conn, "https://push.example/1")
        subscriptions.find_by_token(conn, "hash")
    for statement, parameters in asked:
        steps = query_plan(sqlite_database, statement, parameters)
        assert any(step.startswith("SEARCH subscriptions USING ") for step in steps), steps
        assert not any(step.startswith("SCAN") for step in steps), steps
