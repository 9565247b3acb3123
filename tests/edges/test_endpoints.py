from __future__ import annotations

import base64

import pytest

from newsbell.config import Settings
from newsbell.domain.subscription import PushTarget
from newsbell.edges.push import PushEndpointRules, check_endpoint, check_keys
from newsbell.edges.vapid import new_key_pair
from newsbell.errors import MalformedError, NewsbellError, RefusedError

TAKEN = [
    "https://fcm.googleapis.com/fcm/send/abc:APA91b-_",
    "https://fcm.googleapis.com/wp/abc",
    "https://fcm.googleapis.com:443/fcm/send/abc",
    "https://FCM.GoogleAPIs.com/fcm/send/abc",
    "https://android.googleapis.com/gcm/send/abc",
    "https://jmt17.google.com/fcm/send/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://updates-autopush.stage.push.services.mozilla.com/wpush/v1/gAAAA",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB%2f%2b",
    "https://web.push.apple.com/QGuQy",
    "https://api.push.apple.com/3/device/abc",
]

UNKNOWN = [
    "https://push.example/abc",
    "https://169.254.169.254/x.google.com",
    "https://127.0.0.1/",
    "https://127.1:443/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://0.0.0.0/",
    "https://localhost/",
    "https://fcm.googleapis.com.evil.example/fcm/send/abc",
    "https://evilfcm.googleapis.com/abc",
    "https://evil-fcm.googleapis.com/abc",
    "https://made-up.fcm.googleapis.com/abc",
    "https://made-up.android.googleapis.com/abc",
    "https://made-up.jmt17.google.com/abc",
    "https://evilpush.apple.com/abc",
    "https://notify.windows.com.example/abc",
    "https://evil.example/fcm.googleapis.com",
    "https://evil.example?fcm.googleapis.com",
    "https://google.com/fcm/send/abc",
    "https://www.google.com/url?q=http://127.0.0.1",
    "https://googleapis.com/abc",
    "https://storage.googleapis.com/abc",
    "https://fcm.googleapis.com./abc",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://fcm.googleapis.com:80/fcm/send/abc",
    "http://fcm.googleapis.com/fcm/send/abc",
    "http://fcm.googleapis.com:443/fcm/send/abc",
    "http://127.0.0.1:9101/push",
]

MALFORMED = [
    "",
    "fcm.googleapis.com/abc",
    "//fcm.googleapis.com/abc",
    "ftp://fcm.googleapis.com/abc",
    "javascript:alert(1)",
    "https://",
    "https:///abc",
    "https://[::1/abc",
    "https://fcm.googleapis.com:port/abc",
    "https://fcm.googleapis.com:99999/abc",
    "https://user@fcm.googleapis.com/abc",
    "https://user:password@fcm.googleapis.com/abc",
    "https://fcm.googleapis.com@push.example/abc",
    "https://push.example\\@fcm.googleapis.com/abc",
    "https://push.example\\.fcm.googleapis.com/abc",
    "https://fcm.googleapis.com/abc#fragment",
    "https://fcm.googleapis.com/abc#",
    "https://fcm.googleapis.com/a b",
    "https://fcm.googleapis.com/abc\r\nX-Header: 1",
    "https://fcm.googleapis.com/abc\n",
    " https://fcm.googleapis.com/abc",
    "https://fcm.googleapis.com/\0",
    "https://fcm。googleapis。com/abc",
    "https://fcm.googleapis.com/ü",
    "https://fcm.googleapis.com/\udce9",
    "https://fcm.googleapis.com/" + "a" * 2_048,
]


@pytest.mark.parametrize("endpoint", TAKEN)
def test_an_endpoint_of_a_known_push_service_is_taken(endpoint: str) -> None:
    check_endpoint(Settings(), endpoint)


