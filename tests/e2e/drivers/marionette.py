"""Firefox's own remote protocol, on the standard library: frames of `length:JSON` over TCP.

https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

from __future__ import annotations

import json
import socket
from typing import Any, Self


class MarionetteError(Exception):
    """Firefox refused a command."""


class Marionette:
    """A connection to one Firefox."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._buffer = b""
        self._number = 0
        self._read()  # the greeting

    def __call__(self, command: str, **parameters: Any) -> Any:
        """Run a command and return its value."""
        self._number += 1
        frame = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(frame), frame))
        _, _, error, result = self._read()
        if error:
            raise MarionetteError(f"{command}: {error['error']}: {error['message']}")
        alone = isinstance(result, dict) and result.keys() == {"value"}
        return result["value"] if alone else result

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._receive()
        length, _, self._buffer = self._buffer.partition(b":")
        while len(self._buffer) < int(length):
            self._receive()
        frame, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        return json.loads(frame)

    def _receive(self) -> None:
        received = self._socket.recv(1 << 16)
        if not received:
            raise ConnectionError("Firefox closed the connection")
        self._buffer += received
