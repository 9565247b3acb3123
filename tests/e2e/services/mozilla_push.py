"""A push service for Firefox: its websocket protocol on one side, RFC 8030 on the other, on one port.

The protocol is Mozilla's autopush (https://mozilla-push-service.readthedocs.io, "SimplePush Protocol"):
hello, register, unregister, notification and ack, as JSON text frames.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.e2e.services.background import HOST, Background, serve_http
from tests.e2e.services.pushes import Push, Pushes

Frame = dict[str, Any]


@dataclass
class Agent:
    """A browser, as the service knows it: its connection while there is one, and what waits for it."""

    socket: web.WebSocketResponse | None = None
    waiting: list[Frame] = field(default_factory=list)


@dataclass(frozen=True)
class Channel:
    agent: Agent
    key: str


class MozillaPush(Background):
    """`address` is for Firefox's dom.push.serverURL, `host` for NEWSBELL_PRIVATE_HOSTS."""

    def __init__(self) -> None:
        super().__init__()
        self.pushes = Pushes(self.loop)
        self.acknowledged: list[int] = []
        self._agents: dict[str, Agent] = {}
        self._channels: dict[str, Channel] = {}

    @property
    def host(self) -> str:
        return f"{HOST}:{self._port}"

    @property
    def address(self) -> str:
        return f"ws://{self.host}/"

    @property
    def subscriptions(self) -> int:
        return len(self._channels)

    def forget(self) -> None:
        """Every browser, and every push that came."""
        self._agents.clear()
        self._channels.clear()
        self.acknowledged.clear()
        self.pushes.log.clear()

    def lose_browsers(self) -> None:
        """Forget them while they are connected, as a service does that lost its store: each comes back,
        is given another name, and gives up its subscriptions.
        """
        sockets = [agent.socket for agent in self._agents.values() if agent.socket]
        self.forget()
        for socket in sockets:
            self.call(_close(socket))

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._talk_to_browser)
        app.router.add_post("/push/{channel}", self._take_push)
        self._runner, self._port = await serve_http(app)

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _take_push(self, request: web.Request) -> web.Response:
        name = request.match_info["channel"]
        channel = self._channels.get(name)
        key = channel.key if channel else None
        push = await self.pushes.receive(request, name, key=key, origin=f"http://{self.host}")
        if channel is not None and push.status == 201:
            await self._deliver(channel.agent, name, push)
        return web.Response(status=push.status)

    async def _deliver(self, agent: Agent, channel: str, push: Push) -> None:
        frame = {
            "messageType": "notification",
            "channelID": channel,
            "version": uuid.uuid4().hex,
            "ttl": int(push.headers["TTL"]),
            "data": base64.urlsafe_b64encode(push.body).decode().rstrip("="),
            "headers": {"encoding": "aes128gcm"},
        }
        if agent.socket is None or agent.socket.closed:
            agent.waiting.append(frame)
        else:
            await agent.socket.send_json(frame)

    async def _talk_to_browser(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("push-notification",))
        await socket.prepare(request)
        agent = Agent(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                agent = await self._answer(socket, agent, json.loads(message.data))
        if agent.socket is socket:
            agent.socket = None
        return socket

    async def _answer(self, socket: web.WebSocketResponse, agent: Agent, frame: Frame) -> Agent:
        kind = frame.get("messageType", "ping")
        if kind == "hello":
            return await self._greet(socket, frame)
        if kind == "ping":
            await socket.send_json({})
        elif kind == "register":
            await self._register(socket, agent, frame)
        elif kind == "unregister":
            self._channels.pop(frame["channelID"], None)
            await socket.send_json({**frame, "status": 200})
        elif kind == "ack":
            self.acknowledged.extend(update["code"] for update in frame["updates"])
        return agent

    async def _greet(self, socket: web.WebSocketResponse, frame: Frame) -> Agent:
        name = frame.get("uaid")
        if name not in self._agents:
            name = uuid.uuid4().hex
        agent = self._agents.setdefault(name, Agent())
        agent.socket = socket
        answer: Frame = {
            "messageType": "hello",
            "uaid": name,
            "status": 200,
            "use_webpush": True,
            "broadcasts": {},
        }
        await socket.send_json(answer)
        waiting, agent.waiting = agent.waiting, []
        for late in waiting:
            await socket.send_json(late)
        return agent

    async def _register(self, socket: web.WebSocketResponse, agent: Agent, frame: Frame) -> None:
        channel = frame["channelID"]
        self._channels[channel] = Channel(agent, frame["key"])
        endpoint = f"http://{self.host}/push/{channel}"
        await socket.send_json(
            {"messageType": "register", "channelID": channel, "status": 200, "pushEndpoint": endpoint}
        )


async def _close(socket: web.WebSocketResponse) -> None:
    await socket.close()
