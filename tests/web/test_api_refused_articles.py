"""Hostile articles: each gets a clear error and changes nothing, and its harmless twin is taken."""

from __future__ import annotations

from typing import Any

import pytest

from newsbell.services.tokens import revoke_token
from tests.pages import PARAGRAPHS, news_page
from tests.web.refusals import LONG_TOPIC, refused
from tests.web.site import Site

RUNS = (
    *("alert(", "<script", "javascript:", "onerror", "onload", "onclick", "onfocus"),
    *("<iframe", "<form", "<base", "<svg", "<object", "style="),
)
"""Traces of what would run, in lower case."""


@pytest.mark.parametrize(
    ("body", "status", "code", "at"),
    [
        ({"html": ""}, 422, "empty", "html"),
        ({"html": "<html><body></body></html>"}, 422, "no_article", None),
        ({"html": "<script>while (true) alert(1)</script>"}, 422, "no_article", None),
        ({"html": "<p>Accept cookies</p>"}, 422, "no_article", None),
        ({"html": None, "text": ""}, 422, "empty", "text"),
        ({"html": None, "text": " \n\ufeff \n"}, 422, "empty", "text"),
        ({"html": None, "text": "\x01\x02" * 500}, 415, "unsupported_type", "text"),
        ({"html": None, "url": None}, 400, "malformed", "url"),
        ({"html": None, "url": ""}, 400, "malformed", "url"),
        ({"text": "Both."}, 400, "malformed", "text"),
        ({"html": 5}, 400, "malformed", "html"),
        ({"html": ["<p>"]}, 400, "malformed", "html"),
        ({"url": "https://paper.example/" + "x" * 9_000}, 400, "malformed", "url"),
        ({"url": "\ud800"}, 400, "malformed", "url"),
        ({"topics": [LONG_TOPIC]}, 400, "malformed", "topics"),
        ({"topics": ["x" * 61]}, 400, "malformed", "topics"),
        ({"topics": [""]}, 400, "malformed", "topics"),
        ({"topics": ["\x00\x01"]}, 400, "malformed", "topics"),
        ({"topics": "Russia"}, 400, "malformed", "topics"),
        ({"topics": [7]}, 400, "malformed", "topics"),
        ({"topics": [f"topic {number}" for number in range(500)]}, 422, "too_many_topics", "topics"),
        ({"title": "t" * 501}, 400, "malformed", "title"),
        ({"title": " "}, 400, "malformed", "title"),
        ({"notify": "always"}, 400, "malformed", "notify"),
        ({"colour": "blue"}, 400, "malformed", "colour"),
        ({"id": 1}, 400, "malformed", "id"),
    ],
)
def test_an_article_that_is_none_changes_nothing(
    site: Site, body: dict[str, Any], status: int, code: str, at: str | None
) -> None:
    before = site.rows() if site.editor else {}
    problem = refused(site, site.save(**body), before, status, code)
    assert at is None or problem["field"] == at
    assert site.save().status_code == 201


@pytest.mark.parametrize(
    "url", ["ftp://paper.example/x", "javascript:alert(1)", "nowhere", "http://", "//x/y"]
)
def test_a_page_from_nowhere_on_the_web_is_refused(site: Site, url: str) -> None:
    before = site.rows() if site.editor else {}
    answer = site.save(url=url)
    assert answer.status_code == 400
    refused(site, answer, before, 400, (answer.json or {})["code"])
    assert (answer.json or {})["field"] == "url"
    assert site.save().status_code == 201


def test_a_page_of_50_megabytes_is_refused_before_it_is_read(site: Site) -> None:
    before = site.rows() if site.editor else {}
    answer = site.save(html="x" * 50_000_000)
    refused(site, answer, before, 413, "too_large")
    assert site.save().status_code == 201


def test_a_page_of_many_megabytes_that_fits_the_request_is_bounded_by_cleaning(site: Site) -> None:
    before = site.rows() if site.editor else {}
    answer = site.save(html="<p>" + "x" * 11_000_000)
    refused(site, answer, before, 413, "too_large")


