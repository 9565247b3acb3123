"""What a reader has seen of a list is out of date exactly when the list has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsbell.domain.article import Article
from newsbell.storage import articles, topics
from newsbell.storage.articles import TopicLink
from newsbell.storage.database import Connection, Database
from newsbell.storage.schema import article_topics
from tests.factories import NOW, clean_article, stored_article, subscriber, topic_ids

LATER = NOW + timedelta(hours=1)
Change = Callable[[Connection, Article], object]


def _update(conn: Connection, article: Article, *names: str) -> Article:
    links = [
        TopicLink(topic=topic, origin="editor", weight=1.0) for topic in topics.ensure(conn, names, LATER)
    ]
    return articles.update(
        conn, article.id, clean_article(), topics=links, story_id=article.story_id, original=None, now=LATER
    )


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


def test_counts_are_those_of_the_lists(database: Database) -> None:
    with database.transaction() as conn:
        one, two = stored_article(conn, "Snow", "Rain"), stored_article(conn, "Snow", "Fog")
        stored_article(conn, "Rain", "Fog", "Hail")
        _update(conn, one, "Rain", "Hail")
        articles.remove(conn, two.id, LATER)
        hail, rain = topic_ids(conn, ["Hail", "Rain"])
        topics.merge(conn, hail, rain, LATER)
        counted = select(article_topics.c.topic_id, func.count()).group_by(article_topics.c.topic_id)
        expected: dict[int, int] = {row[0]: row[1] for row in conn.execute(counted)}
        stored = {topic.id: topic.articles for topic in topics.listed(conn, after=None, limit=9)}
    assert stored == expected
    assert sorted(expected.values()) == [1, 2]
