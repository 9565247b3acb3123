"""Sending one message to a push service of the tests' own."""

from __future__ import annotations

from newsbell.config import Settings
from newsbell.domain.push import PushMessage, PushResult
from newsbell.edges.push import PushSender
from tests.edges.browser import NOW, Browser, new_vapid_key
from tests.edges.local import Handle, LocalServer

MESSAGE = PushMessage(payload=b'{"web_push": 8030}', ttl=3600, topic="story-1", urgency="high")
KEY = new_vapid_key()
GOOGLE = "https://fcm.googleapis.com/fcm/send/abc"


def answering(status: int, body: bytes = b"", **headers: str) -> Handle:
    return lambda exchange: exchange.answer(status, body, **headers)


def sender_to(server: LocalServer, *, timeout: float = 10) -> PushSender:
    settings = Settings(private_hosts=frozenset({server.host}), vapid_subject="mailto:operator@bell.example")
    return PushSender(settings, timeout=timeout, clock=lambda: NOW)


def send(server: LocalServer, *, message: PushMessage = MESSAGE, timeout: float = 10) -> PushResult:
    return sender_to(server, timeout=timeout).send(Browser().target(server.url + "/push/1"), message, KEY)
