"""A push service on a local port, which can hold one request back until it is told to go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PushService(ThreadingHTTPServer):
    """Answers 201 to each POST and notes its path; request number `hold` waits for `go_on`."""

    daemon_threads = True

    def __init__(self, hold: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hold = hold
        self.received: list[str] = []
        self.held = threading.Event()
        self.go_on = threading.Event()
        self._lock = threading.Lock()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def receive(self, path: str) -> None:
        with self._lock:
            self.received.append(path)
            number = len(self.received)
        if number == self.hold:
            self.held.set()
            self.go_on.wait(60)

    def handle_error(self, request: object, client_address: object) -> None:
        """The killed worker does not wait for its answers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PushService

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.receive(self.path)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """The test reads what was received, not a log."""


@contextmanager
def push_service(hold: int) -> Iterator[PushService]:
    service = PushService(hold)
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        service.go_on.set()
        service.shutdown()
        service.server_close()
        thread.join()
