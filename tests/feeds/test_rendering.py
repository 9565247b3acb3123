"""What nobody asked for before is rendered once, is not kept where it was made up, and not without end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from newsbell.web.feeds import serving
from newsbell.web.feeds.cache import FeedCache
from newsbell.web.feeds.document import FeedDocument, FeedFormat
from newsbell.web.feeds.render import render
from tests.factories import NOW, stored_article
from tests.web.site import Site

A_MINUTE = 300


@pytest.fixture
def news(site: Site) -> Site:
    """A site with a page of articles and one more."""
    with site.db.transaction() as conn:
        for number in range(serving.PER_PAGE + 1):
            stored_article(conn, "Ferries", now=NOW + timedelta(minutes=number))
    return site


def kept(site: Site) -> int:
    cache: FeedCache = site.app.extensions["newsbell.feeds"]
    return cache.size


def second_page(site: Site) -> str:
    following: str = (site.client.get("/feeds/ferries.json").json or {})["next_url"]
    return following.partition("?")[2]


def test_readers_who_come_together_cost_one_rendering(news: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered, another = [], threading.Event()

    def slowly(document: FeedDocument, form: FeedFormat) -> bytes:
        rendered.append(document.self_url)
        if len(rendered) > 1:
            another.set()
        another.wait(1)  # long enough for the others to come; one that renders too ends it
        return render(document, form)

    monkeypatch.setattr(serving, "render", slowly)

    def ask(encoding: str) -> tuple[int, str]:
        answer = news.app.test_client().get("/feeds/ferries.rss", headers={"Accept-Encoding": encoding})
        return answer.status_code, answer.headers.get("Content-Encoding", "identity")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, ["identity", "gzip"] * 3))
    assert answers == [(200, "identity"), (200, "gzip")] * 3
    assert len(rendered) == 1


def test_a_rendering_that_fails_leaves_the_next_one_its_turn(
    news: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(serving, "render", fail)
        assert news.client.get("/feeds/ferries.rss").status_code == 500
    assert news.client.get("/feeds/ferries.rss").status_code == 200


def test_a_page_that_begins_after_an_article_is_kept(news: Site) -> None:
    real = second_page(news)
    before = kept(news)
    assert news.client.get(f"/feeds/ferries.json?{real}").status_code == 200
    assert kept(news) > before


@pytest.mark.parametrize("made_up", ["5-5", "1773480413589794-1", "1773480413589793-999"])
def test_a_page_that_begins_at_a_place_made_up_is_not_kept(news: Site, made_up: str) -> None:
    path = f"/feeds/ferries.json?before={made_up}"
    for encoding in ("identity", "gzip"):
        answer = news.client.get(path, headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
    assert kept(news) == 0


def test_renderings_of_one_client_are_bounded_and_what_is_kept_is_free(news: Site) -> None:
    path = "/feeds/ferries.rss"
    for number in range(A_MINUTE - 1):
        assert news.client.get(f"{path}?before=5-{number}").status_code == 200
    for _ in range(3):
        assert news.client.get(path).status_code == 200
    refused = news.client.get(f"{path}?before=6-6")
    assert (refused.status_code, refused.mimetype) == (429, "text/plain")
    assert int(refused.headers["Retry-After"]) >= 1
    assert news.client.get(path).status_code == 200
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert news.client.get(f"{path}?before=6-6", environ_overrides=elsewhere).status_code == 200
