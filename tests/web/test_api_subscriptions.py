"""A reader's subscription by the API: a capability, held by whoever holds its token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.topics import fold
from newsbell.edges.vapid import new_key_pair
from newsbell.services.vapid import current_key, rotate
from tests.web.site import ENDPOINT, KEYS, OTHER_KEYS, Site, bearer

OTHER_ENDPOINT = "https://fcm.googleapis.com/fcm/send/another-browser"


def followed(site: Site, *topics: str, **body: Any) -> tuple[str, dict[str, str]]:
    """A new subscription's address and the headers that open it."""
    answer = site.follow(topics or ("Russia",), **body)
    ticket = answer.json or {}
    return f"/api/v1/subscriptions/{ticket['id']}", bearer(ticket["manage_token"])


def topics_of(answer: Any) -> list[str]:
    return [topic["name"] for topic in answer.json["topics"]]


def test_following_gives_an_id_and_a_token(site: Site) -> None:
    answer = site.follow(["Russia", "Chess"])
    assert answer.status_code == 201
    ticket = answer.json or {}
    assert set(ticket) == {"id", "manage_token"}
    assert answer.headers["Location"] == f"/api/v1/subscriptions/{ticket['id']}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_holder_of_the_token_sees_topics_but_no_keys(site: Site) -> None:
    address, token = followed(site, "Russia", "Россия")
    answer = site.client.get(address, headers=token)
    assert answer.status_code == 200
    shown = answer.json or {}
    assert set(shown) == {"id", "topics", "created_at", "suspended", "linked", "vapid_key"}
    assert {topic["slug"] for topic in shown["topics"]} == {"russia", "россия"}
    assert shown["suspended"] is False
    assert shown["created_at"] == site.clock().isoformat()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    for secret in (ENDPOINT, *KEYS.values(), token["Authorization"].removeprefix("Bearer ")):
        assert secret not in answer.text


def test_the_same_browser_again_gets_a_fresh_token_and_the_old_one_ends(site: Site) -> None:
    address, old = followed(site, "Russia")
    again = site.follow(["Chess"])
    fresh = bearer((again.json or {})["manage_token"])
    assert (again.status_code, again.headers["Location"]) == (200, address)
    assert site.client.get(address, headers=old).status_code == 401
    assert topics_of(site.client.get(address, headers=fresh)) == ["Chess"]


def test_a_known_endpoint_with_other_keys_is_a_conflict(site: Site) -> None:
    address, token = followed(site, "Russia")
    refused = site.follow(["Chess"], keys=OTHER_KEYS)
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "conflict")
    assert topics_of(site.client.get(address, headers=token)) == ["Russia"]


def test_a_topic_may_be_named_by_its_slug_and_wait_for_its_first_article(site: Site) -> None:
    site.save()
    address, token = followed(site, "ukraine", "Chess")
    assert set(topics_of(site.client.get(address, headers=token))) == {"Ukraine", "Chess"}
    assert "Chess" not in site.client.get("/api/v1/topics").text


def test_a_slug_that_reads_like_a_code_is_a_topic_where_one_has_it(site: Site) -> None:
    long, slug = "World Cup 2026 qualifiers", "world-cup-2026-qualifiers"
    address, token = followed(site, long, "Russia")
    changed = site.client.patch(address, json={"topics": [slug]}, headers=token)
    assert (changed.status_code, topics_of(changed)) == (200, [long])
    assert site.follow([slug, long], endpoint=OTHER_ENDPOINT).status_code == 201
    refused = site.client.patch(address, json={"topics": ["world-cup-2030-qualifiers"]}, headers=token)
    assert (refused.status_code, (refused.json or {})["code"]) == (400, "malformed")


def test_what_is_too_long_for_a_topic_is_refused_and_leaves_nothing_behind(site: Site) -> None:
    before = fold.cache_info().currsize
    refused = site.follow(["\ufdfa" * 1_000])
    assert (refused.status_code, (refused.json or {})["code"]) == (400, "malformed")
    assert fold.cache_info().currsize == before


def test_topics_change_as_a_whole(site: Site) -> None:
    address, token = followed(site, "Russia")
    changed = site.client.patch(address, json={"topics": ["Chess", "Norway"]}, headers=token)
    assert (changed.status_code, set(topics_of(changed))) == (200, {"Chess", "Norway"})
    assert set(topics_of(site.client.get(address, headers=token))) == {"Chess", "Norway"}


def test_a_change_of_nothing_changes_nothing(site: Site) -> None:
    address, token = followed(site, "Russia")
    assert topics_of(site.client.patch(address, json={}, headers=token)) == ["Russia"]


def test_stopping_ends_it_and_its_token(site: Site) -> None:
    before = site.rows()
    address, token = followed(site, "Russia")
    ended = site.client.delete(address, headers=token)
    assert (ended.status_code, ended.data) == (204, b"")
    assert site.client.get(address, headers=token).status_code == 401
    after = site.rows()
    assert after["subscriptions"] == before["subscriptions"]


