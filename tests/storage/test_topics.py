from __future__ import annotations

import threading

import pytest

from newsbell.domain.topics import StoredTopic, fold
from newsbell.errors import MalformedError
from newsbell.storage import articles, topics
from newsbell.storage.database import Database
from newsbell.storage.statements import take_turn
from tests.factories import NOW, stored_article, subscriber
from tests.storage.watching import statements


def test_a_topic_is_made_once(database: Database) -> None:
    with database.transaction() as conn:
        [made] = topics.ensure(conn, ["Cape Town"], NOW)
        assert made == StoredTopic(
            id=made.id, name="Cape Town", slug="cape-town", aliases=(), revision=0, articles=0
        )
        assert topics.ensure(conn, ["cape TOWN", "cape-town", "Ｃａｐｅ Town"], NOW) == [made, made, made]


def test_topics_are_given_in_the_order_asked_for(database: Database) -> None:
    with database.transaction() as conn:
        found = topics.ensure(conn, ["Snow", "Rain", "snow", "Fog"], NOW)
    assert [topic.name for topic in found] == ["Snow", "Rain", "Snow", "Fog"]


def test_topics_of_one_slug_are_numbered(database: Database) -> None:
    names = ["a:b", "a b", "a/b", *(f"a{sign}b" for sign in "!?()[]{}|~^")]
    with database.transaction() as conn:
        found = [topics.ensure(conn, [name], NOW)[0] for name in names]
    slugs = [topic.slug for topic in found]
    assert slugs[:3] == ["a-b", "a-b-2", "a-b-3"]
    assert len(set(slugs)) == len({topic.id for topic in found}) == len({fold(name) for name in names})


def test_a_long_slug_is_numbered_within_its_bound(database: Database) -> None:
    name = "snow and " * 6 + "rain"
    with database.transaction() as conn:
        first, second = (topics.ensure(conn, [each], NOW)[0] for each in (name, name.replace(" ", "?")))
    assert first.slug != second.slug
    assert max(len(first.slug), len(second.slug)) <= 80


@pytest.mark.parametrize("name", ["", " ", "\x00", "\ud800"])
def test_nothing_is_no_name(database: Database, name: str) -> None:
    with database.transaction() as conn, pytest.raises(MalformedError):
        topics.ensure(conn, [name], NOW)


def test_two_writers_make_one_topic(database: Database) -> None:
    barrier = threading.Barrier(2)
    made: list[int] = []

    def write() -> None:
        barrier.wait()
        with database.transaction() as conn:
            made.extend(topic.id for topic in topics.ensure(conn, ["Snow", "Rain"], NOW))

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert made[:2] == made[2:]


def test_a_topic_is_found_by_number_and_slug(database: Database) -> None:
    with database.transaction() as conn:
        [topic] = topics.ensure(conn, ["Москва"], NOW)
        assert topics.get(conn, topic.id) == topic
        assert topics.get_by_slug(conn, "москва") == topic
        assert topics.resolve_slug(conn, "москва") == (topic, False)
        assert topics.get(conn, topic.id + 1) is None
        assert topics.get_by_slug(conn, "Москва") is None
        assert topics.resolve_slug(conn, "moscow") is None


@pytest.mark.parametrize("slug", ["\x00", "\ud800", "a" * 10_000])
def test_a_slug_nobody_has_finds_nothing(database: Database, slug: str) -> None:
    with database.read() as conn:
        assert topics.get_by_slug(conn, slug) is None
        assert topics.resolve_slug(conn, slug) is None
        assert topics.resolve(conn, [slug]) == {}
        assert topics.get(conn, 10**30) is None


def test_names_aliases_and_slugs_resolve(database: Database) -> None:
    with database.transaction() as conn:
        [topic] = topics.ensure(conn, ["Cape Town"], NOW)
        topics.add_alias(conn, topic.id, "Kaapstad", NOW)
        found = topics.resolve(conn, ["CAPE TOWN", "kaapstad", "cape-town", "Durban"])
    assert {key: one.id for key, one in found.items()} == dict.fromkeys(
        ["CAPE TOWN", "kaapstad", "cape-town"], topic.id
    )


def test_a_name_wins_over_anothers_slug(database: Database) -> None:
    with database.transaction() as conn:
        [sharp] = topics.ensure(conn, ["C#"], NOW)
        [named] = topics.ensure(conn, ["Sharp C"], NOW)
        topics.rename(conn, named.id, "C-sharp", NOW)
        assert sharp.slug == "c-sharp"
        assert topics.resolve(conn, ["c-sharp"])["c-sharp"].id == named.id


