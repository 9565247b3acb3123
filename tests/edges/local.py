"""Servers of the tests' own on this machine, and an internet that ends there."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PUBLIC = "93.184.215.14"
"""A public address; with `route`, connections to it end at a local server."""

Handle = Callable[["Exchange"], None]


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Exchange(BaseHTTPRequestHandler):
    """One request as a test's handler sees it."""

    protocol_version = "HTTP/1.1"
    received: Received
    closing: threading.Event  # set when the server ends: whatever hangs ends with it

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, first: bytes = b"", *, piece: bytes = b"x") -> None:
        """Send a little, again and again, reaching no end and never pausing for long.

        Some seconds of it are more than every client here has patience for.
        """
        self.close_connection = True
        with suppress(OSError):
            self.wfile.write(first)
            for _ in range(250):
                if self.closing.wait(0.02):
                    break
                self.wfile.write(piece)

    def reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    address_family = socket.AF_INET

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up are what several tests are about


class _Dual(_Quiet):
    address_family = socket.AF_INET6


@dataclass
class LocalServer:
    """Listens on all of this machine's loopback addresses; `received` is what came, in order."""

    handle: Handle
    received: list[Received] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self._server = self._listen()
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if self.tls else 'http'}://{self.host}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _listen(self) -> ThreadingHTTPServer:
        if socket.has_ipv6:
            try:
                return _Dual(("::", 0), self._handler())
            except OSError:
                pass
        return _Quiet(("127.0.0.1", 0), self._handler())

    def _handler(self) -> type[Exchange]:
        server = self

        class Handler(Exchange):
            closing = self._closing

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.received = Received(self.command, self.path, dict(self.headers), body)
                server.received.append(self.received)
                server.handle(self)

            do_GET = do_POST = do_HEAD = _any  # noqa: N815

        return Handler

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


def resolve_to(*addresses: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that answers every name with these addresses."""

    def resolve(host: str, port: int, *rest: Any) -> list[tuple[Any, ...]]:
        return [answer for address in addresses for answer in socket.getaddrinfo(address, port, *rest)]

    return resolve


def on_port(port: int) -> Callable[..., list[tuple[Any, ...]]]:
    """The real resolver, with every answer on one port: what stands at port 80 is the test's server.

    A trailing dot is taken off: most systems resolve "localhost.", and some ask a name server for it.
    """

    def resolve(host: str, _port: int, *rest: Any) -> list[tuple[Any, ...]]:
        return socket.getaddrinfo(host.rstrip("."), port, *rest)

    return resolve


def page(text: bytes = b"<p>A page.</p>", content_type: str = "text/html; charset=utf-8") -> Handle:
    return lambda exchange: exchange.answer(200, text, Content_Type=content_type)
