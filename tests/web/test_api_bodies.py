"""Bodies are read strictly: each fault has a status, a sentence and, where there is one, a field."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask, Response, jsonify
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from newsbell.web import errors
from newsbell.web.api.body import read_body

LONGEST = 2_000
GOOD = '{"url": "https://a.example/", "topics": ["Россия", "🎈"], "keys": {"auth": "x"}, "mode": "b"}'


def echo() -> Response:
    body = read_body(("url", "page", "topics", "keys", "mode", "must"), longest=LONGEST)
    keys = body.part("keys", ("auth",)) if "keys" in body else None
    return jsonify(
        url=body.text("url", longest=30),
        page=body.page("page"),
        topics=body.texts("topics"),
        auth=keys and keys.required("auth", longest=3),
        mode=body.choice("mode", ("a", "b")),
    )


def must() -> Response:
    body = read_body(("must", "keys"), longest=LONGEST)
    return jsonify(must=body.required("must"), keys="auth" in body.part("keys", ("auth",)))


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("newsbell.web")
    errors.install(app)
    app.add_url_rule("/api/v1/echo", view_func=echo, methods=["POST"])
    app.add_url_rule("/api/v1/must", view_func=must, methods=["POST"])
    return app.test_client()


def send(client: FlaskClient, content: str | bytes, path: str = "echo") -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/api/v1/{path}", data=content, content_type="application/json")
    return answer.status_code, answer.json or {}


def test_a_good_body_is_read(client: FlaskClient) -> None:
    status, values = send(client, GOOD)
    assert status == 200
    assert values == {
        "url": "https://a.example/",
        "page": None,
        "topics": ["Россия", "🎈"],
        "auth": "x",
        "mode": "b",
    }


def test_what_is_not_there_is_none_and_a_choice_has_its_usual_value(client: FlaskClient) -> None:
    expected = {"url": None, "page": None, "topics": None, "auth": None, "mode": "a"}
    assert send(client, "{}") == (200, expected)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ('{"colour": 1}', "colour"),
        ('{"URL": "x"}', "URL"),
        ('{"keys": {"auth": "x", "p": 1}}', "keys.p"),
        ('{"url": 1}', "url"),
        ('{"url": null}', "url"),
        ('{"url": ["x"]}', "url"),
        ('{"url": "' + "x" * 31 + '"}', "url"),
        ('{"url": "\\ud800"}', "url"),
        ('{"page": 1}', "page"),
        ('{"topics": "Russia"}', "topics"),
        ('{"topics": {"0": "Russia"}}', "topics"),
        ('{"topics": ["Russia", 1]}', "topics"),
        ('{"topics": ["\\udfff"]}', "topics"),
        ('{"keys": "x"}', "keys"),
        ('{"keys": []}', "keys"),
        ('{"keys": {}}', "keys.auth"),
        ('{"keys": {"auth": true}}', "keys.auth"),
        ('{"keys": {"auth": "xxxx"}}', "keys.auth"),
        ('{"mode": "c"}', "mode"),
        ('{"mode": ["a"]}', "mode"),
        ('{"url": "a", "url": "b"}', "url"),
        ('{"keys": {"auth": "a", "auth": "b"}}', "auth"),
    ],
)
def test_a_fault_in_a_field_names_the_field(client: FlaskClient, content: str, field: str) -> None:
    status, answer = send(client, content)
    assert (status, answer["code"], answer["field"]) == (400, "malformed", field)


@pytest.mark.parametrize(
    ("content", "field"),
    [("{}", "must"), ('{"must": "x"}', "keys"), ('{"keys": {}}', "must")],
)
def test_a_field_that_must_be_there_is_missed(client: FlaskClient, content: str, field: str) -> None:
    status, answer = send(client, content, "must")
    assert (status, answer["field"]) == (400, field)
    assert send(client, '{"must": "x", "keys": {}}', "must") == (200, {"must": "x", "keys": False})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"[]",
        b'"text"',
        b"null",
        b"1",
        b'{"url": "a"} {}',
        b'{"url": NaN}',
        b'{"url": -Infinity}',
        b"{'url': 'a'}",
        b'{"url": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 1_900,
        b'{"url":' * 280,
        b'{"url": ' + b"1" * 1_900 + b"}",
    ],
)  # fmt: skip
def test_what_is_not_one_json_object_is_malformed(client: FlaskClient, content: bytes) -> None:
    status, answer = send(client, content)
    assert (status, answer["code"]) == (400, "malformed")
    assert len(answer["message"]) < 100


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_another_type_is_not_read(client: FlaskClient, content_type: str) -> None:
    answer = client.post("/api/v1/echo", data=GOOD, content_type=content_type)
    assert (answer.status_code, (answer.json or {})["code"]) == (415, "unsupported_type")


def test_the_type_may_name_its_charset(client: FlaskClient) -> None:
    assert client.post(
        "/api/v1/echo", data=GOOD.encode(), content_type="application/json; charset=utf-8"
    ).json


class CountingStream(io.RawIOBase):
    """An endless body that counts what was read of it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        buffer[:] = b" " * len(buffer)
        return len(buffer)


def post_stream(client: FlaskClient, stream: CountingStream, **environ: Any) -> TestResponse:
    return client.post(
        "/api/v1/echo",
        content_type="application/json",
        environ_overrides={"wsgi.input": stream, **environ},
    )


def test_a_longer_body_is_refused_unread(client: FlaskClient) -> None:
    stream = CountingStream()
    answer = post_stream(client, stream, CONTENT_LENGTH="50000000")
    assert (answer.status_code, (answer.json or {})["code"]) == (413, "too_large")
    assert stream.taken == 0


def test_a_body_without_a_length_is_read_to_the_bound_only(client: FlaskClient) -> None:
    stream = CountingStream()
    answer = post_stream(client, stream, **{"wsgi.input_terminated": True})
    assert (answer.status_code, (answer.json or {})["code"]) == (413, "too_large")
    assert 0 < stream.taken <= 2 * LONGEST


def test_a_body_of_the_longest_length_is_read(client: FlaskClient) -> None:
    assert send(client, GOOD + " " * (LONGEST - len(GOOD.encode())))[0] == 200
    assert send(client, GOOD + " " * (LONGEST - len(GOOD.encode()) + 1))[0] == 413


def test_a_page_may_hold_half_a_character(client: FlaskClient) -> None:
    assert send(client, '{"page": "a\\ud800b\\ud83d\\ude00"}')[1]["page"] == "a\ufffdb😀"


def test_a_long_unknown_name_is_not_repeated_at_length(client: FlaskClient) -> None:
    status, answer = send(client, '{"' + "n" * 1_500 + '": 1}')
    assert status == 400
    assert len(answer["field"]) == 40
    assert len(answer["message"]) < 200
