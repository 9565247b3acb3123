"""The one shaper of the API's successful answers; errors are shaped in `newsbell.web.errors`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response, request


def public(body: Mapping[str, object]) -> Response:
    """A GET that anybody may make: it may be kept and must be asked for again, which costs a 304."""
    response = _json(body, 200)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def private(body: Mapping[str, object], status: int = 200, *, location: str | None = None) -> Response:
    """An answer to the holder of a token, or to a change: nobody keeps it."""
    response = _json(body, status)
    response.headers["Cache-Control"] = "no-store"
    if location is not None:
        response.headers["Location"] = location
    return response


def nothing() -> Response:
    """It is done, and there is nothing to say about it."""
    return Response(status=204, headers={"Cache-Control": "no-store"})


def _json(body: Mapping[str, object], status: int) -> Response:
    content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(content.encode(), status, mimetype="application/json")
