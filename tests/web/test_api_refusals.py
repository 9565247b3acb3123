"""Hostile input by the API: each gets a clear error and changes nothing, and its harmless twin is taken."""

from __future__ import annotations

import base64
import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug.test import TestResponse

from newsbell.config import Settings
from newsbell.edges.fetch import Fetcher
from newsbell.edges.vapid import new_key_pair
from newsbell.services.tokens import revoke_token
from newsbell.services.vapid import ensure_keys
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import Clock
from tests.pages import PARAGRAPHS, news_page
from tests.web.site import BASE_URL, ENDPOINT, KEYS, Site, bearer, build

LONG_TOPIC = "x" * 10_000
RUNS = (
    *("alert(", "<script", "javascript:", "onerror", "onload", "onclick", "onfocus"),
    *("<iframe", "<form", "<base", "<svg", "<object", "style="),
)
"""Traces of what would run, in lower case."""


def refused(
    site: Site, answer: TestResponse, before: dict[str, int], status: int, code: str
) -> dict[str, Any]:
    """The refusal, after looking that it is one and that nothing was stored or sent."""
    problem: dict[str, Any] = answer.json or {}
    assert (answer.status_code, problem.get("code")) == (status, code), problem
    assert site.rows() == before
    assert site.pusher.sent == []
    assert len(answer.data) < 600, "an error repeats little of what it was given"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return problem


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
        ({"byline": "<p>Other words</p>"}, 400, "malformed", "byline"),
        ({"url": "https://evil.example/"}, 400, "malformed", "url"),
        ({"summary": "s" * 20_000}, 413, "too_large", None),
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


# What a subscription is refused for ------------------------------------------------------------------


def _point(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


BAD_ENDPOINTS = [
    "https://127.0.0.1/push",
    "https://2130706433/push",
    "https://127.1/push",
    "https://[::1]/push",
    "https://[::ffff:127.0.0.1]/push",
    "https://0.0.0.0/push",
    "https://169.254.169.254/x.google.com",
    "https://localhost/push",
    "https://push.example/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com/x",
    "https://evil.example/https://fcm.googleapis.com/x",
    "https://evil.example#fcm.googleapis.com",
    "https://evil.example?fcm.googleapis.com",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:80/x",
    "http://fcm.googleapis.com/x",
    "http://fcm.googleapis.com:443/x",
    "https://user:password@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://fcm.googleapis.com\\@evil.example/x",
    "https://fcm.googleapis.com\n.evil.example/x",
    "https://fcm.googleapis.com/" + "x" * 4_000,
    "ftp://fcm.googleapis.com/x",
    "javascript:alert(1)",
    "fcm.googleapis.com/x",
    "https:///x",
    "",
]


@pytest.mark.parametrize("endpoint", BAD_ENDPOINTS)
def test_an_endpoint_of_no_push_service_is_refused(site: Site, endpoint: str) -> None:
    before = site.rows()
    answer = site.follow(endpoint=endpoint)
    assert answer.status_code in (400, 422)
    code = "malformed" if answer.status_code == 400 else "unknown_push_service"
    assert refused(site, answer, before, answer.status_code, code)["field"] == "endpoint"
    assert site.follow().status_code == 201


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/x",
        "https://fcm.googleapis.com:443/fcm/send/x",
        "https://jmt17.google.com/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://wns2-par02p.notify.windows.com/w/?token=x",
        "https://web.push.apple.com/x",
    ],
)
def test_the_endpoints_of_browsers_are_taken(site: Site, endpoint: str) -> None:
    assert site.follow(endpoint=endpoint).status_code == 201


def test_what_the_operator_names_is_taken(database: Database, settings: Settings) -> None:
    ensure_keys(database, new_key_pair, NOW)
    trusting = Settings(
        data_dir=settings.data_dir,
        private_hosts=frozenset({"127.0.0.1:9000"}),
        push_hosts=frozenset({"push.example"}),
    )
    site = build(trusting, database, Clock(NOW))
    assert site.follow(endpoint="http://127.0.0.1:9000/push").status_code == 201
    assert site.follow(endpoint="https://eu.push.example/x").status_code == 201
    assert site.follow(endpoint="http://127.0.0.1:9001/push").status_code == 422
    assert site.follow(endpoint="https://notpush.example/x").status_code == 422


