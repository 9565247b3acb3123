"""Every way to name a private address is refused, and reaches the same server once the operator names it."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.edges.fetch import Fetcher
from newsbell.errors import MalformedError, NewsbellError, RefusedError
from tests.edges.conftest import Route, Serve
from tests.edges.local import PUBLIC, on_port, page, resolve_to

LOOPBACKS = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.0.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "0.0.0.0", "0", "localhost", "localhost.", "LOCALHOST",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0.0.0.0]", "[::]",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACKS)
def test_this_machine_is_refused_in_every_spelling(host: str, serve: Serve) -> None:
    server = serve(page())
    fetcher = Fetcher(Settings(), resolve=on_port(server.port))
    with pytest.raises(RefusedError) as caught:
        fetcher.fetch_page(f"http://{host}/")
    assert (caught.value.code, caught.value.field) == ("private_address", "url")
    assert server.received == []


@pytest.mark.parametrize("host", LOOPBACKS)
def test_this_machine_is_reached_in_the_spelling_the_operator_named(host: str, serve: Serve) -> None:
    server = serve(page())
    named = Settings(private_hosts=frozenset({host.lower().rstrip(".")}))
    assert Fetcher(named, resolve=on_port(server.port)).fetch_page(f"http://{host}/").content
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "10.1.2.3", "192.168.0.1", "[fd00:ec2::254]", "[fe80::1]"]
)
def test_neighbours_are_refused(address: str) -> None:
    with pytest.raises(RefusedError, match="private network"):
        Fetcher(Settings()).fetch_page(f"http://{address}/latest/meta-data/")


@pytest.mark.parametrize("address", ["169.254.169.254", "10.1.2.3"])
def test_a_neighbour_the_operator_named_is_reached(address: str, serve: Serve) -> None:
    server = serve(page())
    resolve = on_port(server.port)
    fetcher = Fetcher(
        Settings(private_hosts=frozenset({address})), resolve=lambda _host, *rest: resolve("127.0.0.1", *rest)
    )
    assert fetcher.fetch_page(f"http://{address}/").content


def test_a_name_that_resolves_to_a_private_address_is_refused(serve: Serve) -> None:
    server = serve(page())
    fetcher = Fetcher(Settings(), resolve=resolve_to("169.254.169.254"))
    with pytest.raises(RefusedError, match="private network"):
        fetcher.fetch_page("http://metadata.example/")
    assert server.received == []


def test_a_name_that_resolves_to_a_public_address_is_fetched(serve: Serve, route: Route) -> None:
    connected = route(serve(page()))
    assert Fetcher(Settings(), resolve=resolve_to(PUBLIC)).fetch_page("http://news.example/").content
    assert connected == [PUBLIC]


class _Changing:
    """Resolves a name to a public address the first time, and to this machine ever after."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _host: str, port: int, *rest: Any) -> list[tuple[Any, ...]]:
        self.asked += 1
        return socket.getaddrinfo(PUBLIC if self.asked == 1 else "127.0.0.1", port, *rest)


def test_a_name_is_resolved_once_and_the_judged_address_is_the_one_connected_to(
    serve: Serve, route: Route
) -> None:
    connected, changing = route(serve(page())), _Changing()
    Fetcher(Settings(), resolve=changing).fetch_page("http://rebinding.example/")
    assert (changing.asked, connected) == (1, [PUBLIC])


