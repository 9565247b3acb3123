"""Web Push: encrypt one message and hand it to the push service (RFC 8030, 8188, 8291, 8292)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

import requests
from pywebpush import WebPusher, WebPushException
from urllib3.exceptions import HTTPError

from newsbell.config import Settings
from newsbell.domain.payload import MAX_PAYLOAD
from newsbell.domain.push import Outcome, PushMessage, PushResult, classify
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.edges.endpoints import PushEndpointRules, check_endpoint, check_keys
from newsbell.edges.http import guarded_session, within
from newsbell.edges.vapid import VapidHeaders
from newsbell.errors import MalformedError, RefusedError

__all__ = ["Answer", "PushEndpointRules", "PushSender", "PushTransport", "check_endpoint", "check_keys"]

MAX_CONNECT = 5.0  # seconds of the timeout that connecting may use
MAX_RETRY_AFTER = timedelta(hours=24)  # a service asking for more is asked again after a day
MAX_ANSWER = 1_024  # bytes read of what a service says; more is of no use to anybody
MAX_DETAIL = 200

Answer = tuple[int, Mapping[str, str], bytes]
"""Status, headers, and the first bytes of the body."""

_log = logging.getLogger(__name__)


class PushTransport(Protocol):
    """Posts one encrypted message. `timeout` in seconds bounds the whole exchange; redirects are answers
    like any other. Raises RefusedError, OSError or requests.RequestException.
    """

    def post(self, url: str, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer: ...


class HTTPTransport:
    """The transport of production: a session whose connections pass the address guard."""

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def post(self, url: str, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        with self._session.post(
            url,
            data=data,
            headers=headers,
            timeout=within(timeout, connect=MAX_CONNECT),
            stream=True,
        ) as response:
            return response.status_code, response.headers, _first_bytes(response)


def _first_bytes(response: requests.Response) -> bytes:
    try:
        return bytes(response.raw.read(MAX_ANSWER, decode_content=False))
    except (HTTPError, OSError):
        return b""  # the status has been said, and it is what counts


def _utc_now() -> datetime:
    return datetime.now(UTC)


class PushSender:
    """Sends messages to push services. Safe to share between threads.

    `timeout` in seconds bounds one sending, `transport` is how it travels (tests pass their own),
    `clock` gives the time that VAPID tokens and Retry-After dates are reckoned from.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        timeout: float = 15.0,
        transport: PushTransport | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._settings = settings
        self._timeout = timeout
        self._transport = transport or HTTPTransport(guarded_session(settings))
        self._clock = clock
        self._vapid = VapidHeaders(settings.resolved_vapid_subject, clock=clock)

    def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult:
        """Encrypt and send. What a service or the network answers is a result, never an exception.

        Raises ValueError for a payload that is empty or over MAX_PAYLOAD: our mistake, not the service's.
        """
        if not 0 < len(message.payload) <= MAX_PAYLOAD:
            raise ValueError(f"a push payload has 1 to {MAX_PAYLOAD} bytes, not {len(message.payload)}")
        try:
            check_endpoint(self._settings, target.endpoint)
            body = _encrypt(target, message.payload)
            status, headers, answer = self._transport.post(
                target.endpoint, body, self._headers(target, message, key), self._timeout
            )
        except (RefusedError, MalformedError) as error:
            return PushResult(outcome=Outcome.REFUSED, status=0, detail=error.code)
        except (requests.RequestException, HTTPError, OSError) as error:
            return PushResult(outcome=Outcome.LATER, status=0, detail=type(error).__name__)
        return self._result(status, headers, answer)

    def _headers(self, target: PushTarget, message: PushMessage, key: VapidKey) -> dict[str, str]:
        return {
            "Authorization": self._vapid.header(target.endpoint, key),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Accept-Encoding": "identity",
            "TTL": str(message.ttl),
            "Urgency": message.urgency,
            "Topic": message.topic,
        }

    def _result(self, status: int, headers: Mapping[str, str], answer: bytes) -> PushResult:
        outcome = classify(status)
        asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
        wait = retry_after(asked, self._clock()) if outcome is Outcome.LATER else None
        detail = "" if outcome is Outcome.SENT else _readable(answer)
        _log.debug("event=push_answer status=%d outcome=%s", status, outcome.value)
        return PushResult(outcome=outcome, status=status, detail=detail, retry_after=wait)


def _encrypt(target: PushTarget, payload: bytes) -> bytes:
    """The body of RFC 8291 section 4, with a key pair and a salt of its own."""
    try:
        pusher = WebPusher(
            {"endpoint": target.endpoint, "keys": {"p256dh": target.p256dh, "auth": target.auth}}
        )
        return bytes(pusher.encode(payload, content_encoding="aes128gcm")["body"])
    except (WebPushException, ValueError, LookupError) as error:
        raise MalformedError("The keys of this subscription cannot be used.", field="keys") from error


def retry_after(value: str, now: datetime) -> timedelta | None:
    """The wait a Retry-After header asks for (RFC 9110 section 10.2.3: seconds, or a date), between zero
    and MAX_RETRY_AFTER; None where there is none that can be read.
    """
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        wait = timedelta(seconds=int(value))
    else:
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            return None
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), MAX_RETRY_AFTER)


def _readable(answer: bytes) -> str:
    """A service's words as one short line for the log."""
    text = answer.decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_DETAIL]
