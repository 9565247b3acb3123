from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
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
from tests.edges.local import PUBLIC, Exchange, Handle, LocalServer
from tests.edges.tls import certificate_for, tls_server

MESSAGE = PushMessage(payload=b'{"web_push": 8030}', ttl=3600, topic="story-1", urgency="high")
KEY = new_vapid_key()
GOOGLE = "https://fcm.googleapis.com/fcm/send/abc"


def answering(status: int, body: bytes = b"", **headers: str) -> Handle:
    return lambda exchange: exchange.answer(status, body, **headers)


def sender_to(server: LocalServer, *, timeout: float = 10) -> PushSender:
    settings = Settings(private_hosts=frozenset({server.host}), vapid_subject="mailto:operator@bell.example")
    return PushSender(settings, timeout=timeout, clock=lambda: NOW)


def send(server: LocalServer, *, message: PushMessage = MESSAGE, timeout: float = 10) -> PushResult:
    return sender_to(server, timeout=timeout).send(Browser().target(server.url + "/push/1"), message, KEY)


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


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT), (201, Outcome.SENT), (202, Outcome.SENT), (204, Outcome.SENT),
        (301, Outcome.REFUSED), (302, Outcome.REFUSED), (304, Outcome.REFUSED), (307, Outcome.REFUSED),
        (400, Outcome.MESSAGE_REFUSED), (413, Outcome.MESSAGE_REFUSED),
        (401, Outcome.KEY_REFUSED), (403, Outcome.KEY_REFUSED),
        (404, Outcome.GONE), (410, Outcome.GONE),
        (429, Outcome.LATER), (500, Outcome.LATER), (503, Outcome.LATER),
        (405, Outcome.REFUSED), (418, Outcome.REFUSED),
    ],
)  # fmt: skip
def test_a_status_is_an_outcome(status: int, outcome: Outcome, serve: Serve) -> None:
    server = serve(answering(status))
    result = send(server)
    assert (result.outcome, result.status) == (outcome, status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int, serve: Serve) -> None:
    elsewhere = serve(answering(201))
    server = serve(answering(status, Location=elsewhere.url + "/push"))
    sender = PushSender(Settings(private_hosts=frozenset({server.host, elsewhere.host})), clock=lambda: NOW)
    result = sender.send(Browser().target(server.url), MESSAGE, KEY)
    assert (result.outcome, result.status) == (Outcome.REFUSED, status)
    assert elsewhere.received == []


@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_wait_is_told(status: int, serve: Serve) -> None:
    server = serve(answering(status, b"slow down", Retry_After="120"))
    assert send(server) == PushResult(
        outcome=Outcome.LATER, status=status, detail="slow down", retry_after=timedelta(minutes=2)
    )


def test_a_wait_asked_for_by_what_is_final_is_none(serve: Serve) -> None:
    assert send(serve(answering(410, Retry_After="120"))).retry_after is None


@pytest.mark.parametrize(
    ("value", "seconds"), [("0", None), ("1", 1), ("120", 120), ("21600", 21_600), ("999999999", 21_600)]
)
def test_retry_after_is_seconds_and_at_most_six_hours(value: str, seconds: int | None, serve: Serve) -> None:
    wait = send(serve(answering(429, Retry_After=value))).retry_after
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_retry_after_may_be_a_date(serve: Serve) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)
    wait = send(serve(answering(429, Retry_After=date))).retry_after
    assert wait is not None
    assert timedelta(minutes=20) < wait <= timedelta(minutes=30)


@pytest.mark.parametrize("value", ["", "soon", "-1", "\u0663", "Sun, 99 Mar 2026 12:00:00 GMT"])
def test_a_retry_after_that_cannot_be_read_is_none(value: str, serve: Serve) -> None:
    server = serve(lambda exchange: exchange.answer(429, Retry_After=value.encode().decode("latin-1")))
    assert send(server).retry_after is None


def test_what_a_service_says_is_kept_as_one_short_line(serve: Serve) -> None:
    server = serve(answering(400, b"Bad\r\n\x1b[31m\xff request " + b"x" * 100_000))
    detail = send(server).detail
    assert detail.startswith("Bad [31m\ufffd request xxx")
    assert len(detail) <= 200
    assert detail.isprintable()


@pytest.mark.parametrize(
    "handle",
    [
        pytest.param(lambda exchange: exchange.closing.wait(5), id="hangs"),
        pytest.param(lambda exchange: exchange.drip(), id="drips"),
    ],
)
def test_a_service_that_does_not_answer_in_time_is_asked_later(handle: Handle, serve: Serve) -> None:
    server = serve(handle)
    result = send(server, timeout=0.3)
    assert (result.outcome, result.status) == (Outcome.LATER, 0)
    assert len(server.received) == 1


