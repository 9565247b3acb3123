"""The nginx example, as it is but for names and ports, in front of a real server."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbell.services.tokens import create_token
from newsbell.storage.database import Database
from tests.edges.tls import certificate_for
from tests.jobs.servers import free_port
from tests.jobs.serving import serving
from tests.jobs.waiting import wait_until

pytestmark = pytest.mark.slow

_EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nginx.conf"
_NAME = "news.example.org"
_CLAIMS_A_MINUTE = 30
_MORE_THAN_ALL_PLACES = 40

_AROUND = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {example}
}}
"""


@dataclass(frozen=True)
class Front:
    """nginx with Newsbell behind it."""

    port: int
    plain_port: int
    token: str

    @property
    def editor(self) -> dict[str, str]:
        """The headers of an editor's request."""
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}

    def connect(self, address: str = "127.0.0.1") -> http.client.HTTPSConnection:
        """A client at this address of this machine."""
        trusting = ssl._create_unverified_context()  # noqa: S323 - the certificate was made a moment ago
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=60, context=trusting, source_address=(address, 0)
        )

    def ask(
        self, method: str, path: str, body: bytes = b"", *, address: str = "127.0.0.1", **headers: str
    ) -> tuple[int, bytes]:
        connection = self.connect(address)
        try:
            connection.request(method, path, body or None, {"Host": _NAME, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBELL_")}
    environ |= {
        "NEWSBELL_DATA_DIR": str(folder / "data"),
        "NEWSBELL_BASE_URL": f"https://{_NAME}",
        "NEWSBELL_TRUSTED_PROXIES": "1",
    }
    with ExitStack() as stack:
        newsbell = [sys.executable, "-P", "-m", "newsbell"]
        port = free_port()
        stack.enter_context(serving(newsbell, folder, environ, "--no-worker", port=port))
        found = Front(free_port(), free_port(), _token(folder / "data"))
        config = folder / "nginx.conf"
        config.write_text(_config(folder, found, behind=port))
        subprocess.run([nginx, "-t", "-p", folder, "-c", config], check=True, capture_output=True)
        (folder / "nginx.pid").unlink()  # the test of the configuration leaves an empty one
        running = subprocess.Popen([nginx, "-p", folder, "-c", config])
        stack.callback(running.wait)
        stack.callback(running.terminate)
        wait_until((folder / "nginx.pid").exists, what="the start of nginx")
        yield found


def _token(data: Path) -> str:
    db = Database(f"sqlite:///{data / 'newsbell.sqlite3'}")
    try:
        return create_token(db, "editor", datetime.now(UTC))
    finally:
        db.close()


def _config(folder: Path, front: Front, *, behind: int) -> str:
    example = _EXAMPLE.read_text(encoding="utf-8")
    certificate = str(certificate_for(_NAME, folder))
    changes = {
        "server 127.0.0.1:8080;": f"server 127.0.0.1:{behind};",
        "listen 80;": f"listen 127.0.0.1:{front.plain_port};",
        "listen 443 ssl": f"listen 127.0.0.1:{front.port} ssl",
        f"/etc/letsencrypt/live/{_NAME}/fullchain.pem": certificate,
        f"/etc/letsencrypt/live/{_NAME}/privkey.pem": certificate,
    }
    for before, after in changes.items():
        assert before in example
        example = example.replace(before, after)
    # Root's nginx hands over to another user, who may not enter pytest's folders.
    user = "user root;" if os.geteuid() == 0 else ""
    return _AROUND.format(folder=folder, user=user, example=example)


def test_a_page_comes_through_and_names_the_address_outside(front: Front) -> None:
    assert front.ask("GET", "/")[0] == 200
    status, body = front.ask("GET", "/feeds/all.json")
    assert status == 200
    assert json.loads(body)["feed_url"] == f"https://{_NAME}/feeds/all.json"


def test_a_plain_request_is_led_to_https(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain_port, timeout=60)
    connection.request("GET", "/topics/bridges", headers={"Host": _NAME})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{_NAME}/topics/bridges"
    connection.close()


def test_a_client_is_counted_under_its_own_address_whatever_it_claims(front: Front) -> None:
    def claim(number: int, address: str) -> int:
        forged = {"X-Forwarded-For": f"198.51.100.{number}", "Content-Type": "application/json"}
        body = json.dumps({"code": "none", "verifier": "none"}).encode()
        return front.ask("POST", "/api/v1/links/claim", body, address=address, **forged)[0]

    statuses = [claim(number, "127.0.0.2") for number in range(_CLAIMS_A_MINUTE + 1)]
    assert 429 not in statuses[:-1]
    assert statuses[-1] == 429
    assert claim(1, "127.0.0.3") == statuses[0], "another client is not held up"


def test_slow_uploads_hold_nobody_up(front: Front) -> None:
    slow = [front.connect("127.0.0.4") for _ in range(_MORE_THAN_ALL_PLACES)]
    try:
        for one in slow:
            one.putrequest("POST", "/api/v1/links/claim", skip_host=True)
            one.putheader("Host", _NAME)
            one.putheader("Content-Type", "application/json")
            one.putheader("Content-Length", "100000")
            one.endheaders()
            one.send(b"{")
        quick = {"Content-Type": "application/json"}
        answer = front.ask("POST", "/api/v1/links/claim", b"{}", address="127.0.0.4", **quick)
        assert b"malformed" in answer[1], "it was read"
    finally:
        for one in slow:
            one.close()


def test_a_large_page_comes_through(front: Front) -> None:
    said = front.ask("POST", "/api/v1/articles", _article(9), **front.editor)[1]
    assert json.loads(said)["code"] == "empty", "Newsbell read it to the end"


def test_a_page_too_large_for_newsbell_is_refused_before_it(front: Front) -> None:
    try:
        status, said = front.ask("POST", "/api/v1/articles", _article(13), **front.editor)
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
        return  # nginx may answer and close before all is sent
    assert status == 413
    assert not said.startswith(b"{")


def _article(megabytes: int) -> bytes:
    return b'{"url": "https://news.example/a", "html": "' + b" " * megabytes * 1_000_000 + b'"}'
