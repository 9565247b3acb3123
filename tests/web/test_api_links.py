"""A page hands its subscription to the extension: once, in time, and to whom it was made for."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from newsbell.services.delivery import Delivery, Worker
from newsbell.services.tokens import token_hash
from newsbell.services.upkeep import sweep
from tests.web.site import ENDPOINT, KEYS, OTHER_KEYS, Site, bearer

VERIFIER = "a-verifier-of-the-extension-that-nobody-guesses"
STRANGERS = "a-verifier-of-a-stranger-who-made-up-his-own-link"


def hash_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def offered(site: Site, token: dict[str, str], verifier: str = VERIFIER) -> str:
    """A link's code."""
    answer = site.send("/api/v1/links", {"hash": hash_of(verifier)}, headers=token)
    assert answer.status_code == 201, answer.text
    code: str = (answer.json or {})["code"]
    return code


def claim(site: Site, code: str, verifier: str = VERIFIER) -> TestResponse:
    return site.send("/api/v1/links/claim", {"code": code, "verifier": verifier})


@pytest.fixture
def ticket(site: Site) -> dict[str, Any]:
    return site.follow(["Russia", "Ukraine"]).json or {}


@pytest.fixture
def page(ticket: dict[str, Any]) -> dict[str, str]:
    """The headers of the page that subscribed."""
    return bearer(ticket["manage_token"])


def refused(answer: TestResponse) -> None:
    assert (answer.status_code, (answer.json or {})["code"]) == (404, "not_found")


def test_an_offer_says_its_code_and_until_when(site: Site, page: dict[str, str]) -> None:
    answer = site.send("/api/v1/links", {"hash": hash_of(VERIFIER)}, headers=page)
    assert answer.status_code == 201
    body = answer.json or {}
    assert set(body) == {"code", "expires_at"}
    assert body["expires_at"] == (site.clock() + timedelta(minutes=10)).isoformat()
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_verifier_claims_a_token_of_its_own(
    site: Site, ticket: dict[str, Any], page: dict[str, str]
) -> None:
    answer = claim(site, offered(site, page))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json or {}
    token = body.pop("manage_token")
    topics = [{"name": "Russia", "slug": "russia"}, {"name": "Ukraine", "slug": "ukraine"}]
    assert body == {"id": ticket["id"], "topics": topics}
    address = f"/api/v1/subscriptions/{ticket['id']}"
    assert token != ticket["manage_token"]
    for headers in (page, bearer(token)):
        shown = site.client.get(address, headers=headers).json or {}
        assert shown["linked"] is True
    assert site.client.patch(address, json={"topics": ["Chess"]}, headers=bearer(token)).status_code == 200
    moved = {"endpoint": f"{ENDPOINT}-2", "keys": OTHER_KEYS}
    assert site.client.put(f"{address}/endpoint", json=moved, headers=page).status_code == 200


def test_a_subscription_is_not_linked_before(
    site: Site, ticket: dict[str, Any], page: dict[str, str]
) -> None:
    offered(site, page)
    shown = site.client.get(f"/api/v1/subscriptions/{ticket['id']}", headers=page).json or {}
    assert shown["linked"] is False


def test_a_link_is_claimed_once(site: Site, page: dict[str, str]) -> None:
    code = offered(site, page)
    token = (claim(site, code).json or {})["manage_token"]
    refused(claim(site, code))
    assert site.send("/api/v1/links", {"hash": hash_of(VERIFIER)}, headers=bearer(token)).status_code == 201


def test_a_link_is_claimed_within_ten_minutes(site: Site, page: dict[str, str]) -> None:
    late, in_time = timedelta(minutes=10), timedelta(minutes=10) - timedelta(microseconds=1)
    code = offered(site, page)
    site.clock.advance(late)
    refused(claim(site, code))
    code = offered(site, page)
    site.clock.advance(in_time)
    assert claim(site, code).status_code == 200


def test_a_guess_claims_nothing(site: Site, page: dict[str, str]) -> None:
    code = offered(site, page)
    refused(claim(site, "nbl_" + "A" * 43))
    refused(claim(site, code, STRANGERS))
    refused(claim(site, code, hash_of(VERIFIER)))
    assert claim(site, code).status_code == 200


def test_the_right_verifier_is_too_late_after_five_wrong_ones(site: Site, page: dict[str, str]) -> None:
    code = offered(site, page)
    for _ in range(4):
        refused(claim(site, code, STRANGERS))
    assert claim(site, code).status_code == 200
    code = offered(site, page)
    for _ in range(5):
        refused(claim(site, code, STRANGERS))
    refused(claim(site, code))


def test_a_stranger_whose_link_was_followed_has_a_verifier_and_no_code(
    site: Site, page: dict[str, str]
) -> None:
    code = offered(site, page, STRANGERS)
    refused(claim(site, code))  # the extension that the code came to
    assert claim(site, code, STRANGERS).status_code == 200  # only with both


