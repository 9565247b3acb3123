from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from newsbell.domain.subscription import VapidKey
from newsbell.edges.vapid import VapidHeaders, new_key_pair
from tests.edges.browser import NOW, decoded, encoded, new_vapid_key, vapid_claims

GOOGLE = "https://fcm.googleapis.com/fcm/send/abc"
MOZILLA = "https://updates.push.services.mozilla.com/wpush/v2/abc"


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def headers_at(clock: Clock, subject: str = "mailto:operator@bell.example") -> VapidHeaders:
    return VapidHeaders(subject, clock=clock)


def test_a_new_pair_is_a_private_key_and_the_point_that_belongs_to_it() -> None:
    private, public = new_key_pair()
    key = load_pem_private_key(private.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert encoded(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)) == public
    assert len(decoded(public)) == 65


def test_no_two_pairs_are_the_same() -> None:
    assert len({new_key_pair() for _ in range(5)}) == 5


def test_the_header_holds_the_origin_an_expiry_and_whom_to_write_to() -> None:
    key = new_vapid_key()
    claims = vapid_claims(headers_at(Clock()).header(GOOGLE, key), key)
    assert claims == {
        "aud": "https://fcm.googleapis.com",
        "exp": int((NOW + timedelta(hours=12)).timestamp()),
        "sub": "mailto:operator@bell.example",
    }


def test_the_expiry_does_not_depend_on_the_zone_of_the_clock() -> None:
    key = new_vapid_key()
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    claims = vapid_claims(headers_at(Clock(elsewhere)).header(GOOGLE, key), key)
    assert claims["exp"] == int((NOW + timedelta(hours=12)).timestamp())


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com:443/fcm/send/abc", "https://fcm.googleapis.com"),
        ("https://FCM.googleapis.com/fcm/send/abc", "https://fcm.googleapis.com"),
        ("http://127.0.0.1:9101/push/1?a=b", "http://127.0.0.1:9101"),
        ("http://[::1]:9101/push", "http://[::1]:9101"),
        ("http://localhost:80/push", "http://localhost"),
    ],
)
def test_the_audience_is_the_origin_of_the_endpoint(endpoint: str, origin: str) -> None:
    key = new_vapid_key()
    assert vapid_claims(headers_at(Clock()).header(endpoint, key), key)["aud"] == origin


def test_two_services_never_see_each_other_as_audience() -> None:
    key, headers = new_vapid_key(), headers_at(Clock())
    for endpoint, audience in [
        (GOOGLE, "https://fcm.googleapis.com"),
        (MOZILLA, "https://updates.push.services.mozilla.com"),
        (GOOGLE, "https://fcm.googleapis.com"),
    ]:
        assert vapid_claims(headers.header(endpoint, key), key)["aud"] == audience


def test_two_keys_sign_for_themselves() -> None:
    old, new, headers = new_vapid_key(1), new_vapid_key(2), headers_at(Clock())
    assert vapid_claims(headers.header(GOOGLE, old), old)
    assert vapid_claims(headers.header(GOOGLE, new), new)


@pytest.mark.parametrize("hours", [0, 1, 5.9])
def test_a_header_is_used_again_for_some_hours(hours: float) -> None:
    key, clock = new_vapid_key(), Clock()
    headers = headers_at(clock)
    first = headers.header(GOOGLE, key)
    clock.now += timedelta(hours=hours)
    assert headers.header(GOOGLE + "/another", key) == first


@pytest.mark.parametrize("hours", [6, 30, -1])
def test_a_header_is_made_anew_when_it_is_old_or_from_the_future(hours: float) -> None:
    key, clock = new_vapid_key(), Clock()
    headers = headers_at(clock)
    headers.header(GOOGLE, key)
    clock.now += timedelta(hours=hours)
    expiry = vapid_claims(headers.header(GOOGLE, key), key)["exp"]
    assert expiry == int((clock.now + timedelta(hours=12)).timestamp())


def test_a_subject_that_is_neither_mail_nor_https_is_left_out() -> None:
    key = new_vapid_key()
    assert "sub" not in vapid_claims(headers_at(Clock(), "http://127.0.0.1:8080").header(GOOGLE, key), key)


def test_a_subject_on_a_port_of_its_own_is_kept() -> None:
    key, subject = new_vapid_key(), "https://bell.example:8443"
    assert vapid_claims(headers_at(Clock(), subject).header(GOOGLE, key), key)["sub"] == subject


def test_a_thousand_origins_are_not_a_thousand_and_one_headers_kept() -> None:
    key, headers = new_vapid_key(), headers_at(Clock())
    for number in range(1_001):
        headers.header(f"https://{number}.notify.windows.com/", key)
    assert len(headers._made) <= 1_000


def test_threads_share_one_maker() -> None:
    key, headers = new_vapid_key(), headers_at(Clock())
    endpoints = [GOOGLE, MOZILLA] * 20
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda endpoint: headers.header(endpoint, key), endpoints))
    for endpoint, header in zip(endpoints, made, strict=True):
        assert endpoint.startswith(vapid_claims(header, key)["aud"])


def test_a_key_of_another_kind_is_our_mistake() -> None:
    body = "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    ed25519 = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    key = VapidKey(id=1, private_key=ed25519, public_key="", created_at=NOW)
    with pytest.raises(TypeError):
        headers_at(Clock()).header(GOOGLE, key)
