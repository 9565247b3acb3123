"""A page as a response: never stale, and not sent twice to who has it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from flask import redirect as flask_redirect


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Render a template. A page that is there carries an ETag of its own text, so that a new title, a
    renamed topic and a new release all count as a change; the answer is 304 where the reader has it.
    """
    response = make_response(render_template(template, **values), status)
    response.cache_control.no_cache = True
    if status != 200:
        return response
    response.add_etag(weak=True)  # weak: a proxy may compress it
    response.make_conditional(request)
    return response


def redirect(path: str, status: int) -> Response:
    """Lead to another path of ours. Not kept by the browser: titles and names can change back."""
    response = make_response(flask_redirect(path, status))
    response.cache_control.no_cache = True
    return response
