"""For whatever watches this process: whether it is up, and whether it can answer."""

from __future__ import annotations

from flask import Blueprint, Response, json

from newsbell.errors import NewsbellError
from newsbell.services.vapid import current_key
from newsbell.web.context import current
from newsbell.web.errors import problem_of

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers. It touches nothing else, so that a slow database does not get it restarted."""
    return _answer({"status": "alive"}, 200)


@blueprint.get("/readyz")
def ready() -> Response:
    """The database answers, with our tables and the key that notifications need (503 otherwise).

    Whether a worker is alive is for `newsbell doctor`: pages and feeds are right without one.
    """
    try:
        current_key(current().db)
    except NewsbellError as error:
        problem = problem_of(error)
        return _answer({"status": "not ready", "code": problem.code, "message": problem.message}, 503)
    return _answer({"status": "ready"}, 200)


def _answer(body: dict[str, str], status: int) -> Response:
    return Response(
        json.dumps(body), status, mimetype="application/json", headers={"Cache-Control": "no-store"}
    )
