from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushMessage, PushOrder, PushResult
from newsbell.domain.subscription import PushTarget
from newsbell.edges import push_encryption
from newsbell.edges.push import PushSender
from newsbell.edges.push_curl import CurlTransport
from newsbell.edges.push_transport import Answer, Post, Reply
from newsbell.errors import RefusedError
from tests.edges.browser import NOW, Browser, decoded, encoded, new_vapid_key, vapid_claims
from tests.edges.conftest import Serve
from tests.edges.curl import leading_to
from tests.edges.local import PUBLIC
from tests.edges.pushing import GOOGLE, KEY, MESSAGE, answering, send, sender_to
from tests.edges.tls import certificate_for, tls_server


def test_the_browser_reads_what_was_sent(serve: Serve) -> None:
    server, browser = serve(answering(201)), Browser()
    result = sender_to(server).send(browser.target(server.url + "/push/1?a=b"), MESSAGE, KEY)
    assert result == PushResult(outcome=Outcome.SENT, status=201)
    assert server.received[0].path == "/push/1?a=b"
    assert browser.decrypt(server.received[0].body) == MESSAGE.payload


def test_the_service_is_told_all_it_needs(serve: Serve) -> None:
    server = serve(answering(201))
    send(server)
    headers = server.received[0].headers
    expected = {"TTL": "3600", "Urgency": "high", "Topic": "story-1", "Content-Encoding": "aes128gcm"}
    assert expected.items() <= headers.items()
    assert vapid_claims(headers["Authorization"], KEY)["aud"] == server.url
    assert not {"Cookie", "Referer", "Crypto-Key", "Encryption"} & set(headers)


def test_no_two_messages_share_a_key_or_a_salt(serve: Serve) -> None:
    server, browser = serve(answering(201)), Browser()
    sender, target = sender_to(server), browser.target(server.url)
    for _ in range(3):
        sender.send(target, MESSAGE, KEY)
    bodies = [received.body for received in server.received]
    assert len({body[:16] for body in bodies}) == 3
    assert len({body[21:86] for body in bodies}) == 3


def test_another_browser_cannot_read_it(serve: Serve) -> None:
    server = serve(answering(201))
    send(server)
    with pytest.raises(Exception, match="Decryption error"):
        Browser().decrypt(server.received[0].body)


