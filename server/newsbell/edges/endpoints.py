"""Which push endpoints and keys are taken. Both are a stranger's input: whoever subscribes decides what
address the worker will post to, a million times.
"""

from __future__ import annotations

import base64
import binascii
import re
from ipaddress import ip_address

from cryptography.hazmat.primitives.asymmetric import ec
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from newsbell.config import Settings
from newsbell.domain.subscription import MAX_ENDPOINT, PushTarget
from newsbell.edges.addresses import AddressGuard
from newsbell.errors import MalformedError, RefusedError

PUSH_HOSTS = frozenset(
    {
        "fcm.googleapis.com",  # Chrome, Edge on Android, Opera, Brave, Samsung Internet
        "android.googleapis.com",  # the same service under its first name
        "jmt17.google.com",  # the same for Chromium without a vendor, Chrome Dev and Canary
    }
)
"""The services whose endpoints all have one host."""
PUSH_DOMAINS = frozenset(
    {
        "push.services.mozilla.com",  # Firefox: updates.push.services.mozilla.com
        "notify.windows.com",  # Edge on Windows: wns2-….notify.windows.com
        "push.apple.com",  # Safari: web.push.apple.com
    }
)
"""The services that have several hosts; each name stands for itself and its true subdomains."""

_PLAIN = re.compile(r"[!-~]+")  # visible ASCII: whatever else a URL may hold, parsers disagree about


class PushEndpointRules:
    """`check_endpoint` and `check_keys` in one, as services take them (`newsbell.services.ports`)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, target: PushTarget) -> None:
        """RefusedError or MalformedError, with the field at fault."""
        check_endpoint(self._settings, target.endpoint)
        check_keys(target.p256dh, target.auth)


def check_endpoint(settings: Settings, endpoint: str) -> None:
    """Take https on port 443 at a known push service, or what `settings.private_hosts` names.

    The host is compared as a whole, or as a true subdomain where a service has several. Raises
    MalformedError or RefusedError (unknown_push_service), both with the field "endpoint".
    """
    url = _parsed(endpoint)
    port = url.port or {"http": 80, "https": 443}[str(url.scheme)]
    if AddressGuard(settings.private_hosts).trusts(str(url.host), port):
        return
    if url.scheme != "https" or port != 443 or not _is_push_host(str(url.host), settings.push_hosts):
        raise RefusedError(
            "That is no push service Newsbell knows: the endpoint must be an https address, on port 443, "
            "of Google, Mozilla, Microsoft, Apple or a host in NEWSBELL_PUSH_HOSTS.",
            code="unknown_push_service",
            field="endpoint",
        )


def _parsed(endpoint: str) -> Url:
    # The parser is the one the connection is made by, so that no second reading of the URL exists.
    try:
        url = parse_url(endpoint)
    except LocationParseError as error:
        raise _malformed("That endpoint is not a URL.") from error
    if len(endpoint) > MAX_ENDPOINT or not _PLAIN.fullmatch(endpoint) or "\\" in endpoint:
        raise _malformed(f"An endpoint is a URL of at most {MAX_ENDPOINT} plain characters.")
    if url.scheme not in ("http", "https") or not url.host:
        raise _malformed("An endpoint is an https address.")
    if url.auth is not None or url.fragment is not None:
        raise _malformed("An endpoint has neither a user name nor a fragment.")
    return url


def _is_push_host(host: str, more: frozenset[str]) -> bool:
    host = host.lower()
    domains = PUSH_DOMAINS | more
    return host in PUSH_HOSTS or any(host == each or host.endswith("." + each) for each in domains)


def names_address(endpoint: str) -> bool:
    """Whether the host of an endpoint that was checked is an IP address itself, and no name."""
    host = parse_url(endpoint).host or ""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _malformed(message: str, field: str = "endpoint") -> MalformedError:
    return MalformedError(message, field=field)


def check_keys(p256dh: str, auth: str) -> None:
    """Take an uncompressed point on P-256 and 16 bytes (RFC 8291 sections 3.1 and 3.2), both base64url,
    padded or not. Raises MalformedError with the field "keys.p256dh" or "keys.auth".
    """
    point = _decoded(p256dh, "keys.p256dh")
    if len(point) != 65 or point[0] != 4:
        raise _malformed("p256dh is an uncompressed point of 65 bytes.", "keys.p256dh")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise _malformed("p256dh is not a point on the curve P-256.", "keys.p256dh") from error
    if len(_decoded(auth, "keys.auth")) != 16:
        raise _malformed("auth is 16 bytes.", "keys.auth")


def _decoded(text: str, field: str) -> bytes:
    bare = text[:128].rstrip("=")  # longer is refused by the number of its bytes
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise _malformed(f"{field.removeprefix('keys.')} is not base64url.", field) from error
