from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from newsbell.domain.article import Article, CleanArticle, Picture, Removal
from newsbell.errors import ConflictError, MalformedError, NotFoundError
from newsbell.storage import articles, delivery, topics
from newsbell.storage.articles import Tombstone, TopicLink
from newsbell.storage.database import Connection, Database
from newsbell.storage.schema import article_topics, originals
from newsbell.storage.schema import articles as table
from tests.factories import NOW, clean_article, stored_article, subscriber, topic_ids

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def _change(conn: Connection, article: Article, *names: str, **changes: object) -> Article:
    """The article in another state, under these topics."""
    links = [
        TopicLink(topic=topic, origin="editor", weight=1.0) for topic in topics.ensure(conn, names, LATER)
    ]
    changed = clean_article(**{"canonical_url": article.canonical_url, "url": article.url, **changes})
    return articles.update(conn, article.id, changed, topics=links, original=None, now=LATER)


def test_an_article_comes_back_as_it_was_stored(database: Database) -> None:
    everything = clean_article(
        title="Снег в Кейптауне 🌨 «впервые»",
        byline=("Ada Byron", "Ли Бай"),
        lead_image=Picture(url="https://news.example/a.jpg", caption="Snow", credit="A. Byron"),
        published_at=NOW - HOUR,
        modified_at=NOW,
        removals=(Removal(rule="share_bar", text="Share this"), Removal(rule="caption", text="")),
    )
    with database.transaction() as conn:
        stored = _store(conn, everything)
    with database.read() as conn:
        assert articles.get(conn, stored.id) == stored
    assert isinstance(stored.uuid, UUID)
    assert (stored.stored_at, stored.updated_at, stored.topics) == (NOW, NOW, ())
    for name in vars(everything).keys() - {"topics"}:
        assert getattr(stored, name) == getattr(everything, name), name


def _store(conn: Connection, clean: CleanArticle) -> Article:
    story = articles.add_story(conn, clean.canonical_url, NOW)
    return articles.add(conn, clean, topics=[], story_id=story, original=None, now=NOW)


@pytest.mark.parametrize(
    ("published", "sort"), [(None, NOW), (NOW - HOUR, NOW - HOUR), (NOW + HOUR, NOW), (NOW, NOW)]
)
def test_an_article_stands_at_the_earlier_of_published_and_stored(
    database: Database, published: object, sort: object
) -> None:
    with database.transaction() as conn:
        assert stored_article(conn, "Snow", published_at=published).sort_at == sort
        assert conn.execute(select(article_topics.c.sort_at)).scalar_one() == sort


def test_topics_keep_their_order_origin_and_weight(database: Database) -> None:
    with database.transaction() as conn:
        zebras, apples = topics.ensure(conn, ["Zebras", "Apples"], NOW)
        links = [
            TopicLink(topic=zebras, origin="declared", weight=0.25),
            TopicLink(topic=apples, origin="recognised", weight=0.75),
            TopicLink(topic=zebras, origin="editor", weight=1.0),
        ]
        story = articles.add_story(conn, "digest", NOW)
        stored = articles.add(conn, clean_article(), topics=links, story_id=story, original=None, now=NOW)
    assert [(topic.name, topic.slug, topic.origin, topic.weight) for topic in stored.topics] == [
        ("Zebras", "zebras", "declared", 0.25),
        ("Apples", "apples", "recognised", 0.75),
    ]


def test_an_article_is_found_by_its_identity(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn)
        assert articles.find_by_canonical_url(conn, stored.canonical_url) == stored
        assert articles.find_by_canonical_url(conn, stored.canonical_url + "/other") is None


def test_no_address_is_no_identity(database: Database) -> None:
    with database.transaction() as conn:
        first = stored_article(conn, canonical_url="")
        second = stored_article(conn, canonical_url="")
        assert first.id != second.id
        assert articles.find_by_canonical_url(conn, "") is None


def test_one_identity_is_one_article(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn)
        with pytest.raises(ConflictError):
            stored_article(conn, canonical_url=stored.canonical_url)
        assert articles.count(conn) == 1
        assert stored_article(conn).id != stored.id  # the transaction goes on


def test_a_change_keeps_what_the_article_is(database: Database) -> None:
    with database.transaction() as conn:
        before = stored_article(conn, "Snow", "Cape Town", original=b"<html>")
        after = _change(conn, before, "Cape Town", "Winter", title="Rain after all", published_at=NOW - HOUR)
        assert articles.get(conn, before.id) == after
        assert articles.original(conn, before.id) == b"<html>"
    assert (after.id, after.uuid, after.stored_at) == (before.id, before.uuid, before.stored_at)
    assert (after.title, after.updated_at, after.sort_at) == ("Rain after all", LATER, NOW - HOUR)
    assert [topic.name for topic in after.topics] == ["Cape Town", "Winter"]


def test_what_is_not_there_cannot_change(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn)
        articles.remove(conn, stored.id, NOW)
        with pytest.raises(NotFoundError):
            _change(conn, stored)


def test_an_identity_cannot_be_taken_over_by_a_change(database: Database) -> None:
    with database.transaction() as conn:
        first, second = stored_article(conn), stored_article(conn)
    with pytest.raises(ConflictError), database.transaction() as conn:
        _change(conn, second, canonical_url=first.canonical_url)


