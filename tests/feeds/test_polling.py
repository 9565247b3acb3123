"""How feed readers ask: again and again, and cheaply."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from werkzeug.http import http_date

from newsbell.services.articles import remove_article
from newsbell.services.correcting import ArticlePatch, correct_article
from newsbell.services.topics import rename_topic
from newsbell.web.feeds.document import FeedFormat
from tests.factories import NOW, stored_article
from tests.web.site import Site, build

ENDINGS = list(FeedFormat)
TYPES = {
    FeedFormat.RSS: "application/rss+xml; charset=utf-8",
    FeedFormat.ATOM: "application/atom+xml; charset=utf-8",
    FeedFormat.JSON: "application/feed+json; charset=utf-8",
}


@pytest.fixture
def russia(site: Site) -> Site:
    """A site with one article, in two topics, stored a minute ago."""
    with site.db.transaction() as conn:
        stored_article(conn, "Russia", "Ukraine", title="The bridge")
    site.clock.advance(timedelta(minutes=1))
    return site


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """The SQL sent meanwhile."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    engine = site.db._engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_feed_says_what_it_is(russia: Site, ending: FeedFormat) -> None:
    answer = russia.client.get(f"/feeds/russia.{ending}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == TYPES[ending]
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Last-Modified"] == http_date(NOW + timedelta(seconds=1)), (
        "the second behind the change"
    )
    assert not answer.headers["ETag"].startswith("W/")
    assert b"The bridge" in answer.data


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_store_gives_the_same_bytes_in_another_process(russia: Site, ending: FeedFormat) -> None:
    first = russia.client.get(f"/feeds/russia.{ending}")
    russia.clock.advance(timedelta(days=400))
    other = build(russia.settings, russia.db, russia.clock).client.get(f"/feeds/russia.{ending}")

    assert other.data == first.data
    assert other.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_whoever_has_it_gets_304(russia: Site, ending: FeedFormat) -> None:
    path = f"/feeds/russia.{ending}"
    etag = russia.client.get(path).headers["ETag"]

    for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = russia.client.get(path, headers={"If-None-Match": sent})
        assert answer.status_code == 304
        assert answer.data == b""
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert russia.client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_304_reads_no_article(russia: Site) -> None:
    etag = russia.client.get("/feeds/russia+ukraine.rss").headers["ETag"]
    again = build(russia.settings, russia.db, russia.clock)  # nothing is in its cache

    with statements(again) as sent:
        answer = again.client.get("/feeds/russia+ukraine.rss", headers={"If-None-Match": etag})
    with statements(again) as sent_in_full:
        again.client.get("/feeds/russia+ukraine.rss")

    assert answer.status_code == 304
    assert not [statement for statement in sent if "body_html" in statement]
    assert [statement for statement in sent_in_full if "body_html" in statement]


def test_a_second_reader_is_answered_from_the_cache(russia: Site) -> None:
    first = russia.client.get("/feeds/russia.rss")
    with statements(russia) as sent:
        second = russia.client.get("/feeds/russia.rss")

    assert second.data == first.data
    assert not [statement for statement in sent if "body_html" in statement]


def test_a_date_alone_is_enough(russia: Site) -> None:
    path = "/feeds/russia.rss"
    dated = russia.client.get(path).headers["Last-Modified"]
    before = http_date(NOW - timedelta(minutes=1))

    assert russia.client.get(path, headers={"If-Modified-Since": dated}).status_code == 304
    assert russia.client.get(path, headers={"If-Modified-Since": before}).status_code == 200
    both = {"If-Modified-Since": dated, "If-None-Match": '"other"'}
    assert russia.client.get(path, headers=both).status_code == 200


@pytest.mark.parametrize("between", [0.1, 0.5, 1.1])
@pytest.mark.parametrize("beginning", [0.0, 0.05])
def test_a_date_never_hides_the_next_change_however_soon_it_comes(
    site: Site, between: float, beginning: float
) -> None:
    """Whoever asks between two changes, by the date of the answer or by the one it was given."""
    moment = NOW.replace(microsecond=0) + timedelta(seconds=beginning)
    with site.db.transaction() as conn:
        stored_article(conn, "Russia", title="The first", now=moment)
    site.clock.now = moment + timedelta(seconds=between) / 2
    answer = site.client.get("/feeds/russia.json")
    dates = {http_date(site.clock.now), answer.headers.get("Last-Modified", http_date(site.clock.now))}
    with site.db.transaction() as conn:
        stored_article(conn, "Russia", title="The second", now=moment + timedelta(seconds=between))
    for later in (0.0, 0.9, 3600.0):
        site.clock.now = moment + timedelta(seconds=between + later)
        for date in dates:
            again = site.client.get("/feeds/russia.json", headers={"If-Modified-Since": date})
            assert (again.status_code, b"The second" in again.data) == (200, True), (later, date)


