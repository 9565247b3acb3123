from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.edges.local import PUBLIC, Handle, LocalServer

Serve = Callable[[Handle], LocalServer]
Route = Callable[[LocalServer], list[str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts local servers, and ends them with the test."""
    servers: list[LocalServer] = []

    def start(handle: Handle) -> LocalServer:
        servers.append(LocalServer(handle))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def route(monkeypatch: pytest.MonkeyPatch) -> Route:
    """Makes connections to PUBLIC end at a local server; gives the list of addresses connected to."""

    def install(server: LocalServer) -> list[str]:
        connected: list[str] = []
        connect = socket.socket.connect

        def to_server(self: socket.socket, address: Any) -> None:
            connected.append(address[0])
            connect(self, ("127.0.0.1", server.port) if address[0] == PUBLIC else address)

        monkeypatch.setattr(socket.socket, "connect", to_server)
        return connected

    return install