def test_a_new_link_takes_the_place_of_the_one_before(site: Site, page: dict[str, str]) -> None:
    first, second = offered(site, page), offered(site, page)
    refused(claim(site, first))
    assert claim(site, second).status_code == 200


def test_claiming_again_ends_the_token_from_before(
    site: Site, ticket: dict[str, Any], page: dict[str, str]
) -> None:
    tokens = [(claim(site, offered(site, page)).json or {})["manage_token"] for _ in range(2)]
    address = f"/api/v1/subscriptions/{ticket['id']}"
    statuses = [site.client.get(address, headers=bearer(token)).status_code for token in tokens]
    assert statuses == [401, 200]
    assert site.client.get(address, headers=page).status_code == 200


def test_stopping_on_either_side_ends_both(site: Site, ticket: dict[str, Any], page: dict[str, str]) -> None:
    token = (claim(site, offered(site, page)).json or {})["manage_token"]
    code = offered(site, page)
    address = f"/api/v1/subscriptions/{ticket['id']}"
    assert site.client.delete(address, headers=bearer(token)).status_code == 204
    assert site.client.get(address, headers=page).status_code == 401
    refused(claim(site, code))
    assert site.rows()["links"] == site.rows()["linked_tokens"] == 0


def test_the_same_browser_subscribing_again_leaves_the_extension_its_token(
    site: Site, ticket: dict[str, Any], page: dict[str, str]
) -> None:
    token = (claim(site, offered(site, page)).json or {})["manage_token"]
    assert site.follow(["Chess"], keys=KEYS).status_code == 200
    address = f"/api/v1/subscriptions/{ticket['id']}"
    assert site.client.get(address, headers=page).status_code == 401
    assert site.client.get(address, headers=bearer(token)).status_code == 200


def test_what_is_kept_opens_nothing(site: Site, page: dict[str, str]) -> None:
    code = offered(site, page)
    refused(claim(site, token_hash(code)))
    assert claim(site, code).status_code == 200


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({}, "hash"),
        ({"hash": ""}, "hash"),
        ({"hash": "A" * 42}, "hash"),
        ({"hash": "A" * 44}, "hash"),
        ({"hash": "A" * 42 + "="}, "hash"),
        ({"hash": 7}, "hash"),
        ({"hash": "A" * 43, "back": "https://evil.example/"}, "back"),
    ],
)
def test_an_offer_that_is_refused_makes_no_link(
    site: Site, page: dict[str, str], body: dict[str, object], at: str
) -> None:
    answer = site.send("/api/v1/links", body, headers=page)
    assert (answer.status_code, (answer.json or {})["field"]) == (400, at)
    assert site.rows()["links"] == 0
    assert offered(site, page)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"verifier": VERIFIER}, "code"),
        ({"code": "nbl_x"}, "verifier"),
        ({"code": "nbl_x", "verifier": "short"}, "verifier"),
        ({"code": "nbl_x", "verifier": "a" * 129}, "verifier"),
        ({"code": "c" * 201, "verifier": VERIFIER}, "code"),
        ({"code": "\ud800", "verifier": VERIFIER}, "code"),
    ],
)
def test_a_claim_that_cannot_be_one_is_refused(site: Site, body: dict[str, object], at: str) -> None:
    answer = site.send("/api/v1/links/claim", body)
    assert (answer.status_code, (answer.json or {})["field"]) == (400, at)


@pytest.mark.parametrize("authorization", [None, "Bearer nbm_wrong", "Bearer {editor}"])
def test_no_link_without_a_manage_token(site: Site, page: dict[str, str], authorization: str | None) -> None:
    editor = site.editor["Authorization"].removeprefix("Bearer ")
    headers = {} if authorization is None else {"Authorization": authorization.format(editor=editor)}
    answer = site.send("/api/v1/links", {"hash": hash_of(VERIFIER)}, headers=headers)
    assert (answer.status_code, (answer.json or {})["code"]) == (401, "unauthorized")
    assert site.rows()["links"] == 0
    assert offered(site, page)


def test_a_flood_of_claims_is_stopped(site: Site, page: dict[str, str]) -> None:
    code = offered(site, page)
    statuses = [claim(site, "nbl_no").status_code for _ in range(29)]
    assert set(statuses) == {404}
    assert claim(site, code).status_code == 429
    elsewhere = site.send(
        "/api/v1/links/claim",
        {"code": code, "verifier": VERIFIER},
        environ_overrides={"REMOTE_ADDR": "192.0.2.9"},
    )
    assert elsewhere.status_code == 200


def test_the_worker_clears_links_nobody_claimed(site: Site, page: dict[str, str]) -> None:
    work = Delivery(
        db=site.db,
        settings=site.settings,
        pusher=site.pusher,
        clock=site.clock,
        worker=Worker(name="worker"),
    )
    offered(site, page)
    sweep(work)
    assert site.rows()["links"] == 1
    site.clock.advance(timedelta(minutes=10))
    sweep(work)
    assert site.rows()["links"] == 0