def test_a_test_rings_this_browser_alone(site: Site) -> None:
    site.follow(endpoint=OTHER_ENDPOINT)
    address, token = followed(site)
    answer = site.client.post(f"{address}/test", headers=token)
    assert (answer.status_code, answer.json) == (200, {"outcome": "sent"})
    assert site.pusher.endpoints == [ENDPOINT]


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        (Outcome.GONE, 410, "subscription_gone"),
        (Outcome.LATER, 502, "push_later"),
        (Outcome.KEY_REFUSED, 502, "push_refused"),
        (Outcome.MESSAGE_REFUSED, 502, "push_refused"),
        (Outcome.REFUSED, 502, "push_refused"),
    ],
)
def test_a_test_that_was_not_taken_says_so(site: Site, outcome: Outcome, status: int, code: str) -> None:
    address, token = followed(site)
    site.pusher.answer = lambda _target: PushResult(outcome=outcome, status=0)
    answer = site.client.post(f"{address}/test", headers=token)
    assert (answer.status_code, (answer.json or {})["code"]) == (status, code)
    there = site.client.get(address, headers=token).status_code
    assert there == (401 if outcome is Outcome.GONE else 200)


def test_a_browser_may_move_to_another_endpoint(site: Site) -> None:
    address, token = followed(site)
    body = {"endpoint": OTHER_ENDPOINT, "keys": OTHER_KEYS}
    assert site.client.put(f"{address}/endpoint", json=body, headers=token).status_code == 200
    site.client.post(f"{address}/test", headers=token)
    assert site.pusher.endpoints == [OTHER_ENDPOINT]


def test_an_endpoint_of_another_subscription_is_not_taken(site: Site) -> None:
    site.follow(endpoint=OTHER_ENDPOINT)
    address, token = followed(site)
    body = {"endpoint": OTHER_ENDPOINT, "keys": KEYS}
    refused = site.client.put(f"{address}/endpoint", json=body, headers=token)
    assert (refused.status_code, (refused.json or {})["field"]) == (409, "endpoint")


def test_a_browser_says_which_key_of_ours_it_subscribed_with(site: Site) -> None:
    old = current_key(site.db).public_key
    site.clock.advance(timedelta(days=1))
    new = rotate(site.db, new_key_pair, site.clock()).public_key
    for number, key in enumerate((old, new)):
        address, token = followed(site, endpoint=OTHER_ENDPOINT + str(number), vapid_key=key)
        site.client.post(f"{address}/test", headers=token)
        assert (site.client.get(address, headers=token).json or {})["vapid_key"] == key
    assert [key.public_key for _, _, key in site.pusher.sent] == [old, new]
    assert site.follow(vapid_key="BA").status_code == 409


ROUTES = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("PUT", "/endpoint")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer nbm_" + "A" * 43,
        "Bearer two words",
        "Bearer " + "x" * 10_000,
        "Bearer \xe9",
        "Basic bmJtOm5ibQ==",
        "Token {token}",
        "{token}",
    ],
)
def test_without_its_token_a_subscription_stays_closed(
    site: Site, method: str, path: str, authorization: str | None
) -> None:
    address, right = followed(site)
    before = site.rows()
    token = right["Authorization"].removeprefix("Bearer ")
    headers = {} if authorization is None else {"Authorization": authorization.format(token=token)}
    refused = site.client.open(address + path, method=method, headers=headers, json=_body(path))
    assert (refused.status_code, (refused.json or {})["code"]) == (401, "unauthorized")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert site.rows() == before
    assert site.pusher.sent == []
    assert topics_of(site.client.get(address, headers=right)) == ["Russia"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_token_opens_only_its_own_subscription(site: Site, method: str, path: str) -> None:
    address, right = followed(site)
    _, others = followed(site, "Chess", endpoint=OTHER_ENDPOINT)
    before = site.rows()
    for closed in (address, "/api/v1/subscriptions/999"):
        refused = site.client.open(closed + path, method=method, headers=others, json=_body(path))
        assert (refused.status_code, (refused.json or {})["code"]) == (404, "not_found")
    assert site.rows() == before
    assert site.pusher.sent == []
    assert topics_of(site.client.get(address, headers=right)) == ["Russia"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_its_own_token_opens_it(site: Site, method: str, path: str) -> None:
    address, right = followed(site)
    opened = site.client.open(address + path, method=method, headers=right, json=_body(path))
    assert opened.status_code in (200, 204)


def test_the_word_bearer_may_be_written_in_any_case(site: Site) -> None:
    address, right = followed(site)
    for word in ("bearer", "BEARER"):
        headers = {"Authorization": right["Authorization"].replace("Bearer", word)}
        assert site.client.get(address, headers=headers).status_code == 200


def test_an_api_token_opens_no_subscription_and_a_manage_token_saves_nothing(site: Site) -> None:
    address, right = followed(site)
    assert site.client.get(address, headers=site.editor).status_code == 401
    assert site.client.post("/api/v1/articles", json={}, headers=right).status_code == 401


def _body(path: str) -> dict[str, Any]:
    bodies: dict[str, dict[str, Any]] = {
        "": {"topics": ["Chess"]},
        "/test": {},
        "/endpoint": {"endpoint": ENDPOINT + "2", "keys": KEYS},
    }
    return bodies[path]
