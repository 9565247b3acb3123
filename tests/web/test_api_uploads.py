"""Clients that send slowly, or send what is refused, hold up nobody else."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from werkzeug.test import TestResponse

from newsbell.services.places import Places
from newsbell.web.api import uploads
from newsbell.web.api.uploads import OF_ONE
from tests.web.site import Site

HERE = "127.0.0.1"


@contextmanager
def taken(places: Places, times: int, *, of_one: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(times):
            assert stack.enter_context(places.one({HERE: of_one}, wait=0))
        yield


def test_a_body_without_a_place_is_told_to_come_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "WAIT_FOR_PLACE", 0)
    with taken(uploads._anybody, OF_ONE, of_one=OF_ONE):
        refused = site.follow()
        assert site.save().status_code == 201
        before = site.rows()
        assert site.client.get("/api/v1/topics").status_code == 200
    assert (refused.status_code, (refused.json or {})["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert site.rows() == before
    assert site.follow().status_code == 201


class Endless(io.RawIOBase):
    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.taken += size
        return b" " * size


def post(site: Site, stream: Any, headers: dict[str, str], **environ: Any) -> TestResponse:
    given = {"wsgi.input": stream, "CONTENT_LENGTH": "50000000", **environ}
    return site.client.post(
        "/api/v1/articles", content_type="application/json", headers=headers, environ_overrides=given
    )


TERMINATED = {"wsgi.input_terminated": True}


def test_a_small_refused_body_is_taken_in_so_that_the_refusal_arrives(site: Site) -> None:
    stream = io.BytesIO(b" " * 900_000)
    refused = post(site, stream, {}, CONTENT_LENGTH="900000", **TERMINATED)
    assert (refused.status_code, stream.read()) == (401, b"")
    assert "Connection" not in refused.headers


def test_a_large_refused_body_is_not_taken_in_and_the_connection_ends(site: Site) -> None:
    for headers, status in (({}, 401), (site.editor, 413)):
        stream = Endless()
        refused = post(site, stream, headers, **TERMINATED)
        assert (refused.status_code, refused.headers["Connection"]) == (status, "close")
        assert stream.taken == 0


def test_a_refused_body_of_unknown_length_is_taken_in_to_a_bound(site: Site) -> None:
    stream = Endless()
    refused = post(site, stream, {}, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked", **TERMINATED)
    assert (refused.status_code, refused.headers["Connection"]) == (401, "close")
    assert uploads.DISCARDED <= stream.taken < 2 * uploads.DISCARDED


def test_a_body_that_was_read_and_is_not_right_ends_no_connection(site: Site) -> None:
    content = b" " * 2_000_000
    refused = post(site, io.BytesIO(content), site.editor, CONTENT_LENGTH=str(len(content)), **TERMINATED)
    assert refused.status_code == 400
    assert "Connection" not in refused.headers


def test_one_client_has_one_refused_body_taken_in_at_a_time(site: Site) -> None:
    stream = Endless()
    with taken(uploads._refused, 1, of_one=1):
        refused = post(site, stream, {}, CONTENT_LENGTH="1000", **TERMINATED)
    assert (refused.status_code, refused.headers["Connection"], stream.taken) == (401, "close", 0)


def test_a_client_that_asks_before_sending_is_spared_sending(site: Site) -> None:
    stream = Endless()
    refused = post(site, stream, site.editor | {"Expect": "100-continue"}, **TERMINATED)
    assert (refused.status_code, stream.taken) == (413, 0)


def test_a_body_that_may_never_end_is_not_touched(site: Site) -> None:
    stream = Endless()
    assert post(site, stream, site.editor).status_code == 413
    assert stream.taken == 0


class Stalled(io.RawIOBase):
    """A body of which nothing comes until the test ends."""

    def __init__(self, ends: threading.Event) -> None:
        self._ends = ends

    def read(self, _size: int = -1) -> bytes:
        self._ends.wait(60)
        return b""


@pytest.mark.parametrize("path", ["/api/v1/articles", "/api/v1/subscriptions"])
def test_bodies_that_stall_without_a_token_stop_no_editor(site: Site, path: str) -> None:
    ends, headers = threading.Event(), site.editor
    with ThreadPoolExecutor(12) as pool:
        for number in range(12):
            given = {"wsgi.input": Stalled(ends), "CONTENT_LENGTH": "10000", **TERMINATED}
            given["REMOTE_ADDR"] = f"192.0.2.{number}"
            client = site.app.test_client()
            pool.submit(client.post, path, content_type="application/json", environ_overrides=given)
        try:
            assert pool.submit(site.save).result(30).status_code == 201
            assert site.client.get("/api/v1/topics", headers=headers).status_code == 200
        finally:
            ends.set()