@pytest.mark.parametrize("endpoint", UNKNOWN)
def test_an_endpoint_elsewhere_is_refused(endpoint: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_endpoint(Settings(), endpoint)
    assert (caught.value.code, caught.value.field) == ("unknown_push_service", "endpoint")


@pytest.mark.parametrize("endpoint", MALFORMED)
def test_an_endpoint_that_is_none_is_malformed(endpoint: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_endpoint(Settings(), endpoint)
    assert (caught.value.code, caught.value.field) == ("malformed", "endpoint")


def test_the_longest_endpoint_is_taken() -> None:
    check_endpoint(Settings(), "https://fcm.googleapis.com/".ljust(2_048, "a"))


@pytest.mark.parametrize("endpoint", ["https://push.example/abc", "https://eu.push.example/abc"])
def test_a_push_service_the_operator_named_is_taken_with_its_subdomains(endpoint: str) -> None:
    check_endpoint(Settings(push_hosts=frozenset({"push.example"})), endpoint)


@pytest.mark.parametrize(
    "endpoint", ["https://nopush.example/abc", "http://push.example/abc", "https://push.example:8443/abc"]
)
def test_naming_a_push_service_lifts_neither_https_nor_the_port(endpoint: str) -> None:
    with pytest.raises(RefusedError):
        check_endpoint(Settings(push_hosts=frozenset({"push.example"})), endpoint)


@pytest.mark.parametrize(
    ("named", "endpoint"),
    [
        ("127.0.0.1:9101", "http://127.0.0.1:9101/push"),
        ("127.0.0.1", "http://127.0.0.1:9101/push"),
        ("127.0.0.1", "https://127.0.0.1/"),
        ("127.1", "https://127.1:443/"),
        ("2130706433", "https://2130706433/"),
        ("[::1]", "https://[::1]/"),
        ("::1", "http://[::1]:9101/"),
        ("[::ffff:127.0.0.1]", "https://[::ffff:127.0.0.1]/"),
        ("0.0.0.0", "https://0.0.0.0/"),
        ("localhost", "https://localhost/"),
        ("169.254.169.254", "https://169.254.169.254/x.google.com"),
        ("push.example", "https://push.example/abc"),
        ("fcm.googleapis.com:8443", "https://fcm.googleapis.com:8443/fcm/send/abc"),
    ],
)
def test_what_the_operator_named_is_trusted(named: str, endpoint: str) -> None:
    check_endpoint(Settings(private_hosts=frozenset({named})), endpoint)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


POINT = base64.urlsafe_b64decode(new_key_pair()[1] + "=")
P256DH = b64(POINT)
AUTH = b64(bytes(range(16)))


@pytest.mark.parametrize("padding", ["", "="])
def test_keys_of_a_browser_are_taken_padded_or_not(padding: str) -> None:
    check_keys(P256DH + padding, AUTH + 2 * padding)


@pytest.mark.parametrize(
    "p256dh",
    [
        pytest.param("", id="empty"),
        pytest.param("!" * 87, id="no base64"),
        pytest.param(base64.b64encode(b"\xff" * 65).decode(), id="base64 of the other alphabet"),
        pytest.param("é" * 87, id="no ascii"),
        pytest.param(P256DH + "\n", id="a line break"),
        pytest.param(b64(POINT[:64]), id="too short"),
        pytest.param(b64(POINT + b"\0"), id="too long"),
        pytest.param("A" * 1_000_000, id="far too long"),
        pytest.param(b64(b"\x02" + POINT[1:33]), id="compressed"),
        pytest.param(b64(b"\x06" + POINT[1:]), id="hybrid"),
        pytest.param(b64(b"\x04" + bytes(64)), id="the origin"),
        pytest.param(b64(POINT[:64] + bytes([POINT[64] ^ 1])), id="off the curve"),
        pytest.param(b64(b"\x04" + b"\xff" * 64), id="over the field"),
        pytest.param(b64(b"\0"), id="infinity"),
    ],
)
def test_a_key_that_is_no_point_on_the_curve_is_refused(p256dh: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_keys(p256dh, AUTH)
    assert caught.value.field == "keys.p256dh"


@pytest.mark.parametrize(
    "auth", ["", "A", "====", b64(bytes(15)), b64(bytes(17)), "A" * 100_000, "é" * 22, "*" * 22]
)
def test_an_auth_secret_that_is_not_16_bytes_is_refused(auth: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_keys(P256DH, auth)
    assert caught.value.field == "keys.auth"


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth", "field"),
    [
        ("https://push.example/", P256DH, AUTH, "endpoint"),
        (TAKEN[0], AUTH, AUTH, "keys.p256dh"),
        (TAKEN[0], P256DH, P256DH, "keys.auth"),
    ],
    ids=["endpoint", "p256dh", "auth"],
)
def test_the_rules_name_the_part_at_fault(endpoint: str, p256dh: str, auth: str, field: str) -> None:
    with pytest.raises(NewsbellError) as caught:
        PushEndpointRules(Settings()).check(PushTarget(endpoint=endpoint, p256dh=p256dh, auth=auth))
    assert caught.value.field == field


def test_the_rules_take_what_a_browser_sends() -> None:
    PushEndpointRules(Settings()).check(PushTarget(endpoint=TAKEN[0], p256dh=P256DH, auth=AUTH))
