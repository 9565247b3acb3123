from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from newsbell.errors import NewsbellError, RefusedError, TooLargeError, UnreachableError, UnsupportedTypeError
from newsbell.services.media import media_address, media_key, sign
from tests.fakes import FakeFetcher, Page
from tests.web.site import Site, build

URL = "https://pictures.example/ferry.png"
PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"


@pytest.fixture
def address(site: Site) -> str:
    """The address of a picture that can be fetched."""
    site.fetcher.pages[URL] = Page(URL, PNG, "image/png")
    return media_address(media_key(site.db), URL)


def test_a_picture_of_an_article_is_served_from_here(site: Site, address: str) -> None:
    answer = site.client.get(address)
    assert (answer.status_code, answer.data, answer.content_type) == (200, PNG, "image/png")
    assert {"public", "max-age=604800", "immutable"} == set(answer.headers["Cache-Control"].split(", "))


def test_a_picture_runs_nothing_and_is_nothing_else(site: Site, address: str) -> None:
    headers = site.client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in headers


def test_a_picture_is_fetched_once_for_all(site: Site, address: str) -> None:
    for _ in range(3):
        site.client.get(address)
    assert site.fetcher.asked == [URL]


def test_a_browser_that_has_the_picture_gets_no_copy(site: Site, address: str) -> None:
    tag = site.client.get(address).headers["ETag"]
    answer = site.client.get(address, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert site.client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_head_tells_all_but_the_picture(site: Site, address: str) -> None:
    answer = site.client.head(address)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(PNG))
    assert answer.headers["ETag"] == site.client.get(address).headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        f"/media/{sign(bytes(32), URL)}/aHR0cHM6Ly9waWN0dXJlcy5leGFtcGxlL2ZlcnJ5LnBuZw",
        "/media/AAAAAAAAAAAAAAAAAAAAAA/aHR0cDovLzEyNy4wLjAuMS8",
        "/media/x/!",
        "/media/x/https://pictures.example/ferry.png",
        "/media/%FF/%FF",
        "/media/x/",
        "/media/",
    ],
)
def test_an_address_we_did_not_sign_is_not_there_and_not_asked(path: str, site: Site, address: str) -> None:
    assert site.client.get(address).status_code == 200
    site.fetcher.asked.clear()
    assert site.client.get(path).status_code == 404
    assert site.fetcher.asked == []


def test_a_signature_counts_for_its_own_address_only(site: Site, address: str) -> None:
    other = media_address(media_key(site.db), URL + "?2")
    mixed = f"/media/{address.split('/')[2]}/{other.split('/')[3]}"
    assert site.client.get(mixed).status_code == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnreachableError("connection to 10.0.0.7 refused"), 502),
        (RefusedError("10.0.0.7 is private", code="private_address"), 404),
        (UnsupportedTypeError("an SVG at 10.0.0.7"), 404),
        (TooLargeError("11 MB at 10.0.0.7"), 404),
    ],
)
def test_a_picture_that_cannot_be_had_says_nothing_about_why(
    error: NewsbellError, status: int, site: Site
) -> None:
    site.fetcher.pages[URL] = error
    answer = site.client.get(media_address(media_key(site.db), URL))
    assert (answer.status_code, answer.data) == (status, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any("10.0.0.7" in value or "pictures" in value for _, value in answer.headers)


class Stalled(FakeFetcher):
    """A site that takes connections and says nothing, until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.speaks = threading.Event()

    def fetch_picture(self, url: str) -> Page:
        self.asked.append(url)
        self.speaks.wait(60)
        return Page(url, PNG, "image/png")


THREADS = 24


def test_pictures_of_a_site_that_stalls_leave_threads_for_everybody_else(site: Site) -> None:
    stalled = Stalled()
    app = build(site.settings, site.db, site.clock, picture_fetcher=stalled).app

    def ask(path: str) -> TestResponse:
        return app.test_client().get(path)

    with ThreadPoolExecutor(THREADS) as pool:
        pictures: list[Future[TestResponse]] = [
            pool.submit(ask, media_address(media_key(site.db), f"{URL}?{number}")) for number in range(40)
        ]
        try:
            assert pool.submit(ask, "/healthz").result(30).status_code == 200
            assert 0 < len(stalled.asked) < THREADS / 2
        finally:
            stalled.speaks.set()
    answers = [future.result() for future in pictures]
    assert {(answer.status_code, answer.headers.get("Retry-After")) for answer in answers} == {
        (200, None),
        (503, "5"),
    }
