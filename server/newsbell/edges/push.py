"""Web Push: encrypt messages and hand them to the push services (RFC 8030, 8188, 8291, 8292)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from newsbell.config import Settings
from newsbell.domain.payload import MAX_PAYLOAD
from newsbell.domain.push import Outcome, Outgoing, PushMessage, PushOrder, PushResult, classify
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.edges.endpoints import PushEndpointRules, check_endpoint, check_keys, names_address
from newsbell.edges.push_curl import CurlTransport
from newsbell.edges.push_encryption import encrypt
from newsbell.edges.push_services import HeadersOfOneMessage, Services
from newsbell.edges.push_transport import Answer, Post, PushTransport, Reply
from newsbell.edges.vapid import VapidHeaders
from newsbell.errors import MalformedError, RefusedError

__all__ = ["PushEndpointRules", "PushSender", "check_endpoint", "check_keys"]

MAX_DETAIL = 200
WARN_EVERY = timedelta(minutes=1)
"""How often the log says of one push service that its name leads to a private address."""
MOST_WARNED = 1_000

_log = logging.getLogger(__name__)

M = TypeVar("M", bound=Outgoing)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class PushSender:
    """Sends messages to push services. Safe to share between threads.

    `timeout` in seconds bounds one sending, `transport` is how it travels (tests pass their own),
    `clock` gives the time that VAPID tokens are reckoned from.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        timeout: float = 15.0,
        transport: PushTransport | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._services = Services(settings)
        self._timeout = timeout
        self._clock = clock
        self._warned: dict[str, datetime] = {}  # the next time each host may be
        self._transport = transport or CurlTransport(settings)
        self._vapid = VapidHeaders(settings.resolved_vapid_subject, clock=clock)

    def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult:
        """Encrypt and send one message; see `send_many`."""
        ((_, result),) = self.send_many([PushOrder(target, message, key)], at_once=1)
        return result

    def send_many(
        self, messages: Iterable[M | None], *, at_once: int
    ) -> Generator[tuple[M, PushResult], None, None]:
        """Encrypt and send, at most `at_once` at a time; each with its result, in the order of the answers.

        A message is taken from `messages` when it can be begun, so however many there are, few are in memory.
        What a service or the network answers is a result, never an exception. Raises ValueError for a payload
        that is empty or over MAX_PAYLOAD: our mistake, not the service's.
        """
        posts = self._posts(messages)
        with closing(self._transport.exchange(posts, at_once=at_once, timeout=self._timeout)) as replies:
            for post, reply in replies:
                yield post.about, self._result(post, reply)

    def _posts(self, messages: Iterable[M | None]) -> Iterator[Post | None]:
        headers = HeadersOfOneMessage(self._vapid)
        for one in messages:
            if one is None:
                yield None
                continue
            target, message = one.target, one.message
            if not 0 < len(message.payload) <= MAX_PAYLOAD:
                raise ValueError(f"a push payload has 1 to {MAX_PAYLOAD} bytes, not {len(message.payload)}")
            try:
                service = self._services.of(target.endpoint)
                body = encrypt(target, message.payload)
            except (RefusedError, MalformedError) as error:
                yield Post(one, target.endpoint, (), b"", trusted=False, refusal=error)
                continue
            lines = headers.lines(service, message, one.key)
            yield Post(one, target.endpoint, lines, body, service.trusted)

    def _result(self, post: Post, reply: Reply) -> PushResult:
        if not isinstance(reply, RefusedError) or reply.code != "private_address" or names_address(post.url):
            return _result(reply)
        # Whoever answers for names said so, and may be wrong for a while: no reader is lost for that.
        host = urlsplit(post.url).hostname or ""
        now = self._clock()
        if now >= self._warned.get(host, now):
            if len(self._warned) >= MOST_WARNED:
                self._warned.clear()
            self._warned[host] = now + WARN_EVERY
            _log.warning("push_service_private service=%s reason=its_name_leads_to_a_private_address", host)
        return PushResult(outcome=Outcome.LATER, status=0, detail=reply.code)


_SENT = {status: PushResult(outcome=Outcome.SENT, status=status) for status in range(200, 300)}


def _result(reply: Reply) -> PushResult:
    if isinstance(reply, (RefusedError, MalformedError)):
        return PushResult(outcome=Outcome.REFUSED, status=0, detail=reply.code)
    if not isinstance(reply, Answer):
        return PushResult(outcome=Outcome.LATER, status=0, detail=str(reply)[:MAX_DETAIL])
    if reply.status in _SENT:
        return _SENT[reply.status]
    outcome = classify(reply.status)
    _log.debug("event=push_answer status=%d outcome=%s", reply.status, outcome.value)
    return PushResult(
        outcome=outcome,
        status=reply.status,
        detail=_readable(reply.words),
        retry_after=reply.retry_after if outcome is Outcome.LATER else None,
    )


def _readable(words: bytes) -> str:
    """A service's words as one short line for the log."""
    text = words.decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_DETAIL]
