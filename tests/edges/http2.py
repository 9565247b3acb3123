"""nginx with TLS and HTTP/2 in front of a local server: what push services look like from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.edges.local import LocalServer
from tests.edges.tls import certificate_for
from tests.jobs.servers import free_port
from tests.jobs.waiting import wait_until

_CONFIG = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    log_format line "$connection $server_protocol $status";
    access_log {folder}/access.log line;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        location / {{ proxy_pass http://127.0.0.1:{behind}; }}
    }}
}}
"""


@dataclass(frozen=True)
class Http2:
    """The running service, trusted by whoever trusts its certificate."""

    host: str
    certificate: Path
    log: Path

    def requests(self) -> list[list[str]]:
        """Connection, protocol and status of each request that was answered."""
        return [line.split() for line in self.log.read_text().splitlines()]


@contextmanager
def http2_before(server: LocalServer, folder: Path) -> Iterator[Http2]:
    """Start nginx before the server; skips the test where there is none."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        pytest.skip("nginx is not installed")
    port, certificate = free_port(), certificate_for("localhost", folder)
    # Root's nginx hands over to another user, who may not enter pytest's folders.
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        _CONFIG.format(folder=folder, user=user, port=port, certificate=certificate, behind=server.port)
    )
    running = subprocess.Popen([nginx, "-p", folder, "-c", config])
    try:
        wait_until((folder / "nginx.pid").exists, what="the start of nginx")
        yield Http2(f"localhost:{port}", certificate, folder / "access.log")
    finally:
        running.terminate()
        running.wait()
