"""What every refusal of the API has in common."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.web.site import Site

LONG_TOPIC = "x" * 10_000


def refused(
    site: Site, answer: TestResponse, before: dict[str, int], status: int, code: str
) -> dict[str, Any]:
    """The refusal, after looking that it is one and that nothing was stored or sent."""
    problem: dict[str, Any] = answer.json or {}
    assert (answer.status_code, problem.get("code")) == (status, code), problem
    assert site.rows() == before
    assert site.pusher.sent == []
    assert len(answer.data) < 600, "an error repeats little of what it was given"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return problem
