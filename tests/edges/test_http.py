from __future__ import annotations

from pathlib import Path

import pytest
import requests

from newsbell.config import Settings
from newsbell.edges.http import guarded_session, within
from tests.edges.conftest import Route, Serve
from tests.edges.local import PUBLIC, page, resolve_to
from tests.edges.tls import certificate_for, tls_server


def get(url: str, ca_bundle: Path | str = "", *, seconds: float = 10) -> requests.Response:
    with guarded_session(Settings(), resolve=resolve_to(PUBLIC), ca_bundle=str(ca_bundle)) as session:
        return session.get(url, timeout=within(seconds, connect=seconds))


def test_a_certificate_for_the_name_in_the_url_is_accepted(tmp_path: Path, route: Route) -> None:
    certificate = certificate_for("news.example", tmp_path)
    with tls_server(certificate, page(b"over TLS")) as server:
        connected = route(server)
        assert get("https://news.example/", certificate).content == b"over TLS"
    assert connected == [PUBLIC]


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, route: Route) -> None:
    certificate = certificate_for("other.example", tmp_path)
    with tls_server(certificate, page()) as server:
        route(server)
        with pytest.raises(requests.exceptions.SSLError, match="Hostname mismatch"):
            get("https://news.example/", certificate)
    assert server.received == []


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path, route: Route) -> None:
    certificate = certificate_for("news.example", tmp_path)
    with tls_server(certificate, page()) as server:
        route(server)
        with pytest.raises(requests.exceptions.SSLError, match="self-signed"):
            get("https://news.example/")
    assert server.received == []


def test_an_answer_that_drips_over_tls_ends_in_time(tmp_path: Path, route: Route) -> None:
    certificate = certificate_for("news.example", tmp_path)
    with tls_server(certificate, lambda exchange: exchange.drip()) as server:
        route(server)
        with pytest.raises(requests.ReadTimeout):
            get("https://news.example/", certificate, seconds=0.5)


def test_a_handshake_that_is_never_answered_ends_in_time(serve: Serve, route: Route) -> None:
    route(serve(lambda exchange: exchange.drip()))
    with pytest.raises(requests.RequestException):
        get("https://news.example/", seconds=0.5)


def test_the_second_address_is_tried_when_the_first_does_not_answer(serve: Serve) -> None:
    server = serve(page(b"here"))
    settings = Settings(private_hosts=frozenset({"two.example"}))
    with guarded_session(settings, resolve=resolve_to("127.255.255.255", "127.0.0.1")) as session:
        url = f"http://two.example:{server.port}/"
        assert session.get(url, timeout=within(10, connect=10)).content == b"here"


def test_a_connection_is_used_again(serve: Serve, route: Route) -> None:
    connected = route(serve(page()))
    with guarded_session(Settings(), resolve=resolve_to(PUBLIC)) as session:
        for _ in range(3):
            session.get("http://news.example/", timeout=within(10, connect=10))
    assert connected == [PUBLIC]


def test_a_proxy_is_never_used(serve: Serve) -> None:
    server = serve(page())
    settings = Settings(private_hosts=frozenset({server.host}))
    with guarded_session(settings) as session, pytest.raises(NotImplementedError):
        session.get(server.url, proxies={"http": "http://127.0.0.1:9"}, timeout=within(10, connect=10))


def test_only_http_is_spoken() -> None:
    with guarded_session(Settings()) as session, pytest.raises(requests.exceptions.InvalidSchema):
        session.get("ftp://news.example/", timeout=within(10, connect=10))
