"""Every error has a status by its class and a shape by the address that was asked for."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, Response, abort, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from newsbell import errors
from newsbell.web import errors as web_errors

BY_STATUS: list[tuple[int, errors.NewsbellError]] = [
    (400, errors.MalformedError("It is crooked.", field="topics")),
    (401, errors.UnauthorizedError("No token.")),
    (404, errors.NotFoundError("Not here.")),
    (409, errors.ConflictError("It differs.")),
    (410, errors.GoneError("It was here.")),
    (413, errors.TooLargeError("It is big.")),
    (415, errors.UnsupportedTypeError("It is odd.")),
    (422, errors.RefusedError("A rule forbids it.", code="private_address", field="url")),
    (429, errors.TooManyRequestsError("Too often.", retry_after=7)),
    (502, errors.UnreachableError("They are away.")),
    (503, errors.UnavailableError("We are busy.")),
    (503, errors.NoStoreError("There is no store.")),
]


class Stage:
    """An app whose every address raises what the test puts here."""

    def __init__(self) -> None:
        self.app = Flask("newsbell.web")
        self.raises: BaseException = AssertionError("nothing set")
        web_errors.install(self.app)
        for address in ("/api/v1/x", "/feeds/x.rss", "/media/x", "/readyz", "/x"):
            self.app.add_url_rule(address, f"view{address}".replace(".", "-"), self._raise, methods=["GET"])

    def _raise(self) -> str:
        raise self.raises

    def get(self, address: str, error: BaseException) -> TestResponse:
        self.raises = error
        return self.app.test_client().get(address)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize(("status", "error"), BY_STATUS, ids=lambda value: getattr(value, "code", ""))
def test_an_error_of_the_tree_is_json_under_api(
    stage: Stage, status: int, error: errors.NewsbellError
) -> None:
    answer = stage.get("/api/v1/x", error)
    expected = {"code": error.code, "message": error.message}
    if error.field:
        expected["field"] = error.field
    assert (answer.status_code, answer.json) == (status, expected)
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_class_of_the_tree_has_a_status_except_those_that_stop_the_start() -> None:
    mapped = {kind for kind in errors.NewsbellError.__subclasses__() if kind in web_errors.STATUSES}
    assert set(errors.NewsbellError.__subclasses__()) - mapped == {errors.SettingsError, errors.StartError}
    assert {type(error) for _, error in BY_STATUS} == mapped


def test_a_missing_token_says_which_kind_is_wanted(stage: Stage) -> None:
    answer = stage.get("/api/v1/x", errors.UnauthorizedError("No token."))
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "WWW-Authenticate" not in stage.get("/api/v1/x", errors.NotFoundError("No.")).headers


def test_too_often_says_when_to_come_back(stage: Stage) -> None:
    answer = stage.get("/api/v1/x", errors.TooManyRequestsError("Too often.", retry_after=7))
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("address", ["/feeds/x.rss", "/media/x", "/readyz"])
def test_feeds_pictures_and_checks_get_a_line_of_text(stage: Stage, address: str) -> None:
    answer = stage.get(address, errors.GoneError("It was <removed>."))
    assert (answer.status_code, answer.mimetype, answer.text) == (410, "text/plain", "It was <removed>.\n")


def test_pages_get_a_page_in_which_the_sentence_is_text(stage: Stage) -> None:
    answer = stage.get("/x", errors.GoneError("It was <removed>."))
    assert (answer.status_code, answer.mimetype) == (410, "text/html")
    assert "It was &lt;removed&gt;." in answer.text
    assert "<removed>" not in answer.text


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v2", 404, "not_found"),
        ("POST", "/api/v1/x", 405, "method_not_allowed"),
    ],
)
def test_errors_of_the_framework_get_the_same_shape(
    stage: Stage, method: str, address: str, status: int, code: str
) -> None:
    answer = stage.app.test_client().open(address, method=method)
    assert answer.status_code == status
    assert set(answer.json or {}) == {"code", "message"}
    assert (answer.json or {})["code"] == code


def test_a_wrong_method_names_the_right_ones(stage: Stage) -> None:
    answer = stage.app.test_client().post("/api/v1/x")
    assert {"GET", "HEAD", "OPTIONS"} == {one.strip() for one in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("status", [400, 404, 405, 406, 408, 413, 415, 429, 431, 500, 503])
def test_any_http_error_of_the_framework_has_a_code_and_a_sentence(status: int) -> None:
    app = Flask("newsbell.web")
    web_errors.install(app)
    app.add_url_rule("/api/v1/x", "x", lambda: abort(status))
    answer = app.test_client().get("/api/v1/x")
    assert answer.status_code == status
    assert (answer.json or {})["code"]
    assert (answer.json or {})["message"].endswith(".")


def test_an_unexpected_error_is_logged_and_tells_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = stage.get("/api/v1/x", KeyError("the secret"))
    assert answer.status_code == 500
    assert answer.json == {"code": "internal", "message": web_errors.INTERNAL[1]}
    assert "KeyError: 'the secret'" in caplog.text
    assert "Traceback" in caplog.text


def test_an_error_of_ours_without_a_status_is_unexpected_too(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = stage.get("/api/v1/x", errors.SettingsError("NEWSBELL_X holds the secret."))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "NEWSBELL_X holds the secret." in caplog.text


def test_half_a_character_in_a_message_cannot_break_the_answer(stage: Stage) -> None:
    answer = stage.get("/api/v1/x", errors.MalformedError("\ud800 is odd.", field="\udfff"))
    assert (answer.status_code, answer.json) == (
        400,
        {"code": "malformed", "message": "? is odd.", "field": "?"},
    )


def test_a_redirect_is_not_an_error() -> None:
    app = Flask("newsbell.web")
    web_errors.install(app)
    app.add_url_rule("/topics/", "topics", lambda: request.path)
    answer = app.test_client().get("/topics")
    assert (answer.status_code, answer.location) == (308, "http://localhost/topics/")


def test_an_answer_that_a_view_gave_up_with_stands() -> None:
    app = Flask("newsbell.web")
    web_errors.install(app)
    app.add_url_rule("/api/v1/x", "x", lambda: abort(Response("as it is", 418)))
    answer = app.test_client().get("/api/v1/x")
    assert (answer.status_code, answer.text) == (418, "as it is")


def test_a_head_request_gets_the_status_without_the_sentence(stage: Stage) -> None:
    stage.raises = errors.NotFoundError("Not here.")
    client: FlaskClient = stage.app.test_client()
    answer = client.head("/api/v1/x")
    assert (answer.status_code, answer.data) == (404, b"")