def test_a_change_has_a_date_as_soon_as_its_second_is_over(site: Site) -> None:
    second = NOW.replace(microsecond=0)
    with site.db.transaction() as conn:
        stored_article(conn, "Russia", now=second + timedelta(seconds=0.3))
    site.clock.now = second + timedelta(seconds=0.9)
    fresh = site.client.get("/feeds/russia.rss", headers={"If-Modified-Since": http_date(second)})
    assert (fresh.status_code, "Last-Modified" in fresh.headers) == (200, False)
    site.clock.now = second + timedelta(seconds=1)
    dated = site.client.get("/feeds/russia.rss").headers["Last-Modified"]
    assert dated == http_date(second + timedelta(seconds=1))
    assert site.client.get("/feeds/russia.rss", headers={"If-Modified-Since": dated}).status_code == 304


def test_a_date_that_has_not_come_yet_says_nothing(russia: Site) -> None:
    for ahead, status in ((0, 304), (60, 200)):
        dated = {"If-Modified-Since": http_date(russia.clock() + timedelta(seconds=ahead))}
        assert russia.client.get("/feeds/russia.rss", headers=dated).status_code == status


def test_every_change_is_seen_in_each_feed_of_the_article(russia: Site) -> None:
    paths = ("/feeds/russia.rss", "/feeds/ukraine.atom", "/feeds/all.json", "/feeds/russia+ukraine.rss")
    article_id = russia.client.get("/api/v1/articles").get_json()["articles"][0]["id"]
    later = NOW + timedelta(hours=1)
    russia.clock.now = later + timedelta(minutes=1)

    for change in (
        lambda: correct_article(russia.db, article_id, ArticlePatch(title="The new bridge"), later),
        lambda: rename_topic(russia.db, "ukraine", "Ukraine!", later),
        lambda: remove_article(russia.db, article_id, later),
    ):
        etags = {path: russia.client.get(path).headers["ETag"] for path in paths}
        change()
        for path, etag in etags.items():
            assert russia.client.get(path, headers={"If-None-Match": etag}).status_code == 200, path
            dated = {"If-Modified-Since": http_date(later - timedelta(minutes=1))}
            assert russia.client.get(path, headers=dated).status_code == 200, path


def test_an_article_elsewhere_changes_nothing_here(russia: Site) -> None:
    etag = russia.client.get("/feeds/russia.rss").headers["ETag"]
    with russia.db.transaction() as conn:
        stored_article(conn, "Ferries", now=NOW + timedelta(hours=1))

    assert russia.client.get("/feeds/russia.rss", headers={"If-None-Match": etag}).status_code == 304
    assert russia.client.get("/feeds/all.rss").data.count(b"<item>") == 2


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "*", "identity;q=0.5, gzip"])
def test_who_takes_gzip_gets_gzip(russia: Site, accepted: str) -> None:
    plain = russia.client.get("/feeds/russia.rss")
    packed = russia.client.get("/feeds/russia.rss", headers={"Accept-Encoding": accepted})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.data == russia.client.get("/feeds/russia.rss", headers={"Accept-Encoding": accepted}).data


def test_compressed_bytes_hold_no_time_and_are_made_once(
    russia: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepts = {"Accept-Encoding": "gzip"}
    packed = russia.client.get("/feeds/russia.rss", headers=accepts).data
    monkeypatch.delattr("newsbell.web.feeds.serving.encode")

    assert packed[4:8] == bytes(4)  # MTIME, RFC 1952 section 2.3.1
    assert russia.client.get("/feeds/russia.rss", headers=accepts).data == packed


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0"])
def test_who_does_not_take_gzip_gets_plain_bytes(russia: Site, accepted: str) -> None:
    answer = russia.client.get("/feeds/russia.rss", headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"<?xml")


def test_head_is_get_without_the_body(russia: Site) -> None:
    got, head = russia.client.get("/feeds/russia.atom"), russia.client.head("/feeds/russia.atom")

    assert head.status_code == 200
    assert head.data == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control", "Vary"):
        assert head.headers[name] == got.headers[name]


def test_any_page_may_read_a_feed(russia: Site) -> None:
    for path, status in (("/feeds/russia.json", 200), ("/feeds/nobody.json", 404), ("/feeds.opml", 200)):
        answer = russia.client.get(path, headers={"Origin": "https://reader.example"})
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert {"ETag", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert "Set-Cookie" not in answer.headers


def test_any_page_may_ask_conditionally(russia: Site) -> None:
    answer = russia.client.options(
        "/feeds/russia.json",
        headers={
            "Origin": "https://reader.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]


def test_feeds_are_only_read(russia: Site) -> None:
    assert russia.client.post("/feeds/russia.rss").status_code == 405
