"""Any site may read what is given to everybody: an answer depends on what a request carries, not on cookies.

So `*` is right (Fetch standard, section 3.2): a page of somebody else can do no more than any other client.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def any_origin(*methods: str) -> Callable[[Response], Response]:
    """An `after_request` function: pages of any site may use these methods, and read refusals as well."""

    def allow(response: Response) -> Response:
        response.headers.update(_HEADERS)
        if request.method == "OPTIONS":
            response.headers.update(_PREFLIGHT, **{"Access-Control-Allow-Methods": ", ".join(methods)})
        return response

    return allow
