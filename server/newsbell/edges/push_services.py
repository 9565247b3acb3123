"""The push services that endpoints name: each is judged once, and its headers are written once a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsbell.config import Settings
from newsbell.domain.push import PushMessage
from newsbell.domain.subscription import MAX_ENDPOINT, VapidKey
from newsbell.edges.addresses import AddressGuard
from newsbell.edges.endpoints import check_endpoint
from newsbell.edges.vapid import VapidHeaders
from newsbell.errors import MalformedError

# Of all that a URL may be, only what every parser reads alike: the rules are checked by one and libcurl
# connects by another. Visible ASCII, no user name, no backslash, no fragment.
_SHAPE = re.compile(
    r"(https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)(?:[/?][!\"$-\[\]-~]*)?", re.IGNORECASE
)
_REMEMBERED = 1_000  # services; the known ones are far fewer


@dataclass(frozen=True, slots=True)
class Service:
    """A push service that may be sent to. `trusted`: the operator named it in NEWSBELL_PRIVATE_HOSTS."""

    origin: str
    trusted: bool


class Services:
    """Judges the service of an endpoint. Safe to share between threads: the worst is a judgement twice."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = AddressGuard(settings.private_hosts)
        self._judged: dict[str, Service] = {}

    def of(self, endpoint: str) -> Service:
        """The service; MalformedError or RefusedError where nothing may be sent there."""
        known = self._judged.get(endpoint[: endpoint.find("/", 8)])
        if known and len(endpoint) <= MAX_ENDPOINT and _is_plain(endpoint):
            return known
        shape = _SHAPE.fullmatch(endpoint)
        if shape is None or len(endpoint) > MAX_ENDPOINT:
            raise MalformedError("That endpoint is not a plain URL.", field="endpoint")
        origin = shape[1]
        return self._judged.get(origin) or self._judge(origin)

    def _judge(self, origin: str) -> Service:
        check_endpoint(self._settings, origin + "/")
        url = urlsplit(origin)
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        if len(self._judged) >= _REMEMBERED:
            self._judged.clear()
        service = Service(origin, self._guard.trusts(url.hostname or "", port))
        self._judged[origin] = service
        return service


def _is_plain(endpoint: str) -> bool:
    """What `_SHAPE` asks of what comes after the origin, for a quarter of its price."""
    odd = " " in endpoint or "#" in endpoint or "\\" in endpoint
    return endpoint.isascii() and endpoint.isprintable() and not odd


class HeadersOfOneMessage:
    """The header lines of one message after another, written once for each service and key."""

    def __init__(self, vapid: VapidHeaders) -> None:
        self._vapid = vapid
        self._message: PushMessage | None = None
        self._written: dict[tuple[str, str], list[str]] = {}

    def lines(self, service: Service, message: PushMessage, key: VapidKey) -> list[str]:
        if message is not self._message:
            self._message, self._written = message, {}
        place = service.origin, key.public_key
        lines = self._written.get(place)
        if lines is None:
            lines = self._written[place] = self._write(service, message, key)
        return lines

    def _write(self, service: Service, message: PushMessage, key: VapidKey) -> list[str]:
        return [
            f"Authorization: {self._vapid.header(service.origin, key)}",
            "Content-Encoding: aes128gcm",
            "Content-Type: application/octet-stream",
            f"TTL: {message.ttl}",
            f"Urgency: {message.urgency}",
            f"Topic: {message.topic}",
        ]
