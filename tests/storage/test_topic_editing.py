from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from newsbell.errors import ConflictError, MalformedError, NotFoundError
from newsbell.storage import articles, delivery, subscriptions, topics
from newsbell.storage.database import Connection, Database
from newsbell.storage.schema import alert_topics
from tests.factories import NOW, stored_article, subscriber, topic_ids
from tests.storage.watching import explained, statements


def _one(conn: Connection, name: str) -> int:
    return topic_ids(conn, [name])[0]


def _followed(conn: Connection, number: int) -> list[str]:
    subscription = subscriptions.get(conn, number)
    assert subscription is not None
    return [topic.name for topic in subscription.topics]


def test_a_renamed_topic_is_found_by_both_names_and_both_slugs(database: Database) -> None:
    with database.transaction() as conn:
        number = _one(conn, "Kiev")
        reader = subscriber(conn, "Kiev")
        stored_article(conn, "Kiev")
        topics.rename(conn, number, "Kyiv", NOW)
        topic = topics.get(conn, number)
        assert topic is not None
        assert (topic.name, topic.slug, topic.aliases) == ("Kyiv", "kyiv", ("Kiev",))
        assert topics.resolve_slug(conn, "kiev") == (topic, True)
        assert topics.resolve_slug(conn, "kyiv") == (topic, False)
        assert topics.get_by_slug(conn, "kiev") is None
        assert topics.resolve(conn, ["KIEV", "kyiv"]) == {"KIEV": topic, "kyiv": topic}
        assert _followed(conn, reader) == ["Kyiv"]
        assert topics.listed(conn, after=None, limit=9) == [topic]


def test_an_old_slug_is_never_given_to_another_topic(database: Database) -> None:
    with database.transaction() as conn:
        number = _one(conn, "Kiev")
        topics.rename(conn, number, "Kyiv", NOW)
        topics.remove_alias(conn, number, "Kiev")
        [other] = topics.ensure(conn, ["Kiev!"], NOW)
        assert (other.id != number, other.slug) == (True, "kiev-2")


def test_a_topic_takes_its_old_name_back(database: Database) -> None:
    with database.transaction() as conn:
        number = _one(conn, "Kiev")
        topics.rename(conn, number, "Kyiv", NOW)
        topics.rename(conn, number, "Kiev", NOW)
        topic = topics.get(conn, number)
        assert topic is not None
        assert (topic.name, topic.slug, topic.aliases) == ("Kiev", "kiev", ("Kyiv",))
        assert topics.resolve_slug(conn, "kyiv") == (topic, True)


def test_a_change_of_case_keeps_the_slug(database: Database) -> None:
    with database.transaction() as conn:
        number = _one(conn, "nasa")
        topics.rename(conn, number, "NASA", NOW)
        topic = topics.get(conn, number)
        assert topic is not None
        assert (topic.name, topic.slug, topic.aliases) == ("NASA", "nasa", ())


def test_a_name_in_use_cannot_be_taken(database: Database) -> None:
    with database.transaction() as conn:
        snow, rain = topic_ids(conn, ["Snow", "Rain"])
        topics.add_alias(conn, rain, "Drizzle", NOW)
        for taken in ("rain", "DRIZZLE"):
            with pytest.raises(ConflictError):
                topics.rename(conn, snow, taken, NOW)
            with pytest.raises(ConflictError):
                topics.add_alias(conn, snow, taken, NOW)
        topics.rename(conn, snow, "Snowfall", NOW)


def test_aliases_are_added_and_removed(database: Database) -> None:
    with database.transaction() as conn:
        number = _one(conn, "Snow")
        topics.add_alias(conn, number, "Schnee", NOW)
        topics.add_alias(conn, number, "SCHNEE", NOW)
        topics.add_alias(conn, number, "Neige", NOW)
        topic = topics.get(conn, number)
        assert topic is not None
        assert topic.aliases == ("Neige", "SCHNEE")
        assert topics.remove_alias(conn, number, "schnee")
        assert not topics.remove_alias(conn, number, "schnee")
        assert not topics.remove_alias(conn, number, "Snow")
        assert topics.resolve(conn, ["schnee", "snow"]).keys() == {"snow"}


