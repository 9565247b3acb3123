"""Takes request bodies in without letting slow clients hold all the threads that answer everybody.

The server gives a request to a thread as soon as its headers are there, and that thread waits for the body
as long as the client likes: as many uploads that stall as there are threads would stop every page. So few
are read at once, and fewer of one client.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from flask import Response, request

from newsbell.errors import TooLargeError, UnavailableError
from newsbell.web.limits import client_network

AT_ONCE = 12
"""Bodies read at the same time, of the 24 threads of `newsbell serve`."""
AT_ONCE_OF_ONE = 4
WAIT_FOR_PLACE = 1.0
"""Seconds; a body that has arrived is read in a thousandth of that."""
DISCARDED = 64_000_000
"""Bytes of a refused body that are taken and thrown away, so that the refusal arrives: a client that is
still sending when the connection closes sees a broken connection instead (RFC 9112 section 9.6)."""
_PIECE = 65_536


class Places:
    """Who is sending a body now, by client."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def one(self, client: str, *, wait: float) -> Iterator[bool]:
        """A place for this client while the block runs; False where none came free within `wait` seconds."""
        with self._changed:
            got = self._changed.wait_for(lambda: self._free(client), timeout=wait)
            if got:
                self._taken[client] += 1
        try:
            yield got
        finally:
            if got:
                with self._changed:
                    self._taken -= Counter({client: 1})
                    self._changed.notify_all()

    def _free(self, client: str) -> bool:
        return self._taken.total() < AT_ONCE and self._taken[client] < AT_ONCE_OF_ONE


_places = Places()


def receive(longest: int) -> bytes:
    """The body of this request.

    Raises 413 as soon as its declared or actual length passes `longest` bytes, and `UnavailableError` where
    too many bodies are arriving.
    """
    # A body sent in chunks has no length to refuse beforehand; Werkzeug cuts it at the bound without a
    # word, so one byte more than the bound is read, and taken for what it is.
    request.max_content_length = longest + 1
    stream = request.stream
    with _places.one(client_network(), wait=WAIT_FOR_PLACE) as got:
        if not got:
            raise UnavailableError("Too many requests are arriving at once; try again.")
        content = stream.read()
    if len(content) > longest:
        raise TooLargeError(f"The body may have {longest} bytes at most.")
    return content


def discard_rest(response: Response) -> Response:
    """Take in what a refused request is still sending, within bounds (an `after_request` function).

    A client that asked before sending (Expect: 100-continue) is spared sending at all.
    """
    if response.status_code < 400 or "wsgi.input_terminated" not in request.environ:
        return response
    if "Expect" not in request.headers:
        with _places.one(client_network(), wait=0) as got, suppress(OSError):
            if got:
                _discard(request.environ["wsgi.input"].read)
    return response


def _discard(read: Callable[[int], bytes]) -> None:
    left = DISCARDED
    while left > 0 and (piece := read(_PIECE)):
        left -= len(piece)