def test_nothing_resolves_to_nothing(database: Database) -> None:
    with statements(database) as asked, database.read() as conn:
        assert topics.resolve(conn, []) == {}
    assert asked == []


def test_topics_with_articles_are_listed_by_name(database: Database) -> None:
    with database.transaction() as conn:
        stored_article(conn, "snow", "Rain", "Äpfel", "Zebras", "москва")
        subscriber(conn, "Fog")
        names = [topic.name for topic in topics.listed(conn, after=None, limit=9)]
        assert names == ["Rain", "snow", "Zebras", "Äpfel", "москва"]
        assert [topic.name for topic in topics.listed(conn, after="Snow", limit=2)] == ["Zebras", "Äpfel"]
        assert topics.listed(conn, after="москва", limit=9) == []


def test_lists_of_topics_are_two_queries(database: Database) -> None:
    with database.transaction() as conn:
        stored_article(conn, "Snow", "Rain", "Fog")
    with statements(database) as asked, database.read() as conn:
        assert len(topics.listed(conn, after=None, limit=9)) == 3
        assert len(topics.known(conn)) == 3
    assert len(asked) == 4


def test_known_are_those_with_articles_and_those_of_an_editor(database: Database) -> None:
    with database.transaction() as conn:
        topics.ensure(conn, ["Fog"], NOW)
        topics.ensure(conn, ["Hail"], NOW, by_editor=True)
        stored_article(conn, "Snow")
        stored_article(conn, "Rain", "Snow")
        assert [topic.name for topic in topics.known(conn)] == ["Snow", "Rain", "Hail"]


def test_aliases_come_with_very_many_topics_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbell.storage.topics.finding._MANY", 1)
    with database.transaction() as conn:
        made = topics.ensure(conn, ["Snow", "Rain", "Fog"], NOW, by_editor=True)
        topics.add_alias(conn, made[0].id, "Schnee", NOW)
        topics.add_alias(conn, made[2].id, "Nebel", NOW)
        known = {topic.name: topic.aliases for topic in topics.known(conn)}
    assert known == {"Snow": ("Schnee",), "Rain": (), "Fog": ("Nebel",)}


def test_a_topic_is_unlisted_until_an_article_has_it(database: Database) -> None:
    with database.transaction() as conn:
        subscriber(conn, "Snow", "Rain")
        assert topics.count_unlisted(conn) == 2
        stored = stored_article(conn, "Snow")
        assert topics.count_unlisted(conn) == 1
        articles.remove(conn, stored.id, NOW)
        assert topics.count_unlisted(conn) == 2


def test_topics_an_editor_made_do_not_count_against_readers(database: Database) -> None:
    with database.transaction() as conn:
        topics.ensure(conn, ["Snow"], NOW, by_editor=True)
        assert topics.count_unlisted(conn) == 0


def test_topics_that_nobody_needs_are_forgotten(database: Database) -> None:
    with database.transaction() as conn:
        subscriber(conn, "Followed")
        topics.ensure(conn, ["Made"], NOW, by_editor=True)
        topics.ensure(conn, ["Unused", "Unused too"], NOW)
        once = stored_article(conn, "Once listed")
        articles.remove(conn, once.id, NOW)
        stored_article(conn, "Listed")
        assert topics.clear_unused(conn, 1) == 1
        assert topics.clear_unused(conn, 9) == 1
        assert topics.clear_unused(conn, 9) == 0
        left = topics.resolve(conn, ["Followed", "Made", "Unused", "Unused too", "Once listed", "Listed"])
        assert set(left) == {"Followed", "Made", "Once listed", "Listed"}


@pytest.mark.database
def test_forgetting_topics_does_not_wait_for_the_turn(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as conn:
        topics.ensure(conn, ["Unused"], NOW)
    with postgresql_database.transaction() as editor:
        take_turn(editor)
        with postgresql_database.transaction() as conn:
            assert topics.clear_unused(conn, 9) == 0
    with postgresql_database.transaction() as conn:
        assert topics.clear_unused(conn, 9) == 1


def test_a_forgotten_topics_number_does_not_come_back(database: Database) -> None:
    with database.transaction() as conn:
        [before] = topics.ensure(conn, ["Snow"], NOW)
        topics.clear_unused(conn, 9)
        [after] = topics.ensure(conn, ["Rain"], NOW)
    assert after.id > before.id