@pytest.mark.parametrize(("status", "outcome"), [(201, Outcome.SENT), (410, Outcome.GONE)])
@pytest.mark.parametrize("rest", [b"Content-Length: 900\r\n\r\n", b"X: "], ids=["words", "headers"])
def test_a_status_counts_whatever_becomes_of_what_comes_after_it(
    status: int, outcome: Outcome, rest: bytes, serve: Serve
) -> None:
    head = b"HTTP/1.1 %d Said\r\n" % status + rest
    result = send(serve(lambda exchange: exchange.drip(head)), timeout=0.3)
    assert (result.outcome, result.status) == (outcome, status)


@pytest.mark.parametrize(
    "handle",
    [
        pytest.param(lambda exchange: exchange.reset(), id="resets"),
        pytest.param(lambda exchange: setattr(exchange, "close_connection", True), id="says nothing"),
        pytest.param(
            lambda exchange: exchange.wfile.write(b"not http\r\n\r\n"), id="speaks another protocol"
        ),
    ],
)
def test_a_service_that_breaks_off_is_asked_later(handle: Handle, serve: Serve) -> None:
    def ended(exchange: Exchange) -> None:
        exchange.close_connection = True
        handle(exchange)

    result = send(serve(ended))
    assert (result.outcome, result.status) == (Outcome.LATER, 0)


def test_a_service_that_is_away_is_asked_later(serve: Serve) -> None:
    server = serve(answering(201))
    server.close()
    result = send(server)
    assert (result.outcome, result.status) == (Outcome.LATER, 0)


def test_the_words_of_a_failure_do_not_hold_the_endpoint(serve: Serve) -> None:
    server = serve(lambda exchange: exchange.reset())
    assert "push/1" not in send(server).detail


def test_a_known_name_that_leads_to_a_private_address_is_refused(serve: Serve) -> None:
    server = serve(answering(201))
    transport = CurlTransport(Settings(), engine=leading_to("127.0.0.1", server.port))
    result = PushSender(Settings(), transport=transport).send(Browser().target(GOOGLE), MESSAGE, KEY)
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
    transport = Recording(RefusedError("no", code="private_address"))
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


def test_messages_under_way_at_once_reach_each_its_own_browser(serve: Serve) -> None:
    server = serve(answering(201))
    browsers = {f"/push/{number}": Browser(auth=b"auth of %8d" % number) for number in range(60)}
    orders = [PushOrder(who.target(server.url + path), MESSAGE, KEY) for path, who in browsers.items()]
    results = list(sender_to(server).send_many(orders, at_once=8))
    assert {result.outcome for _, result in results} == {Outcome.SENT}
    assert sorted(id(order) for order, _ in results) == sorted(map(id, orders))
    assert sorted(received.path for received in server.received) == sorted(browsers)
    for received in server.received:
        assert browsers[received.path].decrypt(received.body) == MESSAGE.payload


def test_no_more_is_taken_than_can_be_under_way(serve: Serve) -> None:
    server = serve(answering(201))
    taken: list[int] = []

    def orders() -> Iterator[PushOrder]:
        for number in range(20):
            taken.append(number)
            yield PushOrder(Browser().target(server.url), MESSAGE, KEY)

    for answered, _ in enumerate(sender_to(server).send_many(orders(), at_once=3)):
        assert len(taken) - answered <= 2 * 3, "those under way, and those whose answers wait here"


def test_one_that_cannot_be_sent_does_not_stop_the_others(serve: Serve) -> None:
    server = serve(answering(201))
    targets = [Browser().target(server.url), PushTarget(endpoint="nothing", p256dh="", auth="")]
    orders = [PushOrder(target, MESSAGE, KEY) for target in (*targets, targets[0])]
    results = {id(order): result.outcome for order, result in sender_to(server).send_many(orders, at_once=2)}
    assert [results[id(order)] for order in orders] == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]


def test_an_exchange_that_is_left_does_not_disturb_the_next(serve: Serve) -> None:
    server = serve(answering(201))
    sender, target = sender_to(server), Browser().target(server.url)
    under_way = sender.send_many([PushOrder(target, MESSAGE, KEY)] * 10, at_once=4)
    next(under_way)
    under_way.close()
    assert sender.send(target, MESSAGE, KEY).outcome is Outcome.SENT


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


def test_threads_share_one_sender(serve: Serve) -> None:
    server, browser = serve(answering(201)), Browser()
    sender = sender_to(server)
    targets = [browser.target(f"{server.url}/push/{number}") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda target: sender.send(target, MESSAGE, KEY), targets))
    assert {result.outcome for result in results} == {Outcome.SENT}
    assert sorted(received.path for received in server.received) == sorted(f"/push/{n}" for n in range(40))
    assert all(browser.decrypt(received.body) == MESSAGE.payload for received in server.received)
