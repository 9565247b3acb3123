"""Hostile subscriptions: each gets a clear error and changes nothing, and its harmless twin is taken."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from newsbell.config import Settings
from newsbell.edges.vapid import new_key_pair
from newsbell.services.vapid import ensure_keys
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import Clock
from tests.web.refusals import LONG_TOPIC, refused
from tests.web.site import ENDPOINT, KEYS, Site, bearer, build


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
        ({"topics": ["x" * 200_000]}, 413, "too_large", None),
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


def test_as_many_topics_as_one_may_follow_are_no_body_too_large(site: Site) -> None:
    before = site.rows()
    names = [f"{number:03}" + "🎈" * 57 for number in range(200)]
    body = json.dumps({"endpoint": ENDPOINT, "keys": KEYS, "topics": names}, ensure_ascii=False)
    answer = site.client.post("/api/v1/subscriptions", data=body, content_type="application/json")
    refused(site, answer, before, 422, "too_many_topics")  # for none of them has an article


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
