"""The one place where an error becomes an answer: a status from its class, a shape from its address.

Under /api the answer is JSON `{code, message, field?}`; feeds, pictures and checks get a line of plain
text; everything else gets a page.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from newsbell import errors

STATUSES: dict[type[errors.NewsbellError], int] = {
    errors.MalformedError: 400,
    errors.UnauthorizedError: 401,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.GoneError: 410,
    errors.TooLargeError: 413,
    errors.UnsupportedTypeError: 415,
    errors.RefusedError: 422,
    errors.TooManyRequestsError: 429,
    errors.UnreachableError: 502,
    errors.UnavailableError: 503,
    errors.NoStoreError: 503,
}
"""What each class of the error tree is in HTTP; a class that is missing here is a fault of ours (500)."""

HTTP_ERRORS: dict[int, tuple[str, str]] = {
    400: ("malformed", "This request cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not answer to this method."),
    413: ("too_large", "This is more than is read here."),
    415: ("unsupported_type", "Content of this type is not read here."),
    429: ("too_many_requests", "Too often: try again later."),
    503: ("unavailable", "Newsbell cannot answer now; try again in a minute."),
}
"""The code and sentence of errors that Flask and Werkzeug raise by themselves."""

RETRY_AFTER = "5"
"""Seconds after which to come back, where it is this server that cannot answer now."""
INTERNAL = ("internal", "Something went wrong here. It has been noted in the log.")

_PLAIN = ("/feeds/", "/media/", "/static/", "/healthz", "/readyz")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """An error as it is answered."""

    status: int
    code: str
    message: str
    field: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


def install(app: Flask) -> None:
    """Answer every error: of the tree, of Werkzeug, and unexpected ones.

    Those come here as Flask's own 500, after Flask has logged them with their traceback.
    """
    app.register_error_handler(errors.NewsbellError, _answer_own)
    app.register_error_handler(HTTPException, _answer_http)


def problem_of(error: errors.NewsbellError) -> Problem:
    """The answer to an error of the tree. What has no status is unexpected, and its sentence stays here."""
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), None)
    if status is None:
        return Problem(status=500, code=INTERNAL[0], message=INTERNAL[1])
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, errors.UnauthorizedError):
        headers = (("WWW-Authenticate", 'Bearer realm="newsbell"'),)
    elif isinstance(error, errors.TooManyRequestsError):
        headers = (("Retry-After", str(error.retry_after)),)
    elif isinstance(error, errors.UnavailableError):
        headers = (("Retry-After", RETRY_AFTER),)
    return Problem(status=status, code=error.code, message=error.message, field=error.field, headers=headers)


def _answer_own(error: errors.NewsbellError) -> Response:
    problem = problem_of(error)
    if problem.status >= 500:
        current_app.logger.log(
            logging.ERROR if problem.status == 500 else logging.WARNING,
            "request_failed method=%s path=%r status=%s code=%s message=%r",
            request.method, request.path, problem.status, error.code, error.message,
            exc_info=error if problem.status == 500 else None,
        )  # fmt: skip
    return respond(problem)


def _answer_http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    code, message = HTTP_ERRORS.get(status) or _described(status)
    headers = tuple((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return respond(Problem(status=status, code=code, message=message, headers=headers))


def _described(status: int) -> tuple[str, str]:
    if status >= 500:
        return INTERNAL
    return "malformed", f"{HTTPStatus(status).phrase}."


def respond(problem: Problem) -> Response:
    """The problem in the shape that whoever asked can read."""
    message = _encodable(problem.message)
    response = Response(status=problem.status)
    if request.path == "/api" or request.path.startswith("/api/"):
        body = {"code": problem.code, "message": message}
        if problem.field is not None:
            body["field"] = _encodable(problem.field)
        response.mimetype = "application/json"
        response.data = json.dumps(body, ensure_ascii=False).encode()
    elif request.path.startswith(_PLAIN):
        response.mimetype = "text/plain"
        response.data = f"{message}\n".encode()
    else:
        response.mimetype = "text/html"
        title = HTTPStatus(problem.status).phrase
        response.data = render_template(
            "error.html", status=problem.status, title=title, code=problem.code, message=message
        ).encode()
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _encodable(text: str) -> str:
    """The text without lone surrogates: JSON can carry them in (RFC 8259 section 8.2), UTF-8 not out."""
    return text.encode("utf-8", "replace").decode()
