from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from newsbell.domain.article import Article, Picture
from newsbell.services import topics as topic_service
from newsbell.storage.database import Database
from tests.factories import NOW, stored_article
from tests.web.reading import one, titles, tree, words
from tests.web.site import Site


def save(site: Site, *topics: str, hours_ago: int = 0, **changes: Any) -> Article:
    with site.db.transaction() as conn:
        return stored_article(conn, *topics, now=NOW - timedelta(hours=hours_ago), **changes)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SHOW")):
            statements.append(statement)

    event.listen(database._engine, "before_cursor_execute", note)
    yield statements
    event.remove(database._engine, "before_cursor_execute", note)


def test_the_front_page_shows_the_newest_article_first(site: Site) -> None:
    save(site, title="Older", hours_ago=2)
    save(site, title="Newest")
    save(site, title="Oldest", hours_ago=3)
    assert titles(tree(site.client.get("/"))) == ["Newest", "Older", "Oldest"]


def test_an_entry_says_where_and_when_the_article_appeared(site: Site) -> None:
    save(
        site,
        "Rivers",
        site_name="Harbour Paper",
        summary="What is known.",
        published_at=NOW - timedelta(days=1),
    )
    entry = one(tree(site.client.get("/")), "//ol//article")
    assert words(entry).startswith("Harbour Paper · 13 March 2026, 09:26 UTC")
    assert one(entry, ".//time").get("datetime") == "2026-03-13T09:26:53Z"
    assert "What is known." in words(entry)
    assert one(entry, ".//a[@href='/topics/rivers']").text == "Rivers"


def test_the_front_page_leads_into_the_topics_of_its_articles(site: Site) -> None:
    save(site, "Rivers", "Ice")
    save(site, "Rivers", hours_ago=1)
    ways = tree(site.client.get("/")).xpath("//nav[@aria-labelledby='wayin']//li/a")
    assert [way.get("href") for way in ways] == ["/topics/rivers", "/topics/ice"]