@pytest.mark.parametrize(
    ("keys", "at"),
    [
        ({"p256dh": _point(b"\x04" + b"\x01" * 64), "auth": KEYS["auth"]}, "keys.p256dh"),
        ({"p256dh": _point(b"\x04" + b"\x00" * 64), "auth": KEYS["auth"]}, "keys.p256dh"),
        ({"p256dh": _point(b"\x02" + b"\x01" * 32), "auth": KEYS["auth"]}, "keys.p256dh"),
        ({"p256dh": KEYS["p256dh"][:-4], "auth": KEYS["auth"]}, "keys.p256dh"),
        ({"p256dh": "ö" * 87, "auth": KEYS["auth"]}, "keys.p256dh"),
        ({"p256dh": "x" * 201, "auth": KEYS["auth"]}, "keys.p256dh"),
        ({"p256dh": "", "auth": KEYS["auth"]}, "keys.p256dh"),
        ({"p256dh": KEYS["p256dh"], "auth": "AAAA"}, "keys.auth"),
        ({"p256dh": KEYS["p256dh"], "auth": "A" * 24}, "keys.auth"),
        ({"p256dh": KEYS["p256dh"], "auth": "!" * 22}, "keys.auth"),
        ({"p256dh": KEYS["p256dh"], "auth": 5}, "keys.auth"),
        ({"p256dh": KEYS["p256dh"]}, "keys.auth"),
        ({"auth": KEYS["auth"]}, "keys.p256dh"),
        (KEYS | {"private": "x"}, "keys.private"),
        ("keys", "keys"),
    ],
)
def test_keys_that_encrypt_for_nobody_are_refused(site: Site, keys: object, at: str) -> None:
    before = site.rows()
    problem = refused(site, site.follow(keys=keys), before, 400, "malformed")
    assert problem["field"] == at
    assert site.follow(keys=KEYS).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code", "at"),
    [
        ({"topics": []}, 400, "malformed", "topics"),
        ({"topics": [LONG_TOPIC]}, 400, "malformed", "topics"),
        ({"topics": ["x" * 61]}, 400, "malformed", "topics"),
        ({"topics": ["\ud800"]}, 400, "malformed", "topics"),
        ({"topics": [f"t{number}" for number in range(201)]}, 422, "too_many_topics", "topics"),
        ({"topics": ["x" * 20_000]}, 413, "too_large", None),
        ({"expirationTime": None}, 400, "malformed", "expirationTime"),
        ({"manage_token": "mine"}, 400, "malformed", "manage_token"),
        ({"vapid_key": "nobody's"}, 409, "conflict", "vapid_key"),
    ],
)
def test_a_wish_that_cannot_be_kept_changes_nothing(
    site: Site, body: dict[str, Any], status: int, code: str, at: str | None
) -> None:
    before = site.rows()
    assert refused(site, site.follow(**body), before, status, code).get("field") == at
    assert site.follow(["Россия", "x" * 60]).status_code == 201


@pytest.mark.parametrize("topics", [[LONG_TOPIC], [], ["ok", "\x00"]])
def test_a_change_that_is_refused_leaves_the_topics(site: Site, topics: list[str]) -> None:
    ticket = site.follow(["Russia"]).json or {}
    address, token = f"/api/v1/subscriptions/{ticket['id']}", bearer(ticket["manage_token"])
    before, shown = site.rows(), site.client.get(address, headers=token).json
    refused(
        site, site.client.patch(address, json={"topics": topics}, headers=token), before, 400, "malformed"
    )
    assert site.client.get(address, headers=token).json == shown
    assert site.client.patch(address, json={"topics": ["Chess"]}, headers=token).status_code == 200


def test_a_move_to_no_push_service_leaves_the_endpoint(site: Site) -> None:
    ticket = site.follow().json or {}
    address, token = f"/api/v1/subscriptions/{ticket['id']}", bearer(ticket["manage_token"])
    before = site.rows()
    for endpoint in BAD_ENDPOINTS:
        body = {"endpoint": endpoint, "keys": KEYS}
        answer = site.client.put(f"{address}/endpoint", json=body, headers=token)
        refused(site, answer, before, answer.status_code, (answer.json or {})["code"])
        assert answer.status_code in (400, 422)
    site.client.post(f"{address}/test", headers=token)
    assert site.pusher.endpoints == [ENDPOINT]


# Addresses to fetch, through the real guard ----------------------------------------------------------


@dataclass
class Names:
    """A resolver of the tests' own: these names, and the numbers that a system reads as addresses."""

    known: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int, *_args: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        if host in self.known:
            return [_address(text, port) for text in self.known[host]]
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            number = ipaddress.ip_address(socket.inet_aton(host))
        return [_address(str(number), port)]


def _address(text: str, port: int) -> tuple[Any, ...]:
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    where = (text, port, 0, 0) if ":" in text else (text, port)
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)


class Paper(BaseHTTPRequestHandler):
    """A site with one page, and with a door to wherever the query says."""

    def do_GET(self) -> None:
        target = unquote(self.path.partition("?to=")[2])
        self.send_response(302 if target else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if not target:
            self.wfile.write(news_page().encode())

    def log_message(self, *_args: object) -> None:
        """Silence: the test says what it saw."""


@pytest.fixture
def paper() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Paper)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def names() -> Names:
    return Names(
        {
            "paper.example": ["127.0.0.1"],
            "inside.example": ["10.0.0.7"],
            "either.example": ["192.0.2.1", "127.0.0.1"],
            "metadata.example": ["169.254.169.254"],
            "six.example": ["fd00::1"],
            "mapped.example": ["::ffff:127.0.0.1"],
        }
    )


