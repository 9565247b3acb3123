"""Which addresses the server may connect to.

A page, a picture or a push endpoint is named by a stranger; without this guard it could name the machine
itself, a neighbour in its network or a cloud's metadata service. Names prove nothing (127.1, a domain
that resolves to 10.0.0.1, one that resolves differently the second time), so the addresses a name resolves
to are judged, and the connection is made to the very addresses that were judged.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from typing import Any

from newsbell.edges.lookups import Lookups, Resolve
from newsbell.errors import RefusedError

SocketAddress = tuple[socket.AddressFamily, tuple[Any, ...]]
"""What a socket is made of and connected to: the family, and the address as getaddrinfo gives it."""

_IPv4 = ipaddress.IPv4Network
_IPv6 = ipaddress.IPv6Network

# The registries of special addresses (RFC 6890) as far as Python's `is_global` of any patch release from
# 3.11.0 on may not know them, and one public address that means "the machine's own cloud".
_PRIVATE_4 = tuple(
    _IPv4(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
    )
)
_UNICAST_6 = _IPv6(
    "2000::/3"
)  # all of IPv6 that is given out; fc00::/7, fe80::/10, ff00::/8, ::/96 lie outside
_PRIVATE_6 = tuple(
    _IPv6(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarking: protocols, no web servers
        "2001:db8::/32",
        "2002::/16",  # 6to4 leads to whatever IPv4 address it holds
        "3fff::/20",
    )
)
_NAT64 = _IPv6("64:ff9b::/96")  # RFC 6052: how a network without IPv4 reaches it; judged by what it holds


def is_public(address: str | ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an IP address (as text, a zone allowed) is one of the public internet; `ValueError` if it
    is no address. An address that holds an IPv4 address (IPv4-mapped, NAT64) is as public as that one.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in network for network in _PRIVATE_4)
    held = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
    if held is not None:
        return is_public(held)
    return ip in _UNICAST_6 and ip.is_global and not any(ip in network for network in _PRIVATE_6)


class AddressGuard:
    """Resolves names and refuses private addresses, except for hosts the operator named.

    `private_hosts` holds lower-case "host" or "host:port", as `Settings.private_hosts`; an IPv6 address
    may stand with or without its brackets.
    """

    def __init__(self, private_hosts: Collection[str], *, resolve: Resolve = socket.getaddrinfo) -> None:
        self._private_hosts = frozenset(private_hosts)
        self._lookups = Lookups(resolve)

    def trusts(self, host: str, port: int) -> bool:
        """Whether the operator named this host, alone or with this port."""
        bare = host.lower().rstrip(".").strip("[]")
        spelled = {bare, f"[{bare}]"} if ":" in bare else {bare}
        return any(name in self._private_hosts or f"{name}:{port}" in self._private_hosts for name in spelled)

    def addresses(self, host: str, port: int, *, timeout: float | None = None) -> list[SocketAddress]:
        """The addresses of a host, all of them public: one private address among them refuses the host,
        because which one a connection would take is its owner's choice.

        Raises RefusedError (private_address), socket.gaierror where the name does not resolve, and
        TimeoutError where that takes more than `timeout` seconds.
        """
        try:
            answers = self._lookups.look_up(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM, timeout=timeout)
        except UnicodeError as error:  # a label that is empty or too long
            raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
        found = [
            (answer[0], answer[4]) for answer in answers if answer[0] in (socket.AF_INET, socket.AF_INET6)
        ]
        if not self.trusts(host, port) and not all(is_public(address[0]) for _, address in found):
            raise RefusedError(
                "That address leads to a private network, which Newsbell does not connect to. "
                "The operator can allow it by NEWSBELL_PRIVATE_HOSTS.",
                code="private_address",
                field="url",
            )
        return found
