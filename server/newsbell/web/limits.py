"""How often one client may do what costs others something: rows, pushes, requests to other sites, feeds
that nobody asked for before.

Each process counts for itself, in memory: several `serve` processes allow several times as much, which
still stops a flood, and a counter shared between machines would put one more service on every request.
Behind a reverse proxy the client is who NEWSBELL_TRUSTED_PROXIES says it is; without that setting every
reader behind the proxy would be one client.
"""

from __future__ import annotations

import ipaddress
import math
import time
from typing import NoReturn

from flask import Flask, request
from flask_limiter import Limiter, RequestLimit

from newsbell.errors import TooManyRequestsError


def client_network() -> str:
    """Whom a count belongs to: an IPv4 address, or the /64 of an IPv6 address.

    One machine has all of such a network (RFC 6177 section 2) and would otherwise never meet its limit.
    """
    try:
        address = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return "unknown"  # a unix socket, or a proxy that sends something else: one shared count
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _refuse(limit: RequestLimit) -> NoReturn:
    seconds = max(1, math.ceil(limit.window[0] - time.time()))
    raise TooManyRequestsError(f"Too often: try again in {seconds} s.", retry_after=seconds)


_limiter = Limiter(client_network, storage_uri="memory://", strategy="moving-window", on_breach=_refuse)

subscribing = _limiter.shared_limit("120 per minute", scope="subscribing")
testing = _limiter.shared_limit("10 per minute", scope="testing")
rendering = _limiter.shared_limit("300 per minute", scope="rendering")
fetching = _limiter.shared_limit("60 per minute", scope="fetching")


def install(app: Flask) -> None:
    """Start counting for this application, from nothing."""
    _limiter.init_app(app)
