"""What a reader has seen of a list is out of date exactly when the list has changed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from newsbell.domain.article import Article
from newsbell.storage import articles, topics
from newsbell.storage.articles import TopicLink
from newsbell.storage.database import Connection, Database
from tests.factories import NOW, clean_article, stored_article, subscriber, topic_ids

LATER = NOW + timedelta(hours=1)
Change = Callable[[Connection, Article], object]


def _update(conn: Connection, article: Article, *names: str) -> Article:
    links = [
        TopicLink(topic=topic, origin="editor", weight=1.0) for topic in topics.ensure(conn, names, LATER)
    ]
    return articles.update(conn, article.id, clean_article(), topics=links, original=None, now=LATER)


def _rename(conn: Connection, _: Article) -> None:
    topics.rename(conn, topic_ids(conn, ["Snow"])[0], "Snowfall", LATER)


def _merge(conn: Connection, _: Article) -> None:
    source, target = topic_ids(conn, ["Hail", "Fog"])
    topics.merge(conn, source, target, LATER)


def _add_alias(conn: Connection, _: Article) -> None:
    topics.add_alias(conn, topic_ids(conn, ["Snow"])[0], "Schnee", LATER)


BOTH = {"Snow", "Rain", "all"}
CHANGES: dict[str, tuple[Change, set[str]]] = {
    "another article": (lambda conn, _: stored_article(conn, "Snow", now=LATER), {"Snow", "all"}),
    "an article of no topic": (lambda conn, _: stored_article(conn, now=LATER), {"all"}),
    "an edit": (lambda conn, one: _update(conn, one, "Snow", "Rain"), BOTH),
    "a topic lost": (lambda conn, one: _update(conn, one, "Snow"), BOTH),
    "a topic won": (lambda conn, one: _update(conn, one, "Snow", "Rain", "Fog"), BOTH | {"Fog"}),
    "a removal": (lambda conn, one: articles.remove(conn, one.id, LATER), BOTH),
    "a topic's new name, which its neighbours show": (_rename, BOTH),
    "a merger, which its neighbours show": (_merge, {"Fog", "Sleet", "all"}),
    "a follower": (lambda conn, _: subscriber(conn, "Snow", now=LATER), set()),
    "an alias": (_add_alias, set()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_revision_rises_with_each_change_of_its_list(database: Database, change: str) -> None:
    names = ["Snow", "Rain", "Fog", "Sleet", "Wind"]
    apply, expected = CHANGES[change]
    with database.transaction() as conn:
        stored = stored_article(conn, "Snow", "Rain")
        stored_article(conn, "Hail", "Sleet")
        ids: dict[str, list[int] | None] = {name: topic_ids(conn, [name]) for name in names}
        ids["all"] = None
        before = {name: topics.revision(conn, chosen) for name, chosen in ids.items()}
        apply(conn, stored)
        after = {name: topics.revision(conn, chosen) for name, chosen in ids.items()}
        moved = {name for name, chosen in ids.items() if topics.last_change(conn, chosen) == LATER}
    assert {name for name in after if after[name] > before[name]} == expected
    assert {name for name in after if after[name] < before[name]} == set()
    assert moved == expected


@pytest.mark.parametrize("name", ["Snow", "Rain"])
def test_a_unions_revision_rises_with_any_of_its_topics(database: Database, name: str) -> None:
    with database.transaction() as conn:
        both = topic_ids(conn, ["Snow", "Rain"])
        stored_article(conn, "Snow")
        stored_article(conn, "Rain")
        before = topics.revision(conn, both)
        stored_article(conn, name)
        assert topics.revision(conn, both) > before


def test_an_empty_store_has_a_revision_too(database: Database) -> None:
    with database.read() as conn:
        assert topics.revision(conn, None) == 0
        assert topics.revision(conn, [1, 2]) == 0
        assert topics.revision(conn, []) == 0
        assert topics.last_change(conn, None) is None
        assert topics.last_change(conn, []) is None


def _counts(conn: Connection) -> tuple[dict[str, int], dict[str, int]]:
    """How many articles each topic says it has, and how many its list shows."""
    known = topics.listed(conn, after=None, limit=99)
    shown = {
        topic.name: len(articles.latest(conn, topic_ids=[topic.id], before=None, limit=999))
        for topic in known
    }
    return {topic.name: topic.articles for topic in known}, shown


def test_counts_are_those_of_the_lists(database: Database) -> None:
    with database.transaction() as conn:
        one, two = stored_article(conn, "Snow", "Rain"), stored_article(conn, "Snow", "Fog")
        stored_article(conn, "Rain", "Fog", "Hail")
        assert _counts(conn)[0] == {"Snow": 2, "Rain": 2, "Fog": 2, "Hail": 1}
        _update(conn, one, "Rain", "Hail")
        articles.remove(conn, two.id, LATER)
        hail, rain = topic_ids(conn, ["Hail", "Rain"])
        topics.merge(conn, hail, rain, LATER)
        counted, shown = _counts(conn)
    assert counted == shown == {"Fog": 1, "Rain": 2}


def test_a_story_of_several_homes_is_counted_once(database: Database) -> None:
    with database.transaction() as conn:
        first = stored_article(conn, "Snow")
        second = stored_article(conn, "Snow", "Rain", story_id=first.story_id)
        third = stored_article(conn, "Rain", story_id=first.story_id)
        assert _counts(conn)[0] == {"Snow": 1, "Rain": 1}
        articles.remove(conn, second.id, LATER)
        assert _counts(conn)[0] == {"Snow": 1, "Rain": 1}
        articles.remove(conn, third.id, LATER)
        assert _counts(conn)[0] == {"Snow": 1}
        _update(conn, first, "Fog")
        assert _counts(conn)[0] == {"Fog": 1}


@pytest.mark.parametrize("seed", range(3))
def test_counts_stay_those_of_the_lists_whatever_is_done(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    names = ["Snow", "Rain", "Fog", "Hail", "Wind"]
    with database.transaction() as conn:
        stories = [articles.add_story(conn, f"story {number}", NOW) for number in range(6)]
        stored: list[Article] = []
        for step in range(40):
            given = chance.sample(names, chance.randrange(len(names)))
            deed = chance.choice(["add", "add", "edit", "remove", "merge"])
            if deed == "add" or not stored:
                stored.append(stored_article(conn, *given, story_id=chance.choice(stories)))
            elif deed == "edit":
                _update(conn, chance.choice(stored), *given)
            elif deed == "remove":
                articles.remove(conn, stored.pop(chance.randrange(len(stored))).id, LATER)
            elif step % 4 == 0 and len(names) > 2:
                source, target = topic_ids(conn, [names.pop(0), chance.choice(names)])
                topics.merge(conn, source, target, LATER)
            counted, shown = _counts(conn)
            assert counted == shown, (step, deed)
    assert len(shown) > 1
