"""What holds for every answer of the API, and the checks beside it."""

from __future__ import annotations

from typing import NoReturn

import pytest

from newsbell import __version__
from newsbell.errors import UnavailableError
from newsbell.services.vapid import current_key
from newsbell.storage.database import Database
from tests.web.site import Site


def test_the_api_says_what_it_is_and_the_key_to_subscribe_with(site: Site) -> None:
    answer = site.client.get("/api/v1")
    assert answer.json == {
        "name": "Newsbell",
        "version": __version__,
        "features": ["articles", "topics", "subscriptions", "links", "feeds"],
        "vapid_key": current_key(site.db).public_key,
    }
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1", 200),
        ("GET", "/api/v1/topics", 200),
        ("GET", "/api/v1/articles", 200),
        ("GET", "/api/v1/articles/1", 404),
        ("POST", "/api/v1/articles", 401),
        ("POST", "/api/v1/subscriptions", 415),
        ("POST", "/api/v1/links", 401),
        ("POST", "/api/v1/links/claim", 415),
        ("GET", "/api/v1/nothing", 404),
        ("PUT", "/api/v1/topics", 405),
    ],
)
def test_any_site_may_read_every_answer(site: Site, method: str, path: str, status: int) -> None:
    answer = site.client.open(path, method=method, headers={"Origin": "https://other.example"})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed == {"ETag", "Location", "Retry-After"}
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_unexpected_error_may_be_read_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object, **_options: object) -> None:
        raise RuntimeError("the secret")

    monkeypatch.setattr("newsbell.web.api.topics.list_topics", fails)
    answer = site.client.get("/api/v1/topics")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (500, "*")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "path", ["/api/v1", "/api/v1/articles", "/api/v1/articles/1", "/api/v1/subscriptions/1/endpoint"]
)
def test_a_browser_may_ask_before(site: Site, path: str) -> None:
    answer = site.client.options(
        path,
        headers={
            "Origin": "https://other.example",
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert answer.status_code == 200
    allowed = {name.strip() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert allowed == {"Authorization", "Content-Type", "If-None-Match"}
    methods = {name.strip() for name in answer.headers["Access-Control-Allow-Methods"].split(",")}
    assert methods >= {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


def test_pages_are_not_opened_to_other_sites(site: Site) -> None:
    for path in ("/", "/subscription", "/api/v10", "/healthz"):
        assert "Access-Control-Allow-Origin" not in site.client.get(path).headers


def test_no_cookie_is_read_or_set(site: Site) -> None:
    ticket = site.follow().json or {}
    site.client.set_cookie("session", ticket["manage_token"])
    site.client.set_cookie("Authorization", f"Bearer {ticket['manage_token']}")
    address = f"/api/v1/subscriptions/{ticket['id']}"
    refused = site.client.get(address)
    assert refused.status_code == 401
    assert site.client.get(f"{address}?access_token={ticket['manage_token']}").status_code == 401
    for answer in (refused, site.client.get("/api/v1"), site.save()):
        assert "Set-Cookie" not in answer.headers


def test_head_answers_as_get_without_the_body(site: Site) -> None:
    site.save()
    for path in ("/api/v1", "/api/v1/topics", "/api/v1/articles", "/api/v1/articles/1"):
        got, head = site.client.get(path), site.client.head(path)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["ETag"] == got.headers["ETag"]


def test_the_process_and_its_database_answer(site: Site) -> None:
    assert site.client.get("/healthz").json == {"status": "alive"}
    ready = site.client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"status": "ready"})
    assert ready.headers["Cache-Control"] == "no-store"


def test_without_its_database_the_process_is_alive_and_not_ready(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: Database) -> NoReturn:
        raise UnavailableError("The database does not answer.")

    monkeypatch.setattr(Database, "read", away)
    assert site.client.get("/healthz").status_code == 200
    answer = site.client.get("/readyz")
    assert (answer.status_code, (answer.json or {})["code"]) == (503, "unavailable")
    listing = site.client.get("/api/v1/articles")
    assert (listing.status_code, (listing.json or {})["code"]) == (503, "unavailable")
