"""Addresses that must not be fetched, through the real guard; their harmless twins are."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from newsbell.config import Settings
from newsbell.edges.fetch import Fetcher
from newsbell.edges.vapid import new_key_pair
from newsbell.services.vapid import ensure_keys
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import Clock
from tests.pages import news_page
from tests.web.refusals import refused
from tests.web.site import BASE_URL, Site, build


@dataclass
class Names:
    """A resolver of the tests' own: these names, and the numbers that a system reads as addresses."""

    known: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int, *_args: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        if host in self.known:
            return [_address(text, port) for text in self.known[host]]
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            number = ipaddress.ip_address(socket.inet_aton(host))
        return [_address(str(number), port)]


def _address(text: str, port: int) -> tuple[Any, ...]:
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    where = (text, port, 0, 0) if ":" in text else (text, port)
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)


class Paper(BaseHTTPRequestHandler):
    """A site with one page, and with a door to wherever the query says."""

    def do_GET(self) -> None:
        target = unquote(self.path.partition("?to=")[2])
        self.send_response(302 if target else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if not target:
            self.wfile.write(news_page().encode())

    def log_message(self, *_args: object) -> None:
        """Silence: the test says what it saw."""


@pytest.fixture
def paper() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Paper)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def names() -> Names:
    return Names(
        {
            "paper.example": ["127.0.0.1"],
            "inside.example": ["10.0.0.7"],
            "either.example": ["192.0.2.1", "127.0.0.1"],
            "metadata.example": ["169.254.169.254"],
            "six.example": ["fd00::1"],
            "mapped.example": ["::ffff:127.0.0.1"],
        }
    )


@pytest.fixture
def guarded(database: Database, settings: Settings, paper: int, names: Names) -> Site:
    """A site that fetches through the real guard; only paper.example is trusted, at its own port."""
    ensure_keys(database, new_key_pair, NOW)
    trusting = Settings(
        data_dir=settings.data_dir, base_url=BASE_URL, private_hosts=frozenset({f"paper.example:{paper}"})
    )
    return build(trusting, database, Clock(NOW), Fetcher(trusting, resolve=names))


PRIVATE = [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://0.0.0.0/",
    "http://0/",
    "http://10.1.2.3/",
    "http://169.254.169.254/latest/meta-data/",
    "http://inside.example/",
    "http://either.example/",
    "http://metadata.example/",
    "http://six.example/",
    "http://mapped.example/",
    "https://inside.example/",
]
FORBIDDEN = [
    *((url, "private_address") for url in PRIVATE),
    ("file:///etc/passwd", "bad_scheme"),
    ("ftp://paper.example/", "bad_scheme"),
    ("http://paper.example:22/", "bad_port"),
    ("http://user:password@paper.example/", "userinfo"),
]


@pytest.mark.parametrize(("url", "code"), FORBIDDEN)
def test_an_address_that_is_not_for_fetching_is_refused(
    guarded: Site, paper: int, url: str, code: str
) -> None:
    before = guarded.rows() if guarded.editor else {}
    problem = refused(guarded, guarded.save(html=None, url=url), before, 422, code)
    assert problem["field"] == "url"
    assert guarded.save(html=None, url=f"http://paper.example:{paper}/ferry").status_code == 201


@pytest.mark.parametrize(("target", "code"), FORBIDDEN)
def test_a_redirect_to_such_an_address_is_refused(guarded: Site, paper: int, target: str, code: str) -> None:
    before = guarded.rows() if guarded.editor else {}
    door = f"http://paper.example:{paper}/door?to="
    refused(guarded, guarded.save(html=None, url=door + target), before, 422, code)
    inside = guarded.save(html=None, url=f"{door}http://paper.example:{paper}/ferry")
    assert (inside.status_code, (inside.json or {})["title"]) == (
        201,
        "Ferry returns to the northern islands",
    )


def test_a_name_is_resolved_once_so_that_a_second_answer_cannot_differ(
    guarded: Site, paper: int, names: Names
) -> None:
    assert guarded.save(html=None, url=f"http://paper.example:{paper}/ferry").status_code == 201
    assert names.asked == ["paper.example"]
