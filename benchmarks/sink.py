"""A push service on this machine: nginx, TLS and HTTP/2. It answers 201 and keeps a sample."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

from benchmarks.certificate import make_certificate

NO_NGINX = (
    "nginx is not installed: it is the push service of this benchmark (Debian: apt-get install nginx-light)"
)
_SLEEPER = Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")

_CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{modules}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl http2 backlog=4096;
        ssl_certificate {folder}/cert.pem;
        ssl_certificate_key {folder}/key.pem;
        location / {{ return 201; }}
        location /slow/ {{ {slow} }}
        location /sample/ {{ proxy_pass http://127.0.0.1:{sample_port}; }}
    }}
    server {{
        listen 127.0.0.1:{status_port};
        location / {{ stub_status; }}
    }}
}}
"""


class Sample(ThreadingHTTPServer):
    """Keeps the bodies it is sent, by path, and when the first came (`time.monotonic`)."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SampleHandler)
        self.bodies: dict[str, bytes] = {}
        self.first = threading.Event()
        self.first_at = self.last_at = 0.0

    def keep(self, path: str, body: bytes) -> None:
        self.last_at = time.monotonic()
        if not self.first.is_set():
            self.first_at = self.last_at
            self.first.set()
        self.bodies[path] = body

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was stopped does not wait for its answers."""


class _SampleHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Sample

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keep(self.path, body)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """The bodies are what is read."""


@contextmanager
def sample_service() -> Iterator[Sample]:
    server = Sample()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Sink:
    """The running service. `/` answers at once, `/slow/` after the delay, `/sample/` keeps what comes."""

    folder: Path
    port: int
    status_port: int
    sample: Sample
    pid: int = 0
    cert: Path = field(init=False)

    def __post_init__(self) -> None:
        self.cert = self.folder / "cert.pem"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def requests(self) -> int:
        """How many requests it has had, this one too."""
        with urlopen(f"http://127.0.0.1:{self.status_port}/") as answer:
            return int(answer.read().splitlines()[2].split()[2])

    def cpu(self) -> float | None:
        """CPU seconds nginx has taken; None where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def program() -> str | None:
    """nginx, which is often where only root looks."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def sink(folder: Path, delay_ms: int) -> Iterator[Sink]:
    """Start nginx; raises FileNotFoundError with what to do where it or its echo module is missing."""
    nginx = program()
    if nginx is None:
        raise FileNotFoundError(NO_NGINX)
    if delay_ms and not _SLEEPER.exists():
        raise FileNotFoundError(
            f"{_SLEEPER} is missing: nginx cannot answer late (apt-get install nginx-light)"
        )
    make_certificate(folder)
    with sample_service() as sample:
        running = Sink(folder, _free_port(), _free_port(), sample)
        (folder / "nginx.conf").write_text(_config(running, delay_ms))
        process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"])
        running.pid = process.pid
        try:
            _wait_for(running, process)
            yield running
        finally:
            process.terminate()
            process.wait()


def _config(running: Sink, delay_ms: int) -> str:
    slow = f"echo_status 201; echo_sleep {delay_ms / 1000:.3f}; echo_flush;" if delay_ms else "return 201;"
    return _CONFIG.format(
        folder=running.folder,
        port=running.port,
        status_port=running.status_port,
        sample_port=running.sample.server_port,
        slow=slow,
        modules=f"load_module {_SLEEPER};" if delay_ms else "",
    )


def _wait_for(running: Sink, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        try:
            running.requests()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nginx did not start: {(running.folder / 'error.log').read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