@pytest.fixture
def guarded(database: Database, settings: Settings, paper: int, names: Names) -> Site:
    """A site that fetches through the real guard; only paper.example is trusted, at its own port."""
    ensure_keys(database, new_key_pair, NOW)
    trusting = Settings(
        data_dir=settings.data_dir, base_url=BASE_URL, private_hosts=frozenset({f"paper.example:{paper}"})
    )
    return build(trusting, database, Clock(NOW), Fetcher(trusting, resolve=names))


PRIVATE = [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://0.0.0.0/",
    "http://0/",
    "http://10.1.2.3/",
    "http://169.254.169.254/latest/meta-data/",
    "http://inside.example/",
    "http://either.example/",
    "http://metadata.example/",
    "http://six.example/",
    "http://mapped.example/",
    "https://inside.example/",
]
FORBIDDEN = [
    *((url, "private_address") for url in PRIVATE),
    ("file:///etc/passwd", "bad_scheme"),
    ("ftp://paper.example/", "bad_scheme"),
    ("http://paper.example:22/", "bad_port"),
    ("http://user:password@paper.example/", "userinfo"),
]


@pytest.mark.parametrize(("url", "code"), FORBIDDEN)
def test_an_address_that_is_not_for_fetching_is_refused(
    guarded: Site, paper: int, url: str, code: str
) -> None:
    before = guarded.rows() if guarded.editor else {}
    problem = refused(guarded, guarded.save(html=None, url=url), before, 422, code)
    assert problem["field"] == "url"
    assert guarded.save(html=None, url=f"http://paper.example:{paper}/ferry").status_code == 201


@pytest.mark.parametrize(("target", "code"), FORBIDDEN)
def test_a_redirect_to_such_an_address_is_refused(guarded: Site, paper: int, target: str, code: str) -> None:
    before = guarded.rows() if guarded.editor else {}
    door = f"http://paper.example:{paper}/door?to="
    refused(guarded, guarded.save(html=None, url=door + target), before, 422, code)
    inside = guarded.save(html=None, url=f"{door}http://paper.example:{paper}/ferry")
    assert (inside.status_code, (inside.json or {})["title"]) == (
        201,
        "Ferry returns to the northern islands",
    )


def test_a_name_is_resolved_once_so_that_a_second_answer_cannot_differ(
    guarded: Site, paper: int, names: Names
) -> None:
    assert guarded.save(html=None, url=f"http://paper.example:{paper}/ferry").status_code == 201
    assert names.asked == ["paper.example"]


def test_saving_by_address_is_counted_and_saving_a_page_is_not(site: Site) -> None:
    for _ in range(60):
        assert site.save(html=None).status_code == 502
    before = site.rows()
    answer = site.save(html=None)
    refused(site, answer, before, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(site.fetcher.asked) == 60
    assert site.save().status_code == 201


def test_a_flood_of_subscriptions_is_stopped(site: Site) -> None:
    for _ in range(120):
        assert site.follow().status_code in (200, 201)
    before = site.rows()
    refused(site, site.follow(endpoint=ENDPOINT + "-more"), before, 429, "too_many_requests")
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    body = json.dumps({"endpoint": ENDPOINT + "-more", "keys": KEYS, "topics": ["Russia"]})
    answer = site.client.post(
        "/api/v1/subscriptions", data=body, content_type="application/json", environ_overrides=elsewhere
    )
    assert answer.status_code == 201


def test_a_flood_of_changes_is_stopped(site: Site) -> None:
    ticket = site.follow().json or {}
    address = f"/api/v1/subscriptions/{ticket['id']}"

    def change(topic: str) -> TestResponse:
        headers = bearer(ticket["manage_token"])
        return site.client.patch(address, json={"topics": [topic]}, headers=headers)

    for number in range(119):
        assert change(f"Topic {number % 2}").status_code == 200
    before = site.rows()
    answer = change("One too many")
    refused(site, answer, before, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) >= 1


def test_texts_hold_what_the_page_held_and_no_control_characters(site: Site) -> None:
    text = "Ferry\x00 returns\x08\n\n" + "\n\n".join(PARAGRAPHS) + "\n\nTopics: Russia\n"
    saved = site.save(html=None, url=None, text=text, title="Ferry\x00\x1b returns").json or {}
    assert saved["title"] == "Ferry returns"
    assert not any(ord(letter) < 32 and letter != "\n" for letter in saved["body_text"])
