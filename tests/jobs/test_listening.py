from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from newsbell.config import Settings
from newsbell.errors import RefusedError
from newsbell.jobs.listening import Listening, follow, listen_at


@pytest.fixture
def listening() -> Iterator[Listening]:
    found = listen_at("127.0.0.1", 0)
    yield found
    assert found.hold is not None
    found.hold.close()


def _listens_shared(address: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((address, port))
    listener.listen()
    return listener


def test_port_0_is_a_free_port(listening: Listening) -> None:
    assert listening.port > 0
    assert listening.base_url() == f"http://127.0.0.1:{listening.port}"


def test_the_web_process_may_listen_where_we_hold(listening: Listening) -> None:
    assert not listening.answers()
    with closing(_listens_shared("127.0.0.1", listening.port)):
        assert listening.answers()


def test_a_port_that_is_held_cannot_be_claimed_again(listening: Listening) -> None:
    with pytest.raises(RefusedError, match=f"port {listening.port}.*--port") as refused:
        listen_at("127.0.0.1", listening.port)
    assert refused.value.code == "cannot_listen"


def test_a_port_shared_by_its_user_cannot_be_claimed(listening: Listening) -> None:
    with closing(_listens_shared("127.0.0.1", 0)) as other, pytest.raises(RefusedError):
        listen_at("127.0.0.1", other.getsockname()[1])


def test_a_port_that_was_given_up_can_be_claimed() -> None:
    first = listen_at("127.0.0.1", 0)
    assert first.hold is not None
    first.hold.close()
    with closing(listen_at("127.0.0.1", first.port).hold or socket.socket()):
        pass


def test_a_name_is_resolved() -> None:
    listening = listen_at("localhost", 0)
    assert listening.hold is not None
    listening.hold.close()
    assert listening.address == "127.0.0.1"


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "", "a" * 300])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(RefusedError):
        listen_at(host or "host name with spaces", 0)


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("10.1.2.3", "http://10.1.2.3:80"),
    ],
)
def test_the_base_url_is_one_that_this_machine_reaches(address: str, base_url: str) -> None:
    assert Listening(address=address, port=80, hold=None).base_url() == base_url


def test_a_base_url_that_is_not_set_follows_the_address() -> None:
    there = Listening(address="127.0.0.1", port=9000, hold=None)
    settings, environ = follow(Settings(), there, {"PATH": "/bin"})
    assert settings.base_url == "http://127.0.0.1:9000"
    assert environ == {"PATH": "/bin", "NEWSBELL_BASE_URL": "http://127.0.0.1:9000"}


def test_a_base_url_that_is_set_stays() -> None:
    there = Listening(address="127.0.0.1", port=9000, hold=None)
    given = Settings(base_url="https://news.example.org")
    environ = {"NEWSBELL_BASE_URL": "https://news.example.org"}
    assert follow(given, there, environ) == (given, environ)
