"""The side of a push service that application servers talk to (RFC 8030 section 5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tests.e2e.services import vapid

_LARGEST = 4096  # bytes of ciphertext, section 7.2


@dataclass(frozen=True, kw_only=True)
class Push:
    """One request as it came, and the status it was answered with."""

    channel: str
    headers: Mapping[str, str]
    body: bytes
    status: int


@dataclass
class Pushes:
    """Receives pushes: logs each, answers as told, else checks it as a real service does.

    `hold(k)` keeps the k-th request to come (1 is the next) unanswered until `release`, so that a test
    can act at a known moment. To be used from one test thread beside the service's own loop.
    """

    loop: asyncio.AbstractEventLoop
    log: list[Push] = field(default_factory=list)
    _answers: list[int] = field(default_factory=list)
    _hold_at: int = 0
    _arrived: int = 0
    _held: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def answer_next(self, *statuses: int) -> None:
        """Answer the next requests with these statuses, and deliver none of them."""
        self._answers.extend(statuses)

    def hold(self, which: int = 1) -> None:
        self._hold_at = self._arrived + which
        self.loop.call_soon_threadsafe(self._held.clear)
        self.loop.call_soon_threadsafe(self._released.clear)

    @property
    def holds_one(self) -> bool:
        return self._held.is_set()

    def release(self) -> None:
        self.loop.call_soon_threadsafe(self._released.set)

    async def receive(self, request: web.Request, channel: str, *, key: str | None, origin: str) -> Push:
        """Decide on a request for `channel`; `key` is None where no subscription has it."""
        body = await request.read()
        self._arrived += 1
        if self._arrived == self._hold_at:
            self._held.set()
            await self._released.wait()
        status = self._status(request.headers, body, key=key, origin=origin)
        push = Push(channel=channel, headers=dict(request.headers), body=body, status=status)
        self.log.append(push)
        return push

    def _status(self, headers: Mapping[str, str], body: bytes, *, key: str | None, origin: str) -> int:
        if self._answers:
            return self._answers.pop(0)
        if key is None:
            return 410
        if not headers.get("TTL", "").isdigit() or headers.get("Content-Encoding") != "aes128gcm":
            return 400
        if len(body) > _LARGEST:
            return 413
        return 401 if vapid.fault(headers.get("Authorization", ""), key=key, origin=origin) else 201
