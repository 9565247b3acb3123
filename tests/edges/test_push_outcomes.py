from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushResult
from newsbell.edges.push import PushSender
from tests.edges.browser import NOW, Browser
from tests.edges.conftest import Serve
from tests.edges.local import Exchange, Handle
from tests.edges.pushing import KEY, MESSAGE, answering, send


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


@pytest.mark.parametrize("status", [102, 103])
@pytest.mark.parametrize("cut", [True, False])
def test_a_status_before_the_answer_is_no_answer(status: int, cut: bool, serve: Serve) -> None:
    def handle(exchange: Exchange) -> None:
        exchange.wfile.write(f"HTTP/1.1 {status} Wait\r\n\r\n".encode())
        exchange.wfile.flush()
        exchange.close_connection = True
        if not cut:
            exchange.answer(201)

    result = send(serve(handle))
    assert (result.outcome, result.status) == ((Outcome.LATER, 0) if cut else (Outcome.SENT, 201))


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
