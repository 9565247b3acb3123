"""Fetching what strangers name: pages and pictures, every step guarded and bounded."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as HTTPTimeoutError
from urllib3.util import parse_url

from newsbell.config import Settings
from newsbell.domain.identity import MAX_GIVEN_URL
from newsbell.edges.addresses import AddressGuard
from newsbell.edges.http import guarded_session, within
from newsbell.edges.lookups import Resolve
from newsbell.edges.pictures import raster_type
from newsbell.errors import (
    MalformedError,
    RefusedError,
    TooLargeError,
    UnreachableError,
    UnsupportedTypeError,
)

MAX_REDIRECTS = 5
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
PORTS = {"http": 80, "https": 443}
"""The one port of each scheme: another names a service that is not the web."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_CHUNK = 65_536


@dataclass(frozen=True, kw_only=True)
class FetchLimits:
    """Bounds of one fetch: seconds to connect, seconds in all (redirects included), bytes after
    decompression.
    """

    connect: float = 5.0
    total: float = 20.0
    page_bytes: int = 10_000_000
    picture_bytes: int = 10_000_000


@dataclass(frozen=True, kw_only=True)
class FetchedPage:
    """`url` is where the last redirect led; `content_type` is the header, charset and all."""

    url: str
    content: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class FetchedPicture:
    """`content_type` is what the first bytes say."""

    content: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class _Answer:
    url: str
    content: bytes
    content_type: str


class Fetcher:
    """Fetches over http and https, on ports 80 and 443 (and what `private_hosts` names), from public
    addresses. Safe to share between threads.

    Every method raises, with the field "url": MalformedError, RefusedError (private_address, bad_scheme,
    bad_port, userinfo), UnreachableError (unreachable, timeout, bad_status, too_many_redirects),
    TooLargeError, UnsupportedTypeError.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        limits: FetchLimits | None = None,
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        self._limits = limits or FetchLimits()
        self._guard = AddressGuard(settings.private_hosts, resolve=resolve)
        self._session = guarded_session(settings, resolve=resolve)

    def fetch_page(self, url: str) -> FetchedPage:
        """An HTML page or a plain text of at most `page_bytes`."""
        with self._answer(url, accept="text/html, application/xhtml+xml, text/plain;q=0.9") as response:
            content_type = response.headers.get("Content-Type", "")
            if content_type.partition(";")[0].strip().lower() not in PAGE_TYPES:
                raise UnsupportedTypeError("That address holds no web page and no plain text.", field="url")
            content = _body(response, self._limits.page_bytes)
            return FetchedPage(url=str(response.url), content=content, content_type=content_type)

    def fetch_picture(self, url: str) -> FetchedPicture:
        """A PNG, JPEG, GIF, WebP or AVIF picture of at most `picture_bytes`; never SVG."""
        with self._answer(url, accept="image/avif, image/webp, image/png, image/jpeg, image/gif") as response:
            content = _body(response, self._limits.picture_bytes)
        content_type = raster_type(content)
        if content_type is None:
            raise UnsupportedTypeError("That address holds no picture of a type shown here.", field="url")
        return FetchedPicture(content=content, content_type=content_type)

    @contextmanager
    def _answer(self, url: str, *, accept: str) -> Iterator[requests.Response]:
        """The final answer, its body not read yet; foreign errors end here, those of reading too."""
        deadline = time.monotonic() + self._limits.total
        try:
            with self._follow(url, deadline, accept) as response:
                yield response
        except (requests.Timeout, HTTPTimeoutError, TimeoutError) as error:
            raise UnreachableError(
                "That address took too long to answer.", code="timeout", field="url"
            ) from error
        except ValueError as error:
            raise MalformedError("That is not an address of the web.", field="url") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            raise UnreachableError("That address could not be reached.", field="url") from error

    def _follow(self, url: str, deadline: float, accept: str) -> requests.Response:
        for _ in range(MAX_REDIRECTS + 1):
            self._check(url)
            response = self._get(url, deadline, accept)
            target = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not target:
                return _successful(response)
            response.close()
            url = urljoin(url, _as_text(target))
        raise UnreachableError("That address leads on and on.", code="too_many_redirects", field="url")

    def _check(self, url: str) -> None:
        """What can be said before connecting; the address itself is judged when it is connected to."""
        # The parser is the one the connection is made by, so that no second reading of the URL exists.
        parts = parse_url(url)
        if len(url) > MAX_GIVEN_URL or re.search(r"[\x00-\x20\x7f\\]", url):
            raise MalformedError("That is not an address of the web.", field="url")
        if parts.scheme not in PORTS:
            raise RefusedError("Newsbell fetches http and https only.", code="bad_scheme", field="url")
        if not parts.host:
            raise MalformedError("That is not an address of the web.", field="url")
        if parts.auth is not None:
            raise RefusedError("Leave the user name out of the address.", code="userinfo", field="url")
        port = parts.port or PORTS[parts.scheme]
        if port != PORTS[parts.scheme] and not self._guard.trusts(parts.host, port):
            raise RefusedError("Newsbell fetches from ports 80 and 443 only.", code="bad_port", field="url")

    def _get(self, url: str, deadline: float, accept: str) -> requests.Response:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the redirects took too long")
        return self._session.get(
            url,
            headers={"Accept": accept, "Accept-Encoding": "gzip, deflate"},
            timeout=within(left, connect=self._limits.connect),
            stream=True,
        )


def _successful(response: requests.Response) -> requests.Response:
    if response.status_code == 200:
        return response
    response.close()
    raise UnreachableError(
        f"That address answered with the status {response.status_code}.", code="bad_status", field="url"
    )


def _as_text(location: str) -> str:
    """A Location header comes as Latin-1 (RFC 9110 section 5.5); servers write UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return location.strip()


def _body(response: requests.Response, limit: int) -> bytes:
    """The body, decompressed piece by piece and no further than the limit."""
    if response.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise UnsupportedTypeError("That address answers in an encoding not asked for.", field="url")
    body = bytearray()
    for piece in response.raw.stream(_CHUNK, decode_content=True):
        body += piece
        if len(body) > limit:
            raise TooLargeError(f"That address holds more than {limit // 1_000_000} MB.", field="url")
    return bytes(body)
