"""A push service for Chromium: Google's check-in, registration and MCS, and an RFC 8030 side of its own.

Chromium checks in (protobuf over HTTP), registers (a form over HTTP) and then listens over TLS to MCS
frames: a tag byte, a length, a protobuf message. The messages are those of Chromium's own
google_apis/gcm/protocol: checkin.proto and mcs.proto, whose field numbers stand below.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import socket
import ssl
import time
import urllib.parse
from dataclasses import dataclass

from aiohttp import web

from tests.e2e.services import protobuf
from tests.e2e.services.background import HOST, Background, serve_http
from tests.e2e.services.certificate import self_signed
from tests.e2e.services.pushes import Push, Pushes

ORIGIN = "https://jmt17.google.com"
"""Where the endpoints point that Chromium without a vendor hands out; the VAPID audience."""

_MCS_VERSION = 41
_PING, _PING_ANSWER, _LOGIN, _LOGIN_ANSWER, _CLOSE, _DATA = 0, 1, 2, 3, 4, 8


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One push subscription: the device it is on, the app and subtype Chromium named, the VAPID key."""

    device: str
    app: str
    subtype: str
    key: str


def switches_to_nowhere() -> list[str]:
    """For a Chromium whose push service does not answer, as in builds that have none."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    return [
        f"--gcm-checkin-url=http://{HOST}:{port}/checkin",
        f"--gcm-registration-url=http://{HOST}:{port}/register",
        f"--gcm-mcs-endpoint=https://{HOST}:{port}",
    ]


class GoogleCloudMessaging(Background):
    """Run Chromium with `switches()`, and post to `local_address` what is meant for an endpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.pushes = Pushes(self.loop)
        self._registrations: dict[str, Registration] = {}
        self._devices: dict[str, asyncio.StreamWriter] = {}
        self._waiting: dict[str, list[bytes]] = {}

    @property
    def subscriptions(self) -> int:
        """How many there are; Chromium itself registers beside them, without a subtype."""
        return sum(known.subtype != "" for known in self._registrations.values())

    def forget(self) -> None:
        """Every browser, and every push that came."""
        self._registrations.clear()
        self._waiting.clear()
        self.pushes.log.clear()

    @property
    def web_address(self) -> str:
        return f"http://{HOST}:{self._web_port}"

    def switches(self) -> list[str]:
        return [
            f"--gcm-checkin-url={self.web_address}/checkin",
            f"--gcm-registration-url={self.web_address}/register",
            f"--gcm-mcs-endpoint=https://{HOST}:{self._mcs_port}",
            f"--ignore-certificate-errors-spki-list={self._key_digest}",
        ]

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/checkin", self._check_in)
        app.router.add_post("/register", self._register)
        app.router.add_post("/send/{token}", self._take_push)
        self._runner, self._web_port = await serve_http(app)
        context, self._key_digest = self_signed(HOST)
        self._mcs = await asyncio.start_server(self._talk_to_browser, HOST, 0, ssl=context)
        self._mcs_port: int = self._mcs.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._mcs.close()
        for writer in list(self._devices.values()):
            writer.close()
        await self._runner.cleanup()

    # HTTP

    async def _check_in(self, request: web.Request) -> web.Response:
        await request.read()
        android_id, security_token = secrets.randbits(56) | 1, secrets.randbits(56) | 1
        answer = protobuf.encode(
            {1: 1, 3: int(time.time() * 1000), 7: android_id, 8: security_token, 9: 0, 11: "tests"},
            fixed64=frozenset({7, 8}),
        )
        return web.Response(body=answer, content_type="application/x-protobuf")

    async def _register(self, request: web.Request) -> web.Response:
        form = dict(urllib.parse.parse_qsl(await request.text(), keep_blank_values=True))
        subtype = form.get("X-subtype", "")
        if form.get("delete"):
            for token in [t for t, known in self._registrations.items() if known.subtype == subtype]:
                del self._registrations[token]
            return web.Response(text=f"token={subtype}" if subtype else f"deleted={form['app']}")
        device = request.headers["Authorization"].split(" ")[-1].split(":")[0]
        token = base64.urlsafe_b64encode(secrets.token_bytes(30)).decode()
        self._registrations[token] = Registration(
            device=device, app=form["app"], subtype=subtype, key=form["sender"]
        )
        return web.Response(text=f"token={token}")

    async def _take_push(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        known = self._registrations.get(token)
        push = await self.pushes.receive(request, token, key=known.key if known else None, origin=ORIGIN)
        if known is not None and push.status == 201:
            await self._deliver(known, push)
        return web.Response(status=push.status)

    async def _deliver(self, known: Registration, push: Push) -> None:
        # DataMessageStanza; its app_data (7) repeats, so that each is appended as a message of its own.
        message = protobuf.encode(
            {3: known.key, 5: known.app, 9: f"0:{secrets.token_hex(16)}", 17: int(push.headers["TTL"])}
        )
        for name, value in (("subtype", known.subtype), ("content-encoding", "aes128gcm")):
            message += protobuf.encode({7: protobuf.encode({1: name, 2: value})})
        message += protobuf.encode({18: int(time.time() * 1000), 21: push.body})
        writer = self._devices.get(known.device)
        if writer is None:
            self._waiting.setdefault(known.device, []).append(message)
        else:
            await _send_frame(writer, _DATA, message)

    # MCS

    async def _talk_to_browser(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        device = ""
        try:
            await reader.readexactly(1)  # the version
            writer.write(bytes([_MCS_VERSION]))
            while True:
                tag, message = await _read_frame(reader)
                if tag == _LOGIN:
                    device = await self._log_in(writer, protobuf.decode(message))
                elif tag == _PING:
                    await _send_frame(writer, _PING_ANSWER, b"")
                elif tag == _CLOSE:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass  # the browser is gone
        finally:
            if self._devices.get(device) is writer:
                del self._devices[device]
            writer.close()

    async def _log_in(self, writer: asyncio.StreamWriter, login: dict[int, protobuf.Value]) -> str:
        identity, user = login[1], login[3]
        assert isinstance(identity, bytes)
        assert isinstance(user, bytes)
        answer = protobuf.encode({1: identity, 8: int(time.time() * 1000)})
        await _send_frame(writer, _LOGIN_ANSWER, answer)
        device = user.decode()
        self._devices[device] = writer
        for message in self._waiting.pop(device, []):
            await _send_frame(writer, _DATA, message)
        return device


async def _send_frame(writer: asyncio.StreamWriter, tag: int, message: bytes) -> None:
    writer.write(bytes([tag]) + protobuf.varint(len(message)) + message)
    await writer.drain()


async def _read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    tag = (await reader.readexactly(1))[0]
    length = await reader.readexactly(1)
    while length[-1] & 0x80:
        length += await reader.readexactly(1)
    size, _ = protobuf.read_varint(length, 0)
    return tag, await reader.readexactly(size)
