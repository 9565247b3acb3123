"""A push service that answers in every way there is, each to a known share of the readers, and keeps a log.

The first part of an endpoint's path says what becomes of it: `/late/7` is answered with 429 once and taken
then. What it accepted, and from which worker, stands in the log.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SHARES = {
    "taken": 60,
    "late": 8,  # 429 with Retry-After, then taken
    "broken": 8,  # 500, then taken
    "silent": 2,  # no answer within the sender's time, then taken
    "reset": 4,  # the connection is reset, then taken
    "unknown": 5,  # 404
    "gone": 5,  # 410
    "large": 4,  # 413
    "strange": 4,  # 401
}
"""Of a hundred readers, how many are answered how."""
REACHED = ("taken", "late", "broken", "silent", "reset")
REMOVED = ("unknown", "gone")
SILENCE = 3.0
"""Seconds without an answer; the senders wait for less."""
FINAL = {"unknown": 404, "gone": 410, "large": 413, "strange": 401}
_AT_FIRST = {"late": 429, "broken": 500}


def paths(number: int) -> list[str]:
    """The paths of so many readers, the kinds spread evenly among them."""
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    # 37 has no divisor in common with 100: every hundred has each kind in its share, mixed.
    return [f"/{kinds[place * 37 % len(kinds)]}/{place}" for place in range(number)]


def kind_of(path: str) -> str:
    return path.split("/")[1]


@dataclass(frozen=True)
class Push:
    """One request: for whom, of which story, from which worker, and the status it got (0: none)."""

    path: str
    story: str
    worker: str
    status: int


class PushRecord:
    """What a push service of the chaos tests shows: its log, and a request that it may hold until `go_on`."""

    ca_bundle = ""
    """Whose certificates it has, where it speaks TLS."""

    def __init__(self) -> None:
        self.held = threading.Event()
        self.go_on = threading.Event()
        self.holder = ""

    @property
    def hosts(self) -> str:
        """As NEWSBELL_PRIVATE_HOSTS wants them."""
        raise NotImplementedError

    def address(self, path: str) -> str:
        """The endpoint with this path."""
        raise NotImplementedError

    @property
    def log(self) -> list[Push]:
        """Every request, in order."""
        raise NotImplementedError

    def hold_after(self, more: int) -> None:
        """Hold the request that comes after so many more, and set `held` and `holder` then."""
        raise NotImplementedError


class Sink(PushRecord, ThreadingHTTPServer):
    """A push service in Python, for some hundreds of readers: a thread for each request."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str) -> None:
        PushRecord.__init__(self)
        ThreadingHTTPServer.__init__(self, (host, 0), _Handler)
        self._host = host
        self.silence = SILENCE
        self._hold_at = 0
        self._log: list[Push] = []
        self._seen: Counter[tuple[str, str]] = Counter()
        self._requests = 0
        self._lock = threading.Lock()

    @property
    def hosts(self) -> str:
        return f"{self._host}:{self.server_port}"

    def address(self, path: str) -> str:
        return f"http://{self.hosts}{path}"

    @property
    def log(self) -> list[Push]:
        with self._lock:
            return list(self._log)

    def hold_after(self, more: int) -> None:
        with self._lock:
            self.held.clear()
            self.go_on.clear()
            self._hold_at = self._requests + more + 1

    def came(self, worker: str) -> bool:
        """Count a request; whether it is the one to hold."""
        with self._lock:
            self._requests += 1
            if self._requests != self._hold_at:
                return False
            self.holder = worker
        self.held.set()
        return True

    def times(self, path: str, story: str) -> int:
        """How often this message came, this time included."""
        with self._lock:
            self._seen[path, story] += 1
            return self._seen[path, story]

    def note(self, push: Push) -> None:
        with self._lock:
            self._log.append(push)

    def handle_error(self, request: object, client_address: object) -> None:
        """Killed workers do not wait for their answers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Sink

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        worker, story = sender(self.headers["Authorization"]), self.headers["Topic"]
        if self.server.came(worker):
            self.server.go_on.wait(60)
        times = self.server.times(self.path, story)
        status = self._status(kind_of(self.path), first=times == 1)
        # Noted before it is said: a worker that was told is a worker that was noted.
        self.server.note(Push(self.path, story, worker, status))
        if status:
            self._answer(status)
        else:
            self._say_nothing()

    def _status(self, kind: str, *, first: bool) -> int:
        return first_status(kind) if first else FINAL.get(kind, 201)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say_nothing(self) -> None:
        if kind_of(self.path) == "silent":
            time.sleep(self.server.silence)
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        with suppress(OSError):
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """The tests read what was noted, not a log."""


def first_status(kind: str) -> int:
    """What the first try of a message is answered; 0: nothing."""
    if kind in ("silent", "reset"):
        return 0
    return _AT_FIRST.get(kind) or FINAL.get(kind, 201)


@lru_cache(maxsize=1_000)
def sender(authorization: str) -> str:
    """The worker, by the subject of its VAPID token (RFC 8292 section 2.1)."""
    token = authorization.partition("t=")[2].partition(",")[0]
    claims = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


@contextmanager
def sink(host: str = "127.0.0.1") -> Iterator[Sink]:
    """It listens at that address."""
    service = Sink(host)
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        service.go_on.set()
        service.shutdown()
        service.server_close()
        thread.join()
