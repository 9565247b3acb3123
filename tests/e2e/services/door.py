"""A door to a server: at an address of the network, and open, shut, silent or slow as a test wants it."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal

from tests.e2e.drivers.chromium import FAR_HOST
from tests.e2e.services.background import Background

Mode = Literal["open", "shut", "silent"]

_ELSEWHERE = ("198.51.100.1", 9)  # RFC 5737: an address of nobody's; nothing is sent to it
_LOOPBACK = "127.0.0.1"
_CORS = re.compile(rb"^access-control-allow-origin:", re.IGNORECASE | re.MULTILINE)


def network_address() -> str:
    """This machine's address in its network; its loopback address where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return _LOOPBACK
        return str(probe.getsockname()[0])


class Door(Background):
    """Leads connections on to `port` of this machine. Shut, they are refused; silent, they are taken and
    never answered; `delay` is how many seconds each answer waits. `drops_cors` is how some proxies are: what
    lets pages of other origins read an answer gets lost."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._target = port
        self._mode: Mode = "open"
        self._connections: set[asyncio.StreamWriter] = set()
        self.delay = 0.0
        self.drops_cors = False

    @property
    def address(self) -> str:
        """One that browsers trust no more than another host: they trust all of 127/8, but not this name."""
        return f"http://{FAR_HOST if self._host == _LOOPBACK else self._host}:{self._port}"

    def turn(self, mode: Mode) -> None:
        """Be like this from now on, to connections that are there already, too."""
        self.call(self._turn(mode))

    async def _turn(self, mode: Mode) -> None:
        self._mode = mode
        for connection in self._connections:
            connection.transport.abort()

    async def open(self) -> None:
        self._host = network_address()
        self._server = await asyncio.start_server(self._admit, self._host, 0)
        self._port: int = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        await self._turn("shut")
        await asyncio.sleep(0)  # connections hear of their end

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            if self._mode == "silent":
                await reader.read()
            elif self._mode == "open":
                await self._lead_on(reader, writer)
        except OSError:
            pass  # cut off while it was led on
        finally:
            self._connections.discard(writer)
            writer.transport.abort()

    async def _lead_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._connections.add(back)
        try:
            await asyncio.gather(_pump(reader, back), self._answer(there, writer))
        finally:
            self._connections.discard(back)
            back.transport.abort()

    async def _answer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        async def changed(part: bytes) -> bytes:
            await asyncio.sleep(self.delay)
            return _CORS.sub(b"x-was:", part) if self.drops_cors else part

        await _pump(source, sink, changed)


async def _same(part: bytes) -> bytes:
    return part


async def _pump(
    source: asyncio.StreamReader,
    sink: asyncio.StreamWriter,
    change: Callable[[bytes], Awaitable[bytes]] = _same,
) -> None:
    while part := await source.read(65_536):
        sink.write(await change(part))
        await sink.drain()
    with suppress(OSError):
        sink.write_eof()