def test_an_empty_newsbell_says_what_to_do_next(client: FlaskClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "newsbell import --samples" in response.text
    assert "newsbell token create" in response.text


def test_a_newsbell_with_articles_does_not(site: Site) -> None:
    save(site)
    assert "newsbell import --samples" not in site.client.get("/").text


def test_pages_go_on_where_the_one_before_ended(site: Site) -> None:
    for number in range(65):
        save(site, "Rivers", title=f"Article {number}", hours_ago=number)
    for address in ("/", "/topics/rivers"):
        seen: list[str] = []
        onward: str | None = address
        while onward:
            page = tree(site.client.get(onward))
            seen += titles(page)
            onward = next(iter(page.xpath("//a[@rel='next']/@href")), None)
        assert seen == [f"Article {number}" for number in range(65)]


def test_an_older_page_leads_back_to_the_newest(site: Site) -> None:
    for number in range(31):
        save(site, hours_ago=number)
    first = tree(site.client.get("/"))
    assert not first.xpath("//nav[@class='pager']//a[text()='Newest']")
    second = tree(site.client.get(one(first, "//a[@rel='next']/@href")))
    assert one(second, "//nav[@class='pager']//a[text()='Newest']").get("href") == "/"


@pytest.mark.parametrize("place", ["x", "1-", "1.5-2", "999999999999999999-1", "1-1-1"])
def test_a_place_that_cannot_be_read_is_refused(site: Site, place: str) -> None:
    response = site.client.get("/", query_string={"before": place})
    assert response.status_code == 400
    assert "first page" in response.text


def test_topics_are_listed_with_how_many_articles_they_have(site: Site) -> None:
    save(site, "Rivers", "Ice")
    save(site, "Rivers")
    items = tree(site.client.get("/topics")).xpath("//ul[@class='directory']/li/a")
    assert [(item.get("href"), words(item)) for item in items] == [
        ("/topics/ice", "Ice 1 article"),
        ("/topics/rivers", "Rivers 2 articles"),
    ]


def test_without_topics_the_list_leads_on(client: FlaskClient) -> None:
    assert "no topics" in client.get("/topics").text


def test_a_topic_shows_its_own_articles_and_how_to_follow_it(site: Site) -> None:
    save(site, "Rivers", title="About rivers")
    save(site, "Ice", title="About ice")
    page = tree(site.client.get("/topics/rivers"))
    assert titles(page) == ["About rivers"]
    assert words(one(page, "//h1")) == "Rivers"
    assert words(one(page, "//a[@href='/subscribe?topics=rivers']")).startswith("Follow")


@pytest.mark.parametrize(
    ("address", "feed"), [("/", "all"), ("/topics/c-plus-plus", "c-plus-plus"), ("/topics/україна", "%D1%83")]
)
def test_lists_name_their_feeds(site: Site, address: str, feed: str) -> None:
    save(site, "C++", "Україна")
    found = tree(site.client.get(address)).xpath("//head/link[@rel='alternate']")
    assert [link.get("type") for link in found] == [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ]
    assert all(link.get("href").startswith(f"/feeds/{feed}") for link in found)


def test_the_feeds_named_are_there(site: Site) -> None:
    save(site, "Россия")
    for link in tree(site.client.get("/topics/россия")).xpath("//head/link[@rel='alternate']"):
        response = site.client.get(link.get("href"))
        assert (response.status_code, response.mimetype) == (200, link.get("type"))


def test_a_renamed_topic_is_found_under_its_old_address(site: Site) -> None:
    save(site, "Rivers")
    topic_service.rename_topic(site.db, "rivers", "Streams & rivers", NOW)
    response = site.client.get("/topics/rivers")
    assert response.status_code == 301
    assert response.headers["Location"] == "/topics/streams-and-rivers"
    assert site.client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("slug", ["nowhere", "%00", "a%00b", "x" * 5000])
def test_an_unknown_topic_is_a_page_with_a_way_on(site: Site, slug: str) -> None:
    response = site.client.get(f"/topics/{slug}")
    assert response.status_code == 404
    assert tree(response).xpath("//main//a[@href='/topics']")


def test_a_topic_that_is_only_followed_says_so_and_is_not_indexed(site: Site) -> None:
    site.follow(["Bees"])
    page = tree(site.client.get("/topics/bees"))
    assert "No article carries this topic yet" in words(one(page, "//main"))
    assert one(page, "//meta[@name='robots']/@content") == "noindex"


def test_titles_in_lists_find_their_own_direction(site: Site) -> None:
    save(site, "ספריות", title="הספרייה שמשאילה מחמצת", language="he")
    page = tree(site.client.get("/"))
    title = one(page, "//ol//h2")
    assert (title.get("dir"), title.get("lang")) == ("auto", "he")
    assert one(page, "//ol//article/@dir") == "rtl"
    assert {topic.get("dir") for topic in page.xpath("//a[starts-with(@href, '/topics/')]")} == {"auto"}


def test_hostile_words_are_only_words(site: Site) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    save(
        site,
        "<b>Bold</b>",
        title=hostile,
        summary=hostile,
        site_name=hostile,
        byline=(hostile,),
        language="en",
    )
    for address in ("/", "/topics", "/topics/b-bold-b"):
        response = site.client.get(address)
        assert "<script>alert" not in response.text
        assert "<b>Bold" not in response.text
    assert words(one(tree(site.client.get("/")), "//ol//h2")) == hostile


@pytest.mark.parametrize("address", ["/", "/topics", "/topics/rivers"])
def test_a_longer_list_takes_no_more_queries(site: Site, address: str) -> None:
    def load() -> int:
        with counted(site.db) as statements:
            assert site.client.get(address).status_code == 200
        return len(statements)

    save(site, "Rivers")
    one_article = load()
    for number in range(20):
        picture = Picture(url=f"https://pictures.example/{number}.png")
        save(site, "Rivers", f"Topic {number}", f"Other {number}", lead_image=picture)
    assert load() == one_article
    assert 0 < one_article < 12