def test_a_removed_article_leaves_a_tombstone(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(
            conn, "Snow", original=b"page", lead_image=Picture(url="https://news.example/a.jpg"),
            removals=(Removal(rule="r", text="t"),),
        )  # fmt: skip
        assert articles.remove(conn, stored.id, LATER)
        assert articles.get(conn, stored.id) is None
        assert articles.is_removed(conn, stored.id)
        assert articles.find_by_canonical_url(conn, stored.canonical_url) == Tombstone(
            id=stored.id, removed_at=LATER
        )
        row = conn.execute(select(table)).mappings().one()
        assert conn.execute(select(originals)).all() == []
        assert conn.execute(select(article_topics)).all() == []
    kept = {name: value for name, value in row.items() if value not in ("", None, [], False)}
    assert kept == {
        "id": stored.id, "uuid": stored.uuid, "story_id": stored.story_id, "sort_at": stored.sort_at,
        "canonical_url": stored.canonical_url, "stored_at": NOW, "updated_at": LATER, "removed_at": LATER,
    }  # fmt: skip


def test_an_article_is_removed_once(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn)
        assert not articles.is_removed(conn, stored.id)
        assert articles.remove(conn, stored.id, NOW)
        assert not articles.remove(conn, stored.id, LATER)
        assert articles.find_by_canonical_url(conn, stored.canonical_url) == Tombstone(
            id=stored.id, removed_at=NOW
        )


def test_a_removed_article_is_not_stored_again(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn)
        articles.remove(conn, stored.id, NOW)
        with pytest.raises(ConflictError):
            stored_article(conn, canonical_url=stored.canonical_url)


def test_a_removed_article_rings_no_more_and_its_story_neither(database: Database) -> None:
    with database.transaction() as conn:
        subscriber(conn, "Snow")
        stored = stored_article(conn, "Snow")
        ids = topic_ids(conn, ["Snow"])

        def ring() -> int | None:
            return delivery.add_alert(conn, stored.story_id, stored.id, ids, now=NOW, expires_at=NOW + HOUR)

        assert ring()
        articles.remove(conn, stored.id, NOW)
        assert not delivery.has_work(conn, NOW)
        assert ring() is None


@pytest.mark.parametrize("number", [0, -1, 2**63 - 1, 2**63, 10**30])
def test_a_number_nobody_has_finds_nothing(database: Database, number: int) -> None:
    with database.transaction() as conn:
        assert articles.get(conn, number) is None
        assert not articles.is_removed(conn, number)
        assert articles.original(conn, number) is None
        assert not articles.remove(conn, number, NOW)


@pytest.mark.parametrize("url", ["\x00", "\ud800"])
def test_an_address_no_database_holds_finds_nothing(database: Database, url: str) -> None:
    with database.read() as conn:
        assert articles.find_by_canonical_url(conn, url) is None


@pytest.mark.parametrize(("length", "accepted"), [(2048, True), (2049, False)])
def test_an_address_is_bounded(database: Database, length: int, accepted: bool) -> None:
    url = "https://news.example/€/".ljust(length - 2, "x")
    assert len(url.encode()) == length
    with database.transaction() as conn:
        if accepted:
            assert stored_article(conn, canonical_url=url).canonical_url == url
        else:
            with pytest.raises(MalformedError):
                stored_article(conn, canonical_url=url)


def test_the_page_as_it_came_is_kept_small(database: Database) -> None:
    page = b"<p>The bridge is open.</p>" * 10_000
    with database.transaction() as conn:
        stored = stored_article(conn, original=page)
        assert articles.original(conn, stored.id) == page
        assert len(conn.execute(select(originals.c.page)).scalar_one()) < len(page) / 50


def test_a_page_is_replaced_by_a_newer_one(database: Database) -> None:
    with database.transaction() as conn:
        stored = stored_article(conn, original=b"old")
        articles.update(conn, stored.id, clean_article(), topics=[], original=b"new", now=NOW)
        assert articles.original(conn, stored.id) == b"new"
        assert articles.original(conn, stored_article(conn).id) is None


def test_equal_texts_are_one_story(database: Database) -> None:
    with database.transaction() as conn:
        assert articles.find_story(conn, "digest") is None
        story = articles.add_story(conn, "digest", NOW)
        assert articles.add_story(conn, "digest", LATER) == story
        assert articles.find_story(conn, "digest") == story
        assert articles.add_story(conn, "another", NOW) != story


def test_two_writers_make_one_story_and_one_article(database: Database) -> None:
    barrier = threading.Barrier(2)
    clean = clean_article()
    outcomes: list[object] = []

    def write() -> None:
        barrier.wait()
        try:
            with database.transaction() as conn:
                links = [
                    TopicLink(topic=topic, origin="declared", weight=1.0)
                    for topic in topics.ensure(conn, ["Snow", "Cape Town"], NOW)
                ]
                story = articles.add_story(conn, "digest", NOW)
                article = articles.add(conn, clean, topics=links, story_id=story, original=None, now=NOW)
                outcomes.append(article.story_id)
        except ConflictError:
            outcomes.append("conflict")

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        story = articles.find_story(conn, "digest")
        assert articles.count(conn) == 1
        assert [topic.articles for topic in topics.known(conn)] == [1, 1]
    assert sorted(outcomes, key=str) == [story, "conflict"]


def test_a_list_in_a_topic_is_the_table_itself_on_sqlite(sqlite_database: Database) -> None:
    query = text("SELECT sql FROM sqlite_master WHERE name IN ('article_topics', 'subscription_topics')")
    with sqlite_database.read() as conn:
        definitions = [" ".join(sql.split()) for sql in conn.execute(query).scalars()]
    assert len(definitions) == 2
    assert "PRIMARY KEY (topic_id, sort_at, article_id)" in definitions[0]
    assert "PRIMARY KEY (topic_id, subscription_id)" in definitions[1]
    assert all(definition.endswith("WITHOUT ROWID") for definition in definitions)
