"""One client's flood is stopped, and nobody else's requests with it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix

from newsbell.web import errors, limits

TESTS_A_MINUTE = 10


@limits.testing
def ring() -> str:
    return "done"


@limits.subscribing
def subscribed() -> str:
    return "done"


@limits.subscribing
def moved() -> str:
    return "done"


def limited_app() -> Flask:
    app = Flask("newsbell.web")
    errors.install(app)
    limits.install(app)
    for view in (ring, subscribed, moved):
        app.add_url_rule(f"/api/v1/{view.__name__}", view.__name__, view)
    return app


@pytest.fixture
def client() -> FlaskClient:
    return limited_app().test_client()


def statuses(client: FlaskClient, path: str, times: int, address: str = "192.0.2.1") -> list[int]:
    environ = {"REMOTE_ADDR": address}
    return [client.get(path, environ_overrides=environ).status_code for _ in range(times)]


def test_the_request_beyond_the_limit_is_told_when_to_come_back(client: FlaskClient) -> None:
    assert statuses(client, "/api/v1/ring", TESTS_A_MINUTE) == [200] * TESTS_A_MINUTE
    refused = client.get("/api/v1/ring", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert refused.status_code == 429
    assert (refused.json or {})["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_another_client_is_not_stopped(client: FlaskClient) -> None:
    statuses(client, "/api/v1/ring", TESTS_A_MINUTE + 1)
    assert statuses(client, "/api/v1/ring", 1, "192.0.2.2") == [200]


def test_another_kind_of_request_is_not_stopped(client: FlaskClient) -> None:
    statuses(client, "/api/v1/ring", TESTS_A_MINUTE + 1)
    assert statuses(client, "/api/v1/subscribed", 1) == [200]


def test_the_same_kind_at_another_address_counts_together(client: FlaskClient) -> None:
    assert set(statuses(client, "/api/v1/subscribed", 60) + statuses(client, "/api/v1/moved", 60)) == {200}
    assert statuses(client, "/api/v1/subscribed", 1) == [429]


def test_a_whole_ipv6_network_of_one_client_counts_as_one(client: FlaskClient) -> None:
    for number in range(TESTS_A_MINUTE):
        assert statuses(client, "/api/v1/ring", 1, f"2001:db8::{number:x}") == [200]
    assert statuses(client, "/api/v1/ring", 1, "2001:db8::ffff:1") == [429]
    assert statuses(client, "/api/v1/ring", 1, "2001:db8:0:1::1") == [200]


def test_an_ipv4_client_is_the_same_over_ipv6(client: FlaskClient) -> None:
    statuses(client, "/api/v1/ring", TESTS_A_MINUTE, "192.0.2.1")
    assert statuses(client, "/api/v1/ring", 1, "::ffff:192.0.2.1") == [429]
    assert statuses(client, "/api/v1/ring", 1, "::ffff:192.0.2.2") == [200]


def test_a_client_without_an_address_is_counted_too(client: FlaskClient) -> None:
    assert statuses(client, "/api/v1/ring", TESTS_A_MINUTE + 1, "")[-2:] == [200, 429]


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy() -> None:
    app = limited_app()
    client = app.test_client()

    def ask(number: int) -> int:
        return client.get("/api/v1/ring", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code

    assert [ask(number) for number in range(TESTS_A_MINUTE + 1)][-1] == 429
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)  # type: ignore[method-assign]
    assert [ask(number) for number in range(TESTS_A_MINUTE + 1)] == [200] * (TESTS_A_MINUTE + 1)


def test_a_new_app_counts_from_nothing(client: FlaskClient) -> None:
    statuses(client, "/api/v1/ring", TESTS_A_MINUTE)
    assert statuses(limited_app().test_client(), "/api/v1/ring", 1) == [200]
