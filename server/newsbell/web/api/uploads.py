"""Takes request bodies in without letting slow clients hold all the threads that answer everybody.

The server gives a request to a thread as soon as its headers are there, and that thread waits for the body
as long as the client likes: as many uploads that stall as there are threads would stop every page. So few
are read at once, fewer of one client, and those with an API token have places that nobody else can take.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from flask import Response, g, request

from newsbell.errors import TooLargeError, UnavailableError
from newsbell.services.places import Places
from newsbell.web.limits import client_network

# Together with the pictures that are fetched, what anybody can stall stays below the 24 threads of
# `newsbell serve`.
OF_EDITORS, OF_ONE_EDITOR = 8, 4
"""Bodies read at the same time that came with an API token."""
OF_ANYBODY, OF_ONE = 4, 2
"""Bodies read at the same time that came without; they are small."""
REFUSED, REFUSED_OF_ONE = 2, 1
"""Refused bodies that are thrown away at the same time."""
WAIT_FOR_PLACE = 1.0
"""Seconds; a body that has arrived is read in a thousandth of that."""
DISCARDED = 1_000_000
"""Bytes of a refused body that are taken and thrown away, so that the refusal arrives: a client that is
still sending when the connection closes sees a broken connection instead (RFC 9112 section 9.6)."""

_PIECE = 65_536

_editors = Places(OF_EDITORS, waiting=2)
_anybody = Places(OF_ANYBODY, waiting=2)
_refused = Places(REFUSED, waiting=0)


def receive(longest: int, *, authenticated: bool) -> bytes:
    """The body of this request; `authenticated` says that an API token was found good before.

    Raises 413 as soon as its declared or actual length passes `longest` bytes, and `UnavailableError` where
    too many bodies are arriving.
    """
    # A body sent in chunks has no length to refuse beforehand; Werkzeug cuts it at the bound without a
    # word, so one byte more than the bound is read, and taken for what it is.
    request.max_content_length = longest + 1
    stream = request.stream
    places, most = (_editors, OF_ONE_EDITOR) if authenticated else (_anybody, OF_ONE)
    with places.one({client_network(): most}, wait=WAIT_FOR_PLACE) as got:
        if not got:
            raise UnavailableError("Too many requests are arriving at once; try again.")
        content = stream.read()
    if len(content) > longest:
        raise TooLargeError(f"The body may have {longest} bytes at most.")
    g.received = True
    return content


def discard_rest(response: Response) -> Response:
    """Take in what a refused request is still sending where that is little, else end the connection with the
    answer (an `after_request` function).

    A client that asked before sending (Expect: 100-continue) is spared sending at all.
    """
    if response.status_code < 400 or not _has_rest() or "Expect" in request.headers:
        return response
    if not _discarded():
        response.headers["Connection"] = "close"
    return response


def _has_rest() -> bool:
    sent = request.content_length or "Transfer-Encoding" in request.headers
    return bool(sent) and "wsgi.input_terminated" in request.environ and not g.get("received")


def _discarded() -> bool:
    """Whether nothing of the body is left to come."""
    if (request.content_length or 0) > DISCARDED:
        return False
    with _refused.one({client_network(): REFUSED_OF_ONE}, wait=0) as got, suppress(OSError):
        return got and _ended(request.environ["wsgi.input"].read)
    return False


def _ended(read: Callable[[int], bytes]) -> bool:
    """Whether the body ended before `DISCARDED` bytes of it were thrown away."""
    left = DISCARDED
    while left > 0:
        piece = read(_PIECE)
        if not piece:
            return True
        left -= len(piece)
    return False
