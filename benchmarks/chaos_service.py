"""The push service of `benchmarks chaos`: nginx answers, in known shares of every kind, and its access log is the
record of who was reached and how often. It is asked over TLS and HTTP/2, as the real ones are.

Only what changes between two tries (429, 500, silence, a reset, and 201 afterwards) goes on to a small service of
ours behind it, and there a request can be held.
"""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.jobs.chaos_sink import FINAL, SHARES, Push, PushRecord, first_status, kind_of, sender
from tests.jobs.servers import free_port
from tests.jobs.waiting import wait_until

from benchmarks.certificate import make_certificate
from benchmarks.sink import NO_NGINX, program

CHANGING = ("late", "broken", "silent", "reset")
_SHARE = sum(SHARES[kind] for kind in CHANGING) / sum(SHARES.values())

_CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 8192; }}
http {{
    log_format row "$status\t$uri\t$http_topic\t$http_authorization\t$request_length";
    access_log {folder}/access.log row;
    keepalive_requests 1000000000;
    keepalive_timeout 600;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    ssl_certificate {folder}/cert.pem;
    ssl_certificate_key {folder}/key.pem;
    upstream changing {{ server 127.0.0.1:{behind} max_fails=0; keepalive 256; }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Topic $http_topic;
    proxy_set_header Content-Length "";
    proxy_pass_request_body off;
    proxy_read_timeout 600;
    server {{
        listen 127.0.0.1:{port} ssl http2 backlog=4096;
        location / {{ return 201; }}
        {final}
        {changing}
    }}
    # A reset ends the connection, and on HTTP/2 everything else that is under way there: answers that were
    # given and never came would count as repeats. So these have a port, and HTTP/1.1, to themselves.
    server {{
        listen 127.0.0.1:{resets} ssl backlog=4096;
        location / {{ proxy_pass http://changing; error_page 502 = @reset; }}
        location @reset {{ return 444; }}
    }}
}}
"""


class Service(PushRecord):
    """The running service."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.port, self.resets = free_port(), free_port()
        self.ca_bundle = str(folder / "cert.pem")
        self.behind = _Behind(self)

    @property
    def hosts(self) -> str:
        return f"127.0.0.1:{self.port},127.0.0.1:{self.resets}"

    def address(self, path: str) -> str:
        port = self.resets if kind_of(path) == "reset" else self.port
        return f"https://127.0.0.1:{port}{path}"

    def hold_after(self, more: int) -> None:
        """Hold a request after about so many more: the next one then that nginx passes on."""
        self.held.clear()
        self.go_on.clear()
        self.behind.hold_at = self.behind.requests + int(more * _SHARE) + 1

    @property
    def log(self) -> list[Push]:
        lines = (self.folder / "access.log").read_text().splitlines()
        rows = (line.split("\t") for line in lines)
        return [Push(path, story, sender(token), int(status)) for status, path, story, token, _ in rows]

    def requests(self) -> int:
        """How many there were."""
        with (self.folder / "access.log").open("rb") as lines:
            return sum(piece.count(b"\n") for piece in iter(lambda: lines.read(1 << 20), b""))

    def sizes(self) -> list[int]:
        """How many bytes each request had: lines, headers and body, before TLS."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return [int(line.rpartition("\t")[2]) for line in lines]


class _Behind:
    """What answers one way first and another way later: its loop runs in a thread."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.requests = self.hold_at = 0
        self.seen: Counter[tuple[str, str]] = Counter()
        self.open: set[asyncio.Transport] = set()
        self.port = 0
        self._server: asyncio.Server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        listening = self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=4096)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]

    def end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for transport in set(self.open):
            transport.abort()
        await asyncio.sleep(0)  # closed sockets are let go in the loop's next turn


class _Connection(asyncio.Protocol):
    """One of nginx's: a request's head, then the next, with no bodies."""

    def __init__(self, behind: _Behind) -> None:
        self._behind = behind
        self._unread = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._behind.open.add(transport)

    def connection_lost(self, _reason: Exception | None) -> None:
        self._behind.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while b"\r\n\r\n" in self._unread:
            head, _, self._unread = self._unread.partition(b"\r\n\r\n")
            self._came(head.decode("latin-1").split("\r\n"))

    def _came(self, lines: list[str]) -> None:
        path = lines[0].split(" ")[1]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        behind, service = self._behind, self._behind.service
        behind.requests += 1
        message = (path, headers.get("topic", ""))
        behind.seen[message] += 1
        status = first_status(kind_of(path)) if behind.seen[message] == 1 else 201
        if behind.requests != behind.hold_at:
            self._answer(path, status)
            return
        service.holder = sender(headers["authorization"])
        service.held.set()
        loop = asyncio.get_running_loop()
        waiting = loop.run_in_executor(None, service.go_on.wait, 60)
        waiting.add_done_callback(lambda _: self._answer(path, status))

    def _answer(self, path: str, status: int) -> None:
        if status:
            wait = "Retry-After: 1\r\n" if status == 429 else ""
            self._transport.write(f"HTTP/1.1 {status} So\r\n{wait}Content-Length: 0\r\n\r\n".encode())
        elif kind_of(path) == "reset":
            self._transport.abort()
        # Else nothing is ever said, until the sender gives up.


@contextmanager
def service(folder: Path) -> Iterator[Service]:
    """Start it; raises FileNotFoundError with what to do where nginx is missing."""
    nginx = program()
    if nginx is None:
        raise FileNotFoundError(NO_NGINX)
    make_certificate(folder)
    running = Service(folder)
    running.behind.start()
    (folder / "nginx.conf").write_text(_config(running))
    process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"])
    try:
        wait_until((folder / "nginx.pid").exists, what="the start of nginx")
        yield running
    finally:
        running.go_on.set()
        process.terminate()
        process.wait()
        running.behind.end()


def _config(running: Service) -> str:
    final = "".join(f"location /{kind}/ {{ return {status}; }}\n" for kind, status in FINAL.items())
    changing = "".join(f"location /{kind}/ {{ proxy_pass http://changing; }}\n" for kind in CHANGING)
    return _CONFIG.format(
        folder=running.folder,
        port=running.port,
        resets=running.resets,
        behind=running.behind.port,
        final=final,
        changing=changing,
    )
