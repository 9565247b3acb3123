from __future__ import annotations

import random
from datetime import timedelta

import pytest

from newsbell.domain.article import Article, Position
from newsbell.domain.topics import MAX_UNION
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
        assert articles.latest(conn, topic_ids=range(1, MAX_UNION + 1), before=None, limit=50) == []
        with pytest.raises(MalformedError):
            articles.latest(conn, topic_ids=range(1, MAX_UNION + 2), before=None, limit=50)


@pytest.mark.parametrize(("names", "queries"), [(None, 3), (["Snow"], 3), (["Snow", "Rain", "Fog"], 4)])
@pytest.mark.parametrize("stored", [1, 30])
def test_a_list_is_a_few_queries_however_long(
    database: Database, names: list[str] | None, queries: int, stored: int
) -> None:
    with database.transaction() as conn:
        for _ in range(stored):
            stored_article(conn, "Snow", "Rain")
        chosen = None if names is None else topic_ids(conn, names)
    with statements(database) as asked, database.read() as conn:
        assert len(articles.latest(conn, topic_ids=chosen, before=None, limit=50)) == stored
    assert len(asked) == queries


@pytest.mark.parametrize("size", [1, 4, 15])
def test_a_union_shows_of_each_story_the_first_whatever_topics_its_homes_are_in(
    database: Database, size: int
) -> None:
    names, chance = ["Snow", "Rain", "Fog", "Hail"], random.Random(4)
    union, everything = set(names[:3]), []
    with database.transaction() as conn:
        stories = [articles.add_story(conn, f"story {number}", NOW) for number in range(12)]
        for _ in range(60):
            given = chance.sample(names, chance.randrange(3))
            story, moment = chance.choice(stories), NOW - MINUTE * chance.randrange(12)
            one = stored_article(conn, *given, story_id=story, published_at=moment)
            everything.append((one, set(given)))
        members = [one for one, given in everything if given & union]
        firsts = [one for one in members if not [o for o in members if _is_earlier_home(o, one)]]
        expected = [one.id for one in sorted(firsts, key=lambda one: (one.sort_at, one.id), reverse=True)]
        assert len(members) > len(expected) > 8
        assert _paged(conn, sorted(union), size) == expected


@pytest.mark.parametrize("stored", [40, 400])
def test_a_topic_of_nothing_but_copies_costs_a_union_no_more_however_large_it_is(
    sqlite_database: Database, stored: int
) -> None:
    with sqlite_database.transaction() as conn:
        for number in range(stored):
            first = stored_article(conn, "Snow", published_at=NOW - MINUTE * number)
            stored_article(conn, "Rain", story_id=first.story_id, published_at=first.published_at)
        chosen = topic_ids(conn, ["Snow", "Rain"])
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    with sqlite_database.read() as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        articles.latest(conn, topic_ids=chosen, before=None, limit=10)  # to learn the tables
        raw.set_progress_handler(count, 100)
        assert len(articles.latest(conn, topic_ids=chosen, before=None, limit=10)) == 10
        raw.set_progress_handler(None, 100)
    assert 10 < counted < 100, "hundreds of instructions, whatever is stored"


def _is_earlier_home(other: Article, one: Article) -> bool:
    return other.story_id == one.story_id and other.id < one.id


def _paged(conn: Connection, names: list[str], size: int) -> list[int]:
    found: list[int] = []
    before: Position | None = None
    while page := articles.latest(conn, topic_ids=topic_ids(conn, names), before=before, limit=size):
        found += [article.id for article in page]
        before = _end(page[-1])
    return found


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


@pytest.mark.parametrize("before", [None, Position(sort_at=NOW, id=7)])
def test_a_union_reads_no_more_of_a_topic_than_its_newest(
    sqlite_database: Database, before: Position | None
) -> None:
    with sqlite_database.transaction() as conn:
        for number in range(30):
            stored_article(conn, "Snow", "Rain", published_at=NOW - MINUTE * (number + 1))
    with statements(sqlite_database) as asked, sqlite_database.read() as conn:
        articles.latest(conn, topic_ids=[1, 2], before=before, limit=5)
    last_of_each, between = (query_plan(sqlite_database, *one) for one in asked[:2])
    assert [step for step in last_of_each if "article_topics USING PRIMARY KEY (topic_id=?" in step]
    assert [step for step in between if "article_topics USING PRIMARY KEY (topic_id=? AND sort_at>" in step]
    for plan in (last_of_each, between):
        assert not [step for step in plan if step.startswith("SCAN art")], plan