@pytest.mark.parametrize("name", ["", "\x00"])
def test_nothing_is_no_alias(database: Database, name: str) -> None:
    with database.transaction() as conn, pytest.raises(MalformedError):
        topics.add_alias(conn, _one(conn, "Snow"), name, NOW)


def test_a_merger_moves_articles_followers_names_and_slugs(database: Database) -> None:
    with database.transaction() as conn:
        source, target = topic_ids(conn, ["Kiev", "Kyiv"])
        topics.add_alias(conn, source, "Kiew", NOW)
        both, only = stored_article(conn, "Kiev", "Kyiv"), stored_article(conn, "Kiev")
        readers = [subscriber(conn, *names) for names in (["Kiev"], ["Kiev", "Kyiv"], ["Kyiv"])]
        topics.merge(conn, source, target, NOW)
        topic = topics.get(conn, target)
        assert topic is not None
        assert (topic.name, topic.aliases, topic.articles) == ("Kyiv", ("Kiev", "Kiew"), 2)
        assert topics.get(conn, source) is None
        assert topics.resolve_slug(conn, "kiev") == (topic, True)
        assert [_followed(conn, reader) for reader in readers] == [["Kyiv"]] * 3
        listed = articles.latest(conn, topic_ids=[target], before=None, limit=9)
        assert [article.id for article in listed] == [only.id, both.id]
        assert [[one.name for one in article.topics] for article in listed] == [["Kyiv"]] * 2


def test_a_merger_keeps_who_is_to_be_rung(database: Database) -> None:
    with database.transaction() as conn:
        source, target = topic_ids(conn, ["Kiev", "Kyiv"])
        stored = stored_article(conn, "Kiev", "Kyiv")
        delivery.add_alert(conn, stored.story_id, stored.id, [source, target], now=NOW, expires_at=NOW)
        topics.merge(conn, source, target, NOW)
        assert conn.execute(select(alert_topics.c.topic_id)).scalars().all() == [target]


@pytest.mark.database
def test_a_merger_looks_for_no_member_among_all_others(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as conn:
        source, target = topic_ids(conn, ["Kiev", "Kyiv"])
    with statements(postgresql_database) as seen, postgresql_database.transaction() as conn:
        topics.merge(conn, source, target, NOW)
    moved = [one for one in seen if "_topics SET topic_id" in one[0]]
    assert len(moved) == 3
    for statement, parameters in moved:
        assert "SubPlan" not in explained(postgresql_database, statement, parameters)


def test_a_topic_is_not_merged_into_itself_or_into_nothing(database: Database) -> None:
    with database.transaction() as conn:
        number = _one(conn, "Snow")
        with pytest.raises(MalformedError):
            topics.merge(conn, number, number, NOW)
        for pair in ((number, number + 1), (number + 1, number)):
            with pytest.raises(NotFoundError):
                topics.merge(conn, *pair, NOW)
        with pytest.raises(NotFoundError):
            topics.rename(conn, number + 1, "Rain", NOW)
        assert topics.get(conn, number) is not None


def test_nobody_who_begins_to_follow_is_lost_in_a_merger(database: Database) -> None:
    """A reader subscribes while the topic is merged: either they follow the other one, or they are told."""
    with database.transaction() as conn:
        source, target = topic_ids(conn, ["Kiev", "Kyiv"])
        subscriber(conn)
    started, told = threading.Event(), []

    def merge() -> None:
        started.wait()
        with database.transaction() as conn:
            topics.merge(conn, source, target, NOW)

    merging = threading.Thread(target=merge)
    merging.start()
    numbers = []
    try:
        for attempt in range(10):
            with database.transaction() as conn:
                numbers.append(subscriber(conn))
                subscriptions.set_topics(conn, numbers[-1], [source])
                if attempt == 3:
                    started.set()
    except ConflictError:
        told.append(numbers.pop())
    merging.join()
    with database.read() as conn:
        assert [_followed(conn, number) for number in numbers] == [["Kyiv"]] * len(numbers)
    assert len(numbers) + len(told) >= 4
