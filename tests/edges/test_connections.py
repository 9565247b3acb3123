"""Connections that bring nothing any more are given up, so that the service is reached over others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushOrder
from newsbell.edges.push import PushSender
from newsbell.edges.push_curl import CurlTransport
from newsbell.edges.push_engine import Engine, Request
from tests.edges.browser import Browser
from tests.edges.conftest import Serve
from tests.edges.http2 import http2_before
from tests.edges.local import Exchange
from tests.edges.pushing import KEY, MESSAGE, answering


class Line:
    """Leads to a service. Its first connection takes everything and brings nothing once it is `cut`."""

    def __init__(self, listening: socket.socket, to: int) -> None:
        self.port = listening.getsockname()[1]
        self.cut = Event()
        self.connections = 0
        self._listening, self._to = listening, to
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self.connections += 1
                cut = self.cut if self.connections == 1 else Event()
                for ends in ((near, far), (far, near)):
                    Thread(target=self._carry, args=(*ends, cut), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket, cut: Event) -> None:
        with here, suppress(OSError):
            while data := here.recv(65_536):
                if not cut.is_set():
                    there.sendall(data)
            there.shutdown(socket.SHUT_WR)


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Line(listening, port)
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for a connection


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="it is Linux that tells of silence")
def test_a_connection_that_fell_silent_is_left_for_another(serve: Serve, tmp_path: Path) -> None:
    """libcurl keeps one on which a request's time is over, and would send whatever follows there too."""
    with (
        http2_before(serve(answering(201)), tmp_path) as service,
        line_to(int(service.host.rpartition(":")[2])) as line,
    ):
        host = f"localhost:{line.port}"
        settings = Settings(private_hosts=frozenset({host}), vapid_subject="mailto:operator@bell.example")
        transport = CurlTransport(settings, ca_bundle=str(service.certificate))
        sender, target = (
            PushSender(settings, timeout=3, transport=transport),
            Browser().target(f"https://{host}"),
        )

        def outcomes() -> set[Outcome]:
            orders = [PushOrder(target, MESSAGE, KEY)] * 5
            return {result.outcome for _, result in sender.send_many(orders, at_once=5)}

        assert outcomes() == {Outcome.SENT}
        line.cut.set()
        assert outcomes() == {Outcome.LATER}
        assert any(outcomes() == {Outcome.SENT} for _ in range(3))
        assert line.connections == 2


@pytest.mark.slow
def test_a_connection_that_answers_others_is_kept(serve: Serve, tmp_path: Path) -> None:
    def answer(exchange: Exchange) -> None:
        if exchange.path == "/slow":
            exchange.closing.wait(20)
        exchange.answer(201)

    with http2_before(serve(answer), tmp_path) as service:
        settings = Settings(
            private_hosts=frozenset({service.host}), vapid_subject="mailto:operator@bell.example"
        )
        transport = CurlTransport(settings, ca_bundle=str(service.certificate))
        sender, browser = PushSender(settings, timeout=3, transport=transport), Browser()
        slow = PushOrder(browser.target(f"https://{service.host}/slow"), MESSAGE, KEY)
        quick = PushOrder(browser.target(f"https://{service.host}/quick"), MESSAGE, KEY)
        over = Event()

        def orders() -> Iterator[PushOrder]:
            yield slow
            while not over.wait(0.05):
                yield quick

        results = []
        for order, result in sender.send_many(orders(), at_once=2):
            results.append((order is slow, result.outcome))
            if order is slow:
                over.set()
        assert set(results) == {(True, Outcome.LATER), (False, Outcome.SENT)}
        assert sender.send(quick.target, MESSAGE, KEY).outcome is Outcome.SENT
        answered = [connection for connection, _, status in service.requests() if status == "201"]
        assert len(set(answered)) == 1


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such option")
def test_the_system_gives_up_a_connection_whose_other_end_is_gone(serve: Serve) -> None:
    opened: list[socket.socket] = []

    class WatchedRequest(Request):
        def _socket(self, *place: Any) -> socket.socket:
            made = super()._socket(*place)
            opened.append(made.dup())
            return made

    class WatchedEngine(Engine):
        request = WatchedRequest

    server = serve(answering(201))
    settings = Settings(private_hosts=frozenset({server.host}), vapid_subject="mailto:operator@bell.example")
    sender = PushSender(settings, transport=CurlTransport(settings, engine=WatchedEngine))
    assert sender.send(Browser().target(server.url), MESSAGE, KEY).outcome is Outcome.SENT
    with opened.pop() as connection:
        assert 0 < connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 20_000
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert not opened
