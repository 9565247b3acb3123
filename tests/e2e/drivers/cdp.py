"""Chromium's remote protocols over a websocket, one command at a time.

https://chromedevtools.github.io/devtools-protocol/ for pages, and the same frames for the browser's own
windows (`--enable-ui-devtools`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

_ANSWER_WITHIN = 120


class ProtocolError(Exception):
    """Chromium refused a command, or a script threw."""


class Connection:
    """One websocket; `session` names the tab a command is for. Events are kept for whoever looks."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, *, session: str | None = None, **parameters: Any) -> Any:
        self._number += 1
        frame: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            frame["sessionId"] = session
        self._socket.send(json.dumps(frame))
        while True:
            answer = json.loads(self._socket.recv(timeout=_ANSWER_WITHIN))
            if answer.get("id") != self._number:
                self.events.append(answer)
            elif "error" in answer:
                raise ProtocolError(f"{method}: {answer['error']}")
            else:
                return answer.get("result")


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    with connect(address, max_size=None, compression=None, ping_interval=None, close_timeout=0.5) as socket:
        yield Connection(socket)