def test_a_name_that_resolves_differently_the_second_time_is_refused_then(serve: Serve, route: Route) -> None:
    server = serve(
        lambda exchange: exchange.answer(200, b"page", Content_Type="text/html", Connection="close")
    )
    route(server)
    fetcher = Fetcher(Settings(), resolve=_Changing())
    fetcher.fetch_page("http://rebinding.example/")
    with pytest.raises(RefusedError, match="private network"):
        fetcher.fetch_page("http://rebinding.example/")
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://127.1/secret", "private_address"),
        ("http://[::ffff:127.0.0.1]/secret", "private_address"),
        ("//localhost/secret", "private_address"),
        ("http://news.example:22/", "bad_port"),
        ("file:///etc/passwd", "bad_scheme"),
        ("javascript:alert(1)", "bad_scheme"),
        ("http://user:pass@news.example/", "userinfo"),
    ],
)
def test_a_redirect_that_leads_to_a_forbidden_place_is_refused(
    target: str, code: str, serve: Serve, route: Route
) -> None:
    server = serve(lambda exchange: exchange.answer(302, Location=target))
    connected = route(server)
    real = on_port(server.port)

    def resolve(host: str, port: int, *rest: Any) -> list[tuple[Any, ...]]:
        return socket.getaddrinfo(PUBLIC, port, *rest) if host == "news.example" else real(host, port, *rest)

    with pytest.raises(RefusedError) as caught:
        Fetcher(Settings(), resolve=resolve).fetch_page("http://news.example/")
    assert caught.value.code == code
    assert connected == [PUBLIC]


def test_a_redirect_to_another_public_place_is_followed(serve: Serve, route: Route) -> None:
    def handle(exchange: Any) -> None:
        if exchange.headers["Host"] == "news.example":
            exchange.answer(302, Location="http://www.news.example/final")
        else:
            exchange.answer(200, b"<p>Here.</p>", Content_Type="text/html")

    route(serve(handle))
    found = Fetcher(Settings(), resolve=resolve_to(PUBLIC)).fetch_page("http://news.example/")
    assert (found.url, found.content) == ("http://www.news.example/final", b"<p>Here.</p>")


@pytest.mark.parametrize(
    ("url", "error", "code"),
    [
        ("ftp://news.example/", RefusedError, "bad_scheme"),
        ("file:///etc/passwd", RefusedError, "bad_scheme"),
        ("gopher://127.0.0.1:70/", RefusedError, "bad_scheme"),
        ("data:text/html,hello", RefusedError, "bad_scheme"),
        ("news.example/page", RefusedError, "bad_scheme"),
        ("", RefusedError, "bad_scheme"),
        ("http://news.example:22/", RefusedError, "bad_port"),
        ("https://news.example:80/", RefusedError, "bad_port"),
        ("http://news.example:443/", RefusedError, "bad_port"),
        ("http://news.example:8080/", RefusedError, "bad_port"),
        ("http://user@news.example/", RefusedError, "userinfo"),
        ("http://user:password@news.example/", RefusedError, "userinfo"),
        ("http://news.example@127.0.0.1/", RefusedError, "userinfo"),
        ("http://", MalformedError, "malformed"),
        ("http:///path", MalformedError, "malformed"),
        ("http://[::1/", MalformedError, "malformed"),
        ("http://news.example:port/", MalformedError, "malformed"),
        ("http://news.example:99999/", MalformedError, "malformed"),
        ("http://news.example\\@127.0.0.1/", MalformedError, "malformed"),
        ("http://news.example/\r\nHost: 127.0.0.1", MalformedError, "malformed"),
        ("http://news.example /", MalformedError, "malformed"),
        ("http://news.example/" + "a" * 9_000, MalformedError, "malformed"),
        ("http://news.\udce9xample/", MalformedError, "malformed"),
        ("http://①②⑦.⓪.⓪.①/", MalformedError, "malformed"),
        ("http://127。0。0。1/", MalformedError, "malformed"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str, error: type[NewsbellError], code: str) -> None:
    with pytest.raises(error) as caught:
        Fetcher(Settings(), resolve=resolve_to(PUBLIC)).fetch_page(url)
    assert (caught.value.code, caught.value.field) == (code, "url")


@pytest.mark.parametrize(
    "url", ["http://news.example/", "http://news.example:80/", "HTTP://Новости.Example/a?b=ü#c"]
)
def test_ordinary_addresses_are_fetched(url: str, serve: Serve, route: Route) -> None:
    route(serve(page()))
    assert Fetcher(Settings(), resolve=resolve_to(PUBLIC)).fetch_page(url).content


def test_another_port_is_reached_where_the_operator_named_it(serve: Serve) -> None:
    server = serve(page())
    assert Fetcher(Settings(private_hosts=frozenset({server.host}))).fetch_page(server.url).content
