from __future__ import annotations

from datetime import timedelta

import pytest

from newsbell.domain.article import Article, Position
from newsbell.errors import MalformedError
from newsbell.storage import articles
from newsbell.storage.database import Connection, Database
from tests.factories import NOW, stored_article, topic_ids
from tests.storage.watching import query_plan, statements

MINUTE = timedelta(minutes=1)


def _ids(
    conn: Connection, names: list[str] | None, limit: int = 50, before: Position | None = None
) -> list[int]:
    chosen = None if names is None else topic_ids(conn, names)
    return [one.id for one in articles.latest(conn, topic_ids=chosen, before=before, limit=limit)]


def _end(article: Article) -> Position:
    return Position(sort_at=article.sort_at, id=article.id)


def test_the_newest_come_first_and_of_equals_the_last_stored(database: Database) -> None:
    with database.transaction() as conn:
        old = stored_article(conn, "Snow", published_at=NOW - MINUTE)
        first, second = stored_article(conn, "Snow"), stored_article(conn, "Snow")
        assert _ids(conn, ["Snow"]) == [second.id, first.id, old.id]
        assert _ids(conn, None) == [second.id, first.id, old.id]


def test_a_topic_lists_its_own_articles(database: Database) -> None:
    with database.transaction() as conn:
        snow, rain = stored_article(conn, "Snow"), stored_article(conn, "Rain")
        assert _ids(conn, ["Snow"]) == [snow.id]
        assert _ids(conn, ["Rain"]) == [rain.id]
        assert _ids(conn, ["Fog"]) == []
        assert _ids(conn, []) == []


def test_a_union_lists_each_article_once(database: Database) -> None:
    with database.transaction() as conn:
        numbers = [
            stored_article(conn, *names).id for names in (["Snow", "Rain"], ["Rain"], ["Fog"], ["Snow"])
        ]
        assert _ids(conn, ["Snow", "Rain"]) == [numbers[3], numbers[1], numbers[0]]
        assert _ids(conn, ["Snow", "Rain"], limit=2) == [numbers[3], numbers[1]]
        assert _ids(conn, ["Snow", "snow"]) == [numbers[3], numbers[0]]


@pytest.mark.parametrize("names", [None, ["Snow"], ["Snow", "Rain"]])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_meet_without_a_gap_or_a_double(database: Database, names: list[str] | None, size: int) -> None:
    with database.transaction() as conn:
        for number in range(7):
            stored_article(conn, "Snow", *["Rain"][: number % 2], published_at=NOW - MINUTE * (number // 3))
        whole = _ids(conn, names)
        paged: list[int] = []
        before: Position | None = None
        while True:
            chosen = None if names is None else topic_ids(conn, names)
            page = articles.latest(conn, topic_ids=chosen, before=before, limit=size)
            if not page:
                break
            paged += [article.id for article in page]
            before = _end(page[-1])
    assert len(whole) == 7
    assert paged == whole


def test_a_position_beyond_every_number_is_the_end_of_its_moment(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn, "Snow")
        assert _ids(conn, ["Snow"], before=Position(sort_at=NOW, id=10**30)) == [stored.id]
        assert _ids(conn, None, before=Position(sort_at=NOW, id=10**30)) == [stored.id]


def test_removed_articles_are_not_listed(database: Database) -> None:
    with database.transaction() as conn:
        gone, kept = stored_article(conn, "Snow"), stored_article(conn, "Snow")
        articles.remove(conn, gone.id, NOW)
        assert _ids(conn, ["Snow"]) == _ids(conn, None) == [kept.id]
        assert articles.count(conn) == 1


def test_an_article_listed_is_the_article_stored(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn, "Snow", "Rain")
        for chosen in (None, topic_ids(conn, ["Snow"]), topic_ids(conn, ["Snow", "Rain"])):
            assert articles.latest(conn, topic_ids=chosen, before=None, limit=1) == [stored]


def test_a_union_is_bounded(database: Database) -> None:
    with database.read() as conn:
        assert articles.latest(conn, topic_ids=range(1, 201), before=None, limit=50) == []
        with pytest.raises(MalformedError):
            articles.latest(conn, topic_ids=range(1, 202), before=None, limit=50)


@pytest.mark.parametrize("names", [None, ["Snow"], ["Snow", "Rain", "Fog"]])
@pytest.mark.parametrize("stored", [1, 30])
def test_a_list_is_three_queries_however_long(
    database: Database, names: list[str] | None, stored: int
) -> None:
    with database.transaction() as conn:
        for _ in range(stored):
            stored_article(conn, "Snow", "Rain")
        chosen = None if names is None else topic_ids(conn, names)
    with statements(database) as asked, database.read() as conn:
        assert len(articles.latest(conn, topic_ids=chosen, before=None, limit=50)) == stored
    assert len(asked) == 3


@pytest.mark.parametrize("before", [None, Position(sort_at=NOW, id=7)])
@pytest.mark.parametrize("chosen", [None, [1]])
def test_the_newest_come_from_an_index_unsorted(
    sqlite_database: Database, chosen: list[int] | None, before: Position | None
) -> None:
    with sqlite_database.transaction() as conn:
        stored_article(conn, "Snow")
    with statements(sqlite_database) as asked, sqlite_database.read() as conn:
        articles.latest(conn, topic_ids=chosen, before=before, limit=50)
    plan = query_plan(sqlite_database, *asked[0])
    assert not [step for step in plan if "TEMP B-TREE" in step], plan
    assert ("PRIMARY KEY (topic_id=?" if chosen else "ix_articles_latest") in plan[0]


def test_a_union_reads_no_more_of_a_topic_than_its_newest(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as conn:
        stored_article(conn, "Snow", "Rain")
    with statements(sqlite_database) as asked, sqlite_database.read() as conn:
        articles.latest(conn, topic_ids=[1, 2], before=None, limit=50)
    plan = query_plan(sqlite_database, *asked[0])
    assert sum("article_topics USING PRIMARY KEY (topic_id=?" in step for step in plan) == 2, plan
    assert not [step for step in plan if step.startswith("SCAN art")], plan
