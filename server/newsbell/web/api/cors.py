"""Any site and the extension may use the API, down to addresses under it that nothing answers."""

from __future__ import annotations

from flask import Response, request

from newsbell.web.cors import any_origin

PREFIX = "/api/v1"

_allow = any_origin("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def allow_any_origin(response: Response) -> Response:
    """Put the headers on every answer under the prefix: errors too, so that a page may read them."""
    if request.path == PREFIX or request.path.startswith(PREFIX + "/"):
        return _allow(response)
    return response
