"""Any site and the extension may use the API: it answers to what a request carries, never to cookies.

So `*` is right (Fetch standard, section 3.2): a page of somebody else can do no more than any other client.
"""

from __future__ import annotations

from flask import Response, request

PREFIX = "/api/v1"

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def allow_any_origin(response: Response) -> Response:
    """Put the headers on every answer under the prefix: errors too, so that a page may read them."""
    if request.path == PREFIX or request.path.startswith(PREFIX + "/"):
        response.headers.update(_HEADERS)
        if request.method == "OPTIONS":
            response.headers.update(_PREFLIGHT)
    return response