def test_binary_that_claims_to_be_a_page_is_refused(site: Site) -> None:
    before = site.rows() if site.editor else {}
    answer = site.save(html="\x89PNG\r\n\x1a\n" + "\x00\x01\x02\xff" * 500)
    assert refused(site, answer, before, 415, "unsupported_type")["field"] == "html"


def test_a_page_that_tries_to_run_is_stored_without_what_runs(site: Site) -> None:
    attack = """
      <img src=x onerror=alert(1)><svg onload=alert(2)><script>alert(3)</script></svg>
      <a href="javascript:alert(4)">link</a><a href="  java\nscript:alert(5)">link</a>
      <iframe srcdoc="<script>alert(6)</script>"></iframe>
      <form action="/x"><input autofocus onfocus=alert(7)></form>
      <p style="background:url(javascript:alert(8))" onclick="alert(9)">text</p>
      <base href="https://evil.example/">
      <math><mtext><style><img src=x onerror=alert(10)></style></mtext></math>
      <object data="data:text/html,x">"""
    page = news_page().replace("</article>", attack + "</article>")
    saved = site.save(html=page, title="<script>alert(11)</script>")
    assert saved.status_code == 201
    stored = (saved.json or {})["body_html"].lower()
    for trace in RUNS:
        assert trace not in stored
    assert "first light with forty passengers" in stored


@pytest.mark.parametrize(
    "authorization", [None, "Bearer wrong", "Bearer nbt_" + "A" * 43, "Basic eDp5", "Bearer {revoked}"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PATCH", "/1"), ("DELETE", "/1")])
def test_no_article_changes_without_an_api_token(
    site: Site, method: str, path: str, authorization: str | None
) -> None:
    site.save()
    stale = site.editor["Authorization"].removeprefix("Bearer ")
    revoke_token(site.db, "editor", site.clock())
    before, shown = site.rows(), site.client.get("/api/v1/articles/1").json
    headers = {} if authorization is None else {"Authorization": authorization.format(revoked=stale)}
    body = {"title": "Taken over"}
    answer = site.client.open(f"/api/v1/articles{path}", method=method, json=body, headers=headers)
    refused(site, answer, before, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert site.client.get("/api/v1/articles/1").json == shown


def test_without_a_token_the_body_is_not_even_read(site: Site) -> None:
    answer = site.client.post("/api/v1/articles", data=b"{" * 1_000_000, content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code", "at"),
    [
        ({"title": ""}, 400, "malformed", "title"),
        ({"title": "t" * 501}, 400, "malformed", "title"),
        ({"summary": "s" * 5_001}, 400, "malformed", "summary"),
        ({"topics": [LONG_TOPIC]}, 400, "malformed", "topics"),
        ({"byline": ["Somebody"]}, 400, "malformed", "byline"),
        ({"url": "https://evil.example/"}, 400, "malformed", "url"),
        ({"summary": "s" * 13_000_000}, 413, "too_large", None),
    ],
)
def test_a_correction_that_is_refused_changes_nothing(
    site: Site, body: dict[str, Any], status: int, code: str, at: str | None
) -> None:
    address = site.save().headers["Location"]
    before, shown = site.rows(), site.client.get(address).json
    problem = refused(site, site.client.patch(address, json=body, headers=site.editor), before, status, code)
    assert problem.get("field") == at
    assert site.client.get(address).json == shown
    good = site.client.patch(address, json={"title": "Better"}, headers=site.editor)
    assert (good.status_code, (good.json or {})["title"]) == (200, "Better")


def test_saving_by_address_is_counted_and_saving_a_page_is_not(site: Site) -> None:
    for _ in range(60):
        assert site.save(html=None).status_code == 502
    before = site.rows()
    answer = site.save(html=None)
    refused(site, answer, before, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(site.fetcher.asked) == 60
    assert site.save().status_code == 201


def test_texts_hold_what_the_page_held_and_no_control_characters(site: Site) -> None:
    text = "Ferry\x00 returns\x08\n\n" + "\n\n".join(PARAGRAPHS) + "\n\nTopics: Russia\n"
    saved = site.save(html=None, url=None, text=text, title="Ferry\x00\x1b returns").json or {}
    assert saved["title"] == "Ferry returns"
    assert not any(ord(letter) < 32 and letter != "\n" for letter in saved["body_text"])
