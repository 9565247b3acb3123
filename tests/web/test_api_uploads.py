"""Clients that send slowly, or send what is refused, hold up nobody else."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from newsbell.web.api import uploads
from newsbell.web.api.uploads import AT_ONCE, AT_ONCE_OF_ONE, Places
from tests.web.site import Site


@contextmanager
def taken(places: Places, *clients: str) -> Iterator[list[bool]]:
    with ExitStack() as stack:
        yield [stack.enter_context(places.one(client, wait=0)) for client in clients]


def test_one_client_gets_a_few_places_and_another_still_gets_one() -> None:
    with taken(Places(), *["a"] * (AT_ONCE_OF_ONE + 1), "b") as got:
        assert got == [True] * AT_ONCE_OF_ONE + [False, True]


def test_there_are_so_many_places_in_all() -> None:
    with taken(Places(), *map(str, range(AT_ONCE + 1))) as got:
        assert got == [True] * AT_ONCE + [False]


def test_a_place_is_free_again_after_use() -> None:
    places = Places()
    for _ in range(AT_ONCE * 2):
        with taken(places, *["a"] * AT_ONCE_OF_ONE) as got:
            assert all(got)


def test_whoever_waits_gets_the_place_that_comes_free() -> None:
    places, got, waiting = Places(), [], threading.Event()

    def wait() -> None:
        waiting.set()
        with places.one("a", wait=60) as place:
            got.append(place)

    thread = threading.Thread(target=wait, daemon=True)
    with taken(places, *["a"] * AT_ONCE_OF_ONE):
        thread.start()
        waiting.wait(30)
        assert got == []
    thread.join(20)
    assert got == [True]


def test_a_body_without_a_place_is_told_to_come_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "WAIT_FOR_PLACE", 0)
    before = site.rows()
    with taken(uploads._places, *["127.0.0.1"] * AT_ONCE_OF_ONE):
        refused = site.follow()
        assert site.client.get("/api/v1/topics").status_code == 200
    assert (refused.status_code, (refused.json or {})["code"]) == (503, "unavailable")
    assert site.rows() == before
    assert site.follow().status_code == 201


class Endless(io.RawIOBase):
    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.taken += size
        return b" " * size


def post(site: Site, stream: io.RawIOBase, headers: dict[str, str], **environ: Any) -> int:
    given = {"wsgi.input": stream, "CONTENT_LENGTH": "50000000", **environ}
    return site.client.post(
        "/api/v1/articles", content_type="application/json", headers=headers, environ_overrides=given
    ).status_code


def test_a_refused_body_is_taken_in_to_a_bound_so_that_the_refusal_arrives(site: Site) -> None:
    for headers, status in (({}, 401), (site.editor, 413)):
        stream = Endless()
        assert post(site, stream, headers, **{"wsgi.input_terminated": True}) == status
        assert 50_000_000 < stream.taken < 2 * uploads.DISCARDED


def test_no_refused_body_is_taken_in_while_too_many_arrive(site: Site) -> None:
    stream = Endless()
    with taken(uploads._places, *["127.0.0.1"] * AT_ONCE_OF_ONE):
        assert post(site, stream, {}, **{"wsgi.input_terminated": True}) == 401
    assert stream.taken == 0


def test_a_client_that_asks_before_sending_is_spared_sending(site: Site) -> None:
    stream = Endless()
    headers = site.editor | {"Expect": "100-continue"}
    assert post(site, stream, headers, **{"wsgi.input_terminated": True}) == 413
    assert stream.taken == 0


def test_a_body_that_may_never_end_is_not_touched(site: Site) -> None:
    stream = Endless()
    assert post(site, stream, site.editor) == 413
    assert stream.taken == 0
