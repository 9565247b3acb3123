"""A name that takes long to look up ends its fetch in time, and no more threads wait for it than may."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from newsbell.config import Settings
from newsbell.edges.fetch import Fetcher, FetchLimits
from newsbell.edges.lookups import Lookups
from newsbell.errors import UnreachableError
from tests.edges.conftest import Route, Serve
from tests.edges.local import PUBLIC, page, resolve_to

ANSWER: list[tuple[Any, ...]] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 80))]


class SilentNames:
    """A resolver that says nothing about "silent.example" until the test ends."""

    def __init__(self) -> None:
        self.ends = threading.Event()
        self.asked = 0

    def __call__(self, host: str, *rest: Any) -> list[tuple[Any, ...]]:
        self.asked += 1
        if host == "silent.example":
            self.ends.wait(60)
        return resolve_to(PUBLIC)(host, *rest)


@pytest.fixture
def names() -> Iterator[SilentNames]:
    found = SilentNames()
    yield found
    found.ends.set()


def test_a_name_that_is_never_found_ends_the_fetch_in_time(
    names: SilentNames, serve: Serve, route: Route
) -> None:
    connected = route(serve(page(b"here")))
    fetcher = Fetcher(Settings(), limits=FetchLimits(connect=0.3, total=0.5), resolve=names)
    with pytest.raises(UnreachableError) as caught:
        fetcher.fetch_page("http://silent.example/")
    assert caught.value.code == "timeout"
    assert connected == []
    assert not names.ends.is_set()
    assert Fetcher(Settings(), resolve=names).fetch_page("http://paper.example/").content == b"here"


def test_lookups_that_hang_are_bounded_in_number() -> None:
    names = SilentNames()
    lookups = Lookups(names, at_once=2)
    for _ in range(5):
        with pytest.raises(TimeoutError):
            lookups.look_up("silent.example", 80, timeout=0.05)
    assert names.asked == 2
    names.ends.set()
    assert lookups.look_up("paper.example", 80, timeout=30)


def test_an_answer_and_a_failure_come_back_as_they_are() -> None:
    def resolve(host: str, *_rest: Any) -> list[tuple[Any, ...]]:
        if host == "nobody.example":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return ANSWER

    lookups = Lookups(resolve, at_once=1)
    for _ in range(3):
        assert lookups.look_up("paper.example", 80, timeout=None) == ANSWER
        with pytest.raises(socket.gaierror):
            lookups.look_up("nobody.example", 80, timeout=30)
