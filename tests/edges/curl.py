"""libcurl in an internet of the tests' own, where every name leads to one address."""

from __future__ import annotations

import socket
from typing import Any

import pycurl

from newsbell.edges.push_engine import Engine, Request


def leading_to(address: str, port: int) -> type[Engine]:
    """Engines that are told that every name has this address, and whose connections end at the local port."""

    class RoutedRequest(Request):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.handle.setopt(pycurl.RESOLVE, [f"*:443:{address}"])
            self.handle.setopt(pycurl.SOCKOPTFUNCTION, lambda *_: pycurl.SOCKOPT_ALREADY_CONNECTED)

        def _socket(self, *place: Any) -> socket.socket:
            assert place[3] == (address, 443)
            return socket.create_connection(("127.0.0.1", port))

    class RoutedEngine(Engine):
        request = RoutedRequest

    return RoutedEngine
