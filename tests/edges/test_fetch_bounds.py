"""A fetch ends: in time, in bytes, and with a type that is read here."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.edges.fetch import Fetcher, FetchLimits
from newsbell.errors import NewsbellError, TooLargeError, UnreachableError, UnsupportedTypeError
from tests.edges.conftest import Serve
from tests.edges.local import Exchange, Handle, LocalServer, page

QUICK = FetchLimits(connect=0.3, total=0.3, page_bytes=1_000_000, picture_bytes=1_000_000)
WAITING = FetchLimits(connect=10, total=30, page_bytes=1_000_000, picture_bytes=1_000_000)

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def fetcher_of(server: LocalServer, limits: FetchLimits = WAITING) -> Fetcher:
    return Fetcher(Settings(private_hosts=frozenset({server.host})), limits=limits)


def chunked(exchange: Exchange, pieces: list[bytes]) -> None:
    exchange.send_response(200)
    exchange.send_header("Content-Type", "text/html")
    exchange.send_header("Transfer-Encoding", "chunked")
    exchange.end_headers()
    for piece in [*pieces, b""]:
        exchange.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(b"", id="before the status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", id="in a header"),
        pytest.param(HEAD + b"Content-Length: 900000\r\n\r\n", id="in a body"),
        pytest.param(HEAD + b"Connection: close\r\n\r\n", id="in a body without an end"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", id="in a chunk"),
    ],
)
def test_an_answer_that_drips_ends_in_time(first: bytes, serve: Serve) -> None:
    server = serve(lambda exchange: exchange.drip(first))
    with pytest.raises(UnreachableError) as caught:
        fetcher_of(server, QUICK).fetch_page(server.url)
    assert caught.value.code == "timeout"


def test_interim_answers_without_end_end_in_time(serve: Serve) -> None:
    server = serve(lambda exchange: exchange.drip(piece=b"HTTP/1.1 100 Continue\r\n\r\n"))
    with pytest.raises(UnreachableError) as caught:
        fetcher_of(server, QUICK).fetch_page(server.url)
    assert caught.value.code == "timeout"


def test_redirects_that_each_take_a_while_end_in_time(serve: Serve) -> None:
    def handle(exchange: Exchange) -> None:
        exchange.closing.wait(0.1)
        exchange.answer(302, Location="/again")

    server = serve(handle)
    with pytest.raises(UnreachableError) as caught:
        fetcher_of(server, QUICK).fetch_page(server.url)
    assert caught.value.code == "timeout"


def test_an_answer_in_small_pieces_that_ends_is_taken(serve: Serve) -> None:
    server = serve(lambda exchange: chunked(exchange, [b"<p>", b"Slow", b"</p>"]))
    assert fetcher_of(server).fetch_page(server.url).content == b"<p>Slow</p>"


@pytest.mark.parametrize(
    "handle",
    [
        pytest.param(lambda exchange: exchange.reset(), id="a reset"),
        pytest.param(
            lambda exchange: exchange.wfile.write(b"220 mail.example ESMTP\r\n"), id="another protocol"
        ),
        pytest.param(
            lambda exchange: (
                exchange.wfile.write(HEAD + b"Content-Length: 100\r\n\r\nhalf") and exchange.reset()
            ),
            id="half an answer",
        ),
        pytest.param(
            lambda exchange: exchange.answer(
                200, b"no gzip", Content_Type="text/html", Content_Encoding="gzip"
            ),
            id="a broken encoding",
        ),
    ],
)
def test_an_answer_that_is_none_is_unreachable(handle: Handle, serve: Serve) -> None:
    def ended(exchange: Exchange) -> None:
        exchange.close_connection = True
        handle(exchange)

    server = serve(ended)
    with pytest.raises(UnreachableError) as caught:
        fetcher_of(server).fetch_page(server.url)
    assert (caught.value.code, caught.value.field) == ("unreachable", "url")


def test_nobody_listening_is_unreachable(serve: Serve) -> None:
    server = serve(page())
    server.close()
    with pytest.raises(UnreachableError, match="could not be reached"):
        fetcher_of(server).fetch_page(server.url)


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410, 429, 500, 503])
def test_a_status_other_than_200_is_no_page(status: int, serve: Serve) -> None:
    server = serve(lambda exchange: exchange.answer(status, Content_Type="text/html"))
    with pytest.raises(UnreachableError) as caught:
        fetcher_of(server).fetch_page(server.url)
    assert caught.value.code == "bad_status"
    assert str(status) in caught.value.message


BIG = b"x" * 1_000_001


@pytest.mark.parametrize(
    "handle",
    [
        pytest.param(page(BIG), id="with its length"),
        pytest.param(lambda exchange: chunked(exchange, [BIG]), id="in chunks"),
        pytest.param(
            lambda exchange: exchange.wfile.write(HEAD + b"Connection: close\r\n\r\n" + BIG),
            id="until closed",
        ),
    ],
)
def test_a_page_over_the_bound_is_too_large(handle: Handle, serve: Serve) -> None:
    def ended(exchange: Exchange) -> None:
        exchange.close_connection = True
        handle(exchange)

    server = serve(ended)
    with pytest.raises(TooLargeError) as caught:
        fetcher_of(server).fetch_page(server.url)
    assert (caught.value.code, caught.value.field) == ("too_large", "url")


def test_a_body_without_end_is_cut_off_at_the_bound(serve: Serve) -> None:
    server = serve(lambda exchange: exchange.drip(HEAD + b"Connection: close\r\n\r\n", piece=b"x" * 300_000))
    with pytest.raises(TooLargeError):
        fetcher_of(server).fetch_page(server.url)


def test_a_page_at_the_bound_is_taken(serve: Serve) -> None:
    server = serve(page(BIG[:-1]))
    assert len(fetcher_of(server).fetch_page(server.url).content) == 1_000_000


BOMB = gzip.compress(bytes(50_000_000))


def test_a_gzip_of_fifty_million_zeros_is_refused_without_unpacking_it(serve: Serve) -> None:
    server = serve(
        lambda exchange: exchange.answer(200, BOMB, Content_Type="text/html", Content_Encoding="gzip")
    )
    fetcher = fetcher_of(server)
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            fetcher.fetch_page(server.url)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_redirect_with_fifty_million_zeros_is_followed_without_unpacking_them(serve: Serve) -> None:
    def handle(exchange: Exchange) -> None:
        if exchange.path == "/":
            exchange.answer(302, BOMB, Location="/here", Content_Encoding="gzip")
        else:
            exchange.answer(200, b"<p>Here.</p>", Content_Type="text/html")

    server = serve(handle)
    fetcher = fetcher_of(server)
    tracemalloc.start()
    try:
        assert fetcher.fetch_page(server.url).content == b"<p>Here.</p>"
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_redirect_whose_body_has_no_end_is_followed(serve: Serve) -> None:
    def handle(exchange: Exchange) -> None:
        if exchange.path == "/":
            exchange.drip(b"HTTP/1.1 302 Found\r\nLocation: /here\r\nConnection: close\r\n\r\n")
        else:
            exchange.answer(200, b"<p>Here.</p>", Content_Type="text/html")

    server = serve(handle)
    assert fetcher_of(server, QUICK).fetch_page(server.url).content == b"<p>Here.</p>"


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
def test_a_compressed_page_is_unpacked(encoding: str, encode: Any, serve: Serve) -> None:
    server = serve(
        lambda exchange: exchange.answer(
            200, encode(b"<p>Packed.</p>"), Content_Type="text/html", Content_Encoding=encoding
        )
    )
    assert fetcher_of(server).fetch_page(server.url).content == b"<p>Packed.</p>"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip, gzip", "compress"])
def test_an_encoding_that_was_not_asked_for_is_not_read(encoding: str, serve: Serve) -> None:
    server = serve(
        lambda exchange: exchange.answer(200, b"?", Content_Type="text/html", Content_Encoding=encoding)
    )
    with pytest.raises(UnsupportedTypeError):
        fetcher_of(server).fetch_page(server.url)


@pytest.mark.parametrize(
    "kind", ["text/html", "TEXT/HTML;charset=koi8-r", "application/xhtml+xml", "text/plain"]
)
def test_pages_and_plain_texts_are_read(kind: str, serve: Serve) -> None:
    server = serve(page(content_type=kind))
    assert fetcher_of(server).fetch_page(server.url).content_type == kind


@pytest.mark.parametrize(
    "kind", ["", "application/pdf", "image/png", "application/octet-stream", "text/css", "video/mp4"]
)
def test_other_types_are_no_page(kind: str, serve: Serve) -> None:
    server = serve(page(content_type=kind))
    with pytest.raises(UnsupportedTypeError) as caught:
        fetcher_of(server).fetch_page(server.url)
    assert (caught.value.code, caught.value.field) == ("unsupported_type", "url")


def hops(number: int) -> Handle:
    def handle(exchange: Exchange) -> None:
        done = int(exchange.path.strip("/") or 0)
        if done < number:
            exchange.answer(301, b"moved", Location=f"/{done + 1}")
        else:
            exchange.answer(200, b"<p>Here.</p>", Content_Type="text/html")

    return handle


def test_five_redirects_are_followed(serve: Serve) -> None:
    server = serve(hops(5))
    assert fetcher_of(server).fetch_page(server.url).url == f"{server.url}/5"


def test_six_redirects_are_too_many(serve: Serve) -> None:
    server = serve(hops(6))
    with pytest.raises(UnreachableError) as caught:
        fetcher_of(server).fetch_page(server.url)
    assert caught.value.code == "too_many_redirects"


@pytest.mark.parametrize(
    ("written", "asked"),
    [("/кот".encode(), b"/%D0%BA%D0%BE%D1%82"), ("/Käse".encode("latin-1"), b"/K%C3%A4se")],
)
def test_a_redirect_in_another_script_is_followed(written: bytes, asked: bytes, serve: Serve) -> None:
    def handle(exchange: Exchange) -> None:
        if exchange.path == "/":
            exchange.wfile.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % written)
        else:
            exchange.answer(200, exchange.path.encode(), Content_Type="text/plain")

    server = serve(handle)
    assert fetcher_of(server).fetch_page(server.url).content == asked


@pytest.mark.parametrize("target", ["http://[::1", "http://a b/", "http://news.example:port/"])
def test_a_redirect_to_what_is_no_address_is_refused(target: str, serve: Serve) -> None:
    server = serve(lambda exchange: exchange.answer(302, Location=target))
    with pytest.raises(NewsbellError):
        fetcher_of(server).fetch_page(server.url)


def test_a_fetch_says_who_asks_and_carries_nothing_else(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = serve(lambda exchange: exchange.answer(200, b"", Content_Type="text/html", Set_Cookie="a=b"))
    secrets = tmp_path / "netrc"
    secrets.write_text("machine 127.0.0.1 login operator password secret\n")
    secrets.chmod(0o600)
    monkeypatch.setenv("NETRC", str(secrets))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    fetcher = Fetcher(Settings(base_url="https://bell.example", private_hosts=frozenset({server.host})))
    fetcher.fetch_page(server.url)
    fetcher.fetch_page(server.url)
    for received in server.received:
        assert received.headers["User-Agent"].startswith("Newsbell/")
        assert received.headers["User-Agent"].endswith(" (+https://bell.example)")
        assert not {"Cookie", "Authorization", "Referer"} & set(received.headers)


PICTURES = {
    "image/png": b"\x89PNG\r\n\x1a\n" + b"rest",
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"rest",
    "image/gif": b"GIF89a" + b"rest",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "image/avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"rest",
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_what_its_bytes_say(kind: str, serve: Serve) -> None:
    server = serve(page(PICTURES[kind], "text/html"))
    found = fetcher_of(server).fetch_picture(server.url)
    assert (found.content_type, found.content) == (kind, PICTURES[kind])


def test_an_avif_picture_may_name_its_brand_second(serve: Serve) -> None:
    server = serve(page(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "image/avif"))
    assert fetcher_of(server).fetch_picture(server.url).content_type == "image/avif"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>", b"BM\x00\x00", b"\x00\x00\x01\x00ico",
        b"RIFF\x10\0\0\0WAVE", b"\0\0\0\x18ftypisom\0\0\0\0isommp42", b"\0\0\0\x08ftyp",
        b" \x89PNG\r\n\x1a\n",
    ],
)  # fmt: skip
def test_what_is_no_raster_picture_is_refused_whatever_it_is_called(content: bytes, serve: Serve) -> None:
    server = serve(page(content, "image/png"))
    with pytest.raises(UnsupportedTypeError) as caught:
        fetcher_of(server).fetch_picture(server.url)
    assert caught.value.field == "url"


def test_a_picture_over_the_bound_is_too_large(serve: Serve) -> None:
    server = serve(page(PICTURES["image/png"] + BIG, "image/png"))
    with pytest.raises(TooLargeError):
        fetcher_of(server).fetch_picture(server.url)


def test_a_picture_on_a_private_address_is_refused(serve: Serve) -> None:
    server = serve(page(PICTURES["image/png"]))
    with pytest.raises(NewsbellError) as caught:
        Fetcher(Settings(private_hosts=frozenset({"127.1"}))).fetch_picture("http://127.0.0.1/")
    assert caught.value.code == "private_address"
    assert server.received == []