def test_the_example_of_the_standard_is_reproduced(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 8291 section 5, with its keys and its salt in place of fresh ones."""
    sending = _private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    browser = Browser(
        _private("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), decoded("BTBZMqHH6r4Tts7J_aSIgg")
    )
    server = serve(answering(201))
    sender, target = sender_to(server), browser.target(server.url)
    message = PushMessage(payload=b"When I grow up, I want to be a watermelon", ttl=10, topic="rfc")
    monkeypatch.setattr(ec, "generate_private_key", lambda *_: sending)
    monkeypatch.setattr(push_encryption, "_salts", [])
    monkeypatch.setattr(os, "urandom", lambda _: decoded("DGv6ra1nlYgDCS1FRnbzlw"))
    sender.send(target, message, KEY)
    assert target.p256dh == (
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    assert encoded(server.received[0].body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def _private(scalar: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(scalar), "big"), ec.SECP256R1())


def test_a_known_name_that_leads_to_a_private_address_is_asked_later(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is sent there; but a resolver that is wrong for a while costs no reader the story."""
    server = serve(answering(201))
    transport = CurlTransport(Settings(), engine=leading_to("127.0.0.1", server.port))
    sender = PushSender(Settings(), transport=transport, clock=lambda: NOW)
    for _ in range(2):
        result = sender.send(Browser().target(GOOGLE), MESSAGE, KEY)
        assert result == PushResult(outcome=Outcome.LATER, status=0, detail="private_address")
    assert server.received == []
    [line] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "service=fcm.googleapis.com" in line


def test_an_endpoint_that_names_a_private_address_itself_is_refused(serve: Serve) -> None:
    server = serve(answering(201))
    settings = Settings(push_hosts=frozenset({"127.0.0.1"}))
    transport = CurlTransport(settings, engine=leading_to("127.0.0.1", server.port))
    target = Browser().target("https://127.0.0.1/push")
    result = PushSender(settings, transport=transport).send(target, MESSAGE, KEY)
    assert result == PushResult(outcome=Outcome.REFUSED, status=0, detail="private_address")
    assert server.received == []


def test_a_known_name_that_leads_to_a_public_address_is_sent_to(tmp_path: Path) -> None:
    certificate = certificate_for("fcm.googleapis.com", tmp_path)
    with tls_server(certificate, answering(201)) as server:
        transport = CurlTransport(
            Settings(), ca_bundle=str(certificate), engine=leading_to(PUBLIC, server.port)
        )
        result = PushSender(Settings(), transport=transport).send(Browser().target(GOOGLE), MESSAGE, KEY)
    assert result == PushResult(outcome=Outcome.SENT, status=201)


def test_a_certificate_of_nobody_known_is_not_trusted(tmp_path: Path) -> None:
    certificate = certificate_for("fcm.googleapis.com", tmp_path)
    with tls_server(certificate, answering(201)) as server:
        transport = CurlTransport(Settings(), engine=leading_to(PUBLIC, server.port))
        result = PushSender(Settings(), transport=transport).send(Browser().target(GOOGLE), MESSAGE, KEY)
    assert (result.outcome, result.status) == (Outcome.LATER, 0)
    assert server.received == []


@pytest.mark.parametrize("endpoint", ["https://push.example/abc", "http://127.0.0.1:9101/abc", "nothing"])
def test_a_stored_endpoint_that_is_no_longer_allowed_is_refused(endpoint: str) -> None:
    transport = Recording(Answer(201))
    result = PushSender(Settings(), transport=transport).send(Browser().target(endpoint), MESSAGE, KEY)
    assert (result.outcome, result.status) == (Outcome.REFUSED, 0)
    assert transport.posted == []


@pytest.mark.parametrize("p256dh", ["", "AAAA", encoded(b"\x04" + bytes(64))])
def test_stored_keys_that_are_none_are_refused(p256dh: str) -> None:
    transport = Recording(Answer(201))
    target = PushTarget(endpoint=GOOGLE, p256dh=p256dh, auth=encoded(bytes(16)))
    assert PushSender(Settings(), transport=transport).send(target, MESSAGE, KEY).outcome is Outcome.REFUSED
    assert transport.posted == []


class Recording:
    """A transport that keeps what is posted and gives one reply."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.posted: list[Post] = []

    def exchange(
        self, posts: Iterable[Post | None], *, at_once: int, timeout: float
    ) -> Generator[tuple[Post, Reply], None, None]:
        assert at_once > 0
        assert timeout > 0
        for post in filter(None, posts):
            if post.refusal is None:
                self.posted.append(post)
            yield post, post.refusal or self.reply


def test_a_transport_of_the_callers_own_carries_the_message() -> None:
    transport = Recording(Answer(429, b"later", timedelta(seconds=7)))
    result = PushSender(Settings(), transport=transport).send(Browser().target(GOOGLE), MESSAGE, KEY)
    assert transport.posted[0].url == GOOGLE
    assert result.retry_after == timedelta(seconds=7)


def test_what_a_transport_fails_with_is_asked_later() -> None:
    transport = Recording(OSError("no"))
    result = PushSender(Settings(), transport=transport).send(Browser().target(GOOGLE), MESSAGE, KEY)
    assert (result.outcome, result.status) == (Outcome.LATER, 0)


def test_what_a_transport_refuses_is_refused() -> None:
    transport = Recording(RefusedError("no"))
    result = PushSender(Settings(), transport=transport).send(Browser().target(GOOGLE), MESSAGE, KEY)
    assert result.outcome is Outcome.REFUSED


APPLE = "https://web.push.apple.com/abc"


def test_two_services_get_their_own_tokens() -> None:
    transport = Recording(Answer(201))
    sender = PushSender(Settings(), transport=transport, clock=lambda: NOW)
    orders = [PushOrder(Browser().target(to), MESSAGE, KEY) for to in (GOOGLE, APPLE, GOOGLE)]
    assert len(list(sender.send_many(orders, at_once=2))) == 3
    audiences = [
        vapid_claims(post.headers[0].removeprefix("Authorization: "), KEY)["aud"] for post in transport.posted
    ]
    assert audiences == [
        "https://fcm.googleapis.com",
        "https://web.push.apple.com",
        "https://fcm.googleapis.com",
    ]


def test_the_headers_of_a_service_are_written_once_for_a_message_and_a_key() -> None:
    transport = Recording(Answer(201))
    other = PushMessage(payload=b"{}", ttl=60, topic="story-2")
    orders = [
        PushOrder(Browser().target(GOOGLE), message, key)
        for message, key in ((MESSAGE, KEY), (MESSAGE, KEY), (MESSAGE, new_vapid_key(2)), (other, KEY))
    ]
    list(PushSender(Settings(), transport=transport).send_many(orders, at_once=2))
    first, second, third, fourth = (post.headers for post in transport.posted)
    assert first is second
    assert len({first[0], third[0]}) == 2
    assert "Topic: story-2" in fourth


@pytest.mark.parametrize("size", [0, 2_701])
def test_a_payload_of_the_wrong_size_is_our_mistake(size: int) -> None:
    message = PushMessage(payload=b"x" * size, ttl=60, topic="t")
    with pytest.raises(ValueError, match="payload"):
        PushSender(Settings(), transport=Recording(Answer(201))).send(Browser().target(GOOGLE), message, KEY)


def test_the_largest_payload_fits(serve: Serve) -> None:
    server, browser = serve(answering(201)), Browser()
    message = PushMessage(payload=b"x" * 2_700, ttl=60, topic="t")
    assert sender_to(server).send(browser.target(server.url), message, KEY).outcome is Outcome.SENT
    assert browser.decrypt(server.received[0].body) == message.payload
    assert len(server.received[0].body) <= 4_096
