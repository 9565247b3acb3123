"""Which address leads to which feed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest

from newsbell.domain.article import Picture
from newsbell.domain.topics import MAX_UNION
from newsbell.services.topics import merge_topics, rename_topic
from newsbell.storage import topics
from newsbell.web.feeds.document import FeedFormat
from newsbell.web.feeds.links import feed_links
from tests.factories import NOW, stored_article
from tests.feeds.making import BASE_URL
from tests.feeds.rules import atom_faults, json_faults, parse, rss_faults
from tests.web.site import Site, build

FAULTS = {FeedFormat.RSS: rss_faults, FeedFormat.ATOM: atom_faults, FeedFormat.JSON: json_faults}


@pytest.fixture
def news(site: Site) -> Site:
    """A site with an article on Russia, one on Ukraine, one on both and one on C++."""
    with site.db.transaction() as conn:
        for number, names in enumerate((["Russia"], ["Ukraine"], ["Russia", "Ukraine"], ["C++"])):
            stored_article(conn, *names, title=f"Number {number}", now=NOW + timedelta(minutes=number))
    return site


def titles(site: Site, path: str) -> list[str]:
    feed: Any = feedparser.parse(site.client.get(path).data)
    return [entry.title for entry in feed.entries]


def test_each_topic_has_its_articles_newest_first(news: Site) -> None:
    assert titles(news, "/feeds/russia.rss") == ["Number 2", "Number 0"]
    assert titles(news, "/feeds/c-plus-plus.atom") == ["Number 3"]
    assert titles(news, "/feeds/all.rss") == ["Number 3", "Number 2", "Number 1", "Number 0"]


def test_a_union_has_each_article_once(news: Site) -> None:
    assert titles(news, "/feeds/russia+ukraine.rss") == ["Number 2", "Number 1", "Number 0"]
    assert titles(news, "/feeds/russia%2Bukraine.rss") == ["Number 2", "Number 1", "Number 0"]


@pytest.mark.parametrize("ending", FeedFormat)
def test_feeds_keep_the_rules_of_their_format(news: Site, ending: FeedFormat) -> None:
    for name in ("all", "russia", "russia+ukraine", "c-plus-plus"):
        assert FAULTS[ending](news.client.get(f"/feeds/{name}.{ending}").data) == []


@pytest.mark.parametrize(
    "asked", ["ukraine+russia", "russia+ukraine+russia", "ukraine+russia+ukraine+russia"]
)
def test_a_union_has_one_address(news: Site, asked: str) -> None:
    answer = news.client.get(f"/feeds/{asked}.json?before=5-5&utm_source=x")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "/feeds/russia+ukraine.json?before=5-5"


@pytest.mark.parametrize("ending", FeedFormat)
def test_a_renamed_topic_leads_to_its_new_feed(news: Site, ending: FeedFormat) -> None:
    rename_topic(news.db, "russia", "Россия", NOW)
    answer = news.client.get(f"/feeds/russia.{ending}")
    joined = news.client.get(f"/feeds/russia+ukraine.{ending}")

    assert answer.status_code == joined.status_code == 301
    slug = "%D1%80%D0%BE%D1%81%D1%81%D0%B8%D1%8F"
    assert answer.headers["Location"] == f"/feeds/{slug}.{ending}"
    assert joined.headers["Location"] == f"/feeds/ukraine+{slug}.{ending}"
    assert news.client.get(answer.headers["Location"]).status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_merged_topics_are_one_feed(news: Site) -> None:
    merge_topics(news.db, "ukraine", "russia", NOW)
    answer = news.client.get("/feeds/russia+ukraine.rss")

    assert answer.headers["Location"] == "/feeds/russia.rss"
    assert titles(news, "/feeds/russia.rss") == ["Number 2", "Number 1", "Number 0"]


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/nobody.rss",
        "/feeds/russia+nobody.rss",
        "/feeds/all+russia.rss",
        "/feeds/russia.xml",
        "/feeds/russia",
        "/feeds/.rss",
        "/feeds/russia+.rss",
        "/feeds/a%00b.rss",
        "/feeds/%ff%fe.rss",
        "/feeds/russia/.rss",
        f"/feeds/{'x' * 5000}.rss",
    ],
)
def test_what_is_no_feed_is_not_found_in_plain_words(news: Site, path: str) -> None:
    answer = news.client.get(path)

    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert answer.text.strip().endswith(".")


def test_too_many_topics_are_refused(news: Site) -> None:
    names = [f"topic {number:03}" for number in range(MAX_UNION + 1)]
    with news.db.transaction() as conn:
        slugs = [topic.slug for topic in topics.ensure(conn, names, NOW)]

    assert news.client.get(f"/feeds/{'+'.join(slugs)}.rss").status_code == 422
    assert news.client.get(f"/feeds/{'+'.join(slugs[:-1])}.rss").status_code == 200


@pytest.mark.parametrize("ending", FeedFormat)
def test_a_followed_topic_without_an_article_is_an_empty_feed(news: Site, ending: FeedFormat) -> None:
    with news.db.transaction() as conn:
        topics.ensure(conn, ["Ferries"], NOW)
    answer = news.client.get(f"/feeds/ferries.{ending}")

    assert answer.status_code == 200
    assert FAULTS[ending](answer.data) == []
    assert "Ferries" in answer.text


@pytest.mark.parametrize("ending", FeedFormat)
def test_an_empty_newsbell_has_a_valid_feed(site: Site, ending: FeedFormat) -> None:
    answer = site.client.get(f"/feeds/all.{ending}")

    assert answer.status_code == 200
    assert FAULTS[ending](answer.data) == []
    assert "Last-Modified" not in answer.headers


def test_pages_walk_through_every_article_once(site: Site) -> None:
    with site.db.transaction() as conn:
        for number in range(120):
            # Several of one moment: the id decides their order.
            moment = NOW + timedelta(minutes=number // 7)
            stored_article(conn, "Ferries", title=f"Number {number}", now=moment)
    seen, path, sizes = [], f"{BASE_URL}/feeds/ferries.json", []
    while path:
        page = json.loads(site.client.get(path.removeprefix(BASE_URL)).data)
        seen += [item["title"] for item in page["items"]]
        sizes.append(len(page["items"]))
        assert page["feed_url"] == path
        path = page.get("next_url", "")

    assert seen == [f"Number {number}" for number in reversed(range(120))]
    assert sizes == [50, 50, 20]


def test_pages_of_atom_and_rss_name_the_next_and_the_first(site: Site) -> None:
    with site.db.transaction() as conn:
        for number in range(60):
            stored_article(conn, "Ferries", title=f"Number {number}")
    for ending in (FeedFormat.RSS, FeedFormat.ATOM):
        first: Any = feedparser.parse(site.client.get(f"/feeds/ferries.{ending}").data)
        following = next(link.href for link in first.feed.links if link.rel == "next")
        answer = site.client.get(following.removeprefix(BASE_URL))
        second: Any = feedparser.parse(answer.data)
        assert FAULTS[ending](answer.data) == []
        assert (len(first.entries), len(second.entries)) == (50, 10)
        relations = {link.rel: link.href for link in second.feed.links}
        assert relations["self"] == following
        assert relations["first"] == f"{BASE_URL}/feeds/ferries.{ending}"
        assert "next" not in relations


@pytest.mark.parametrize("before", ["x", "5", "5-", "1e5-1", "9" * 18 + "-1", "٥-٥"])
def test_a_page_that_cannot_be_read_is_malformed(news: Site, before: str) -> None:
    assert news.client.get("/feeds/all.rss", query_string={"before": before}).status_code == 400
    assert news.client.get("/feeds/all.rss", query_string={"before": "5-5"}).status_code == 200


def test_the_list_of_feeds_names_every_listed_topic(news: Site) -> None:
    with news.db.transaction() as conn:
        topics.ensure(conn, ["Ferries"], NOW)  # followed, and no article yet
    answer = news.client.get("/feeds.opml")
    outlines = parse(answer.data).findall("body/outline")

    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    assert [(outline.get("text"), outline.get("xmlUrl")) for outline in outlines] == [
        ("C++", f"{BASE_URL}/feeds/c-plus-plus.rss"),
        ("Russia", f"{BASE_URL}/feeds/russia.rss"),
        ("Ukraine", f"{BASE_URL}/feeds/ukraine.rss"),
    ]
    etag = {"If-None-Match": answer.headers["ETag"]}
    assert news.client.get("/feeds.opml", headers=etag).status_code == 304


def test_the_list_of_feeds_is_whole(site: Site) -> None:
    with site.db.transaction() as conn:
        stored_article(conn, *(f"Topic {number}" for number in range(205)))

    assert len(parse(site.client.get("/feeds.opml").data).findall("body/outline")) == 205


def test_the_list_of_feeds_is_bounded(news: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbell.web.feeds.views.MAX_OPML", 2)

    assert len(parse(news.client.get("/feeds.opml").data).findall("body/outline")) == 2


def test_without_full_text_no_feed_has_the_text(news: Site) -> None:
    short = build(replace(news.settings, full_text=False), news.db, news.clock)

    for ending in FeedFormat:
        assert b"The bridge is open." in news.client.get(f"/feeds/all.{ending}").data
        answer = short.client.get(f"/feeds/all.{ending}")
        assert b"The bridge is open." not in answer.data
        assert b"Ferries may now rest." in answer.data
        assert FAULTS[ending](answer.data) == []


def test_pictures_of_a_feed_can_be_fetched_from_here(site: Site) -> None:
    picture = "https://harbour.example/ferry.png?w=1&h=2"
    body = '<p>Look:</p><p><img src="https://harbour.example/ferry.png?w=1&amp;h=2" alt="A ferry"></p>'
    with site.db.transaction() as conn:
        stored_article(conn, body_html=body)
    item = json.loads(site.client.get("/feeds/all.json").data)["items"][0]
    address = item["content_html"].partition('src="')[2].partition('"')[0]
    site.client.get(address.removeprefix(BASE_URL))

    assert address.startswith(f"{BASE_URL}/media/")
    assert site.fetcher.asked == [picture]


def test_lead_pictures_come_through_our_own_address(site: Site) -> None:
    ours, theirs = f"{BASE_URL}/static/ferry.jpg", "https://harbour.example/ferry.jpg"
    with site.db.transaction() as conn:
        for url in (ours, theirs):
            stored_article(conn, lead_image=Picture(url=url))
    items = json.loads(site.client.get("/feeds/all.json").data)["items"]

    assert items[1]["image"] == ours
    assert items[0]["image"].startswith(f"{BASE_URL}/media/")
    assert items[0]["image"] in items[0]["content_html"]
    assert theirs not in items[0]["content_html"]


def test_a_page_names_its_feeds() -> None:
    links = feed_links(BASE_URL, ["ukraine", "russia"], "Russia and Ukraine")

    assert [(link.rel, link.type, link.href) for link in links] == [
        ("alternate", "application/rss+xml", f"{BASE_URL}/feeds/russia+ukraine.rss"),
        ("alternate", "application/atom+xml", f"{BASE_URL}/feeds/russia+ukraine.atom"),
        ("alternate", "application/feed+json", f"{BASE_URL}/feeds/russia+ukraine.json"),
    ]
    assert links[0].title == "Russia and Ukraine (RSS)"
    assert feed_links("", [], "Everything")[0].href == "/feeds/all.rss"


@pytest.mark.parametrize("ending", FeedFormat)
def test_one_bad_address_in_the_store_fails_no_feed(news: Site, ending: FeedFormat) -> None:
    with news.db.transaction() as conn:
        stored_article(conn, title="From nowhere", url="http://[x", lead_image=Picture(url="https://[y"))
    answer = news.client.get(f"/feeds/all.{ending}")
    assert (answer.status_code, FAULTS[ending](answer.data)) == (200, [])
    assert b"From nowhere" in answer.data
    assert b"http://[x" not in answer.data
