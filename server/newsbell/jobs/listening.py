"""The address a server listens at, held so that nobody else takes it."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass, replace

from newsbell.config import Settings
from newsbell.errors import RefusedError

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


@dataclass(frozen=True, kw_only=True)
class Listening:
    """An IP address and port of this machine, and the socket that holds them until this process ends."""

    address: str
    port: int
    hold: socket.socket | None

    @property
    def nearby(self) -> str:
        """The address as this machine itself can reach it: listening everywhere is reached at loopback."""
        return _ANYWHERE.get(self.address, self.address)

    def base_url(self) -> str:
        host = f"[{self.nearby}]" if ":" in self.nearby else self.nearby
        return f"http://{host}:{self.port}"

    def answers(self, timeout: float = 1.0) -> bool:
        """Whether somebody accepts connections there."""
        try:
            socket.create_connection((self.nearby, self.port), timeout=timeout).close()
        except OSError:
            return False
        return True


def listen_at(host: str, port: int) -> Listening:
    """Claim `host` (a name or an address) and `port` (0: any free one); `RefusedError` where it is taken.

    The web process binds with SO_REUSEPORT, which two servers of one user could share without noticing.
    So the port is first bound alone, which fails if anybody has it, and then held for us.
    """
    family, address = _resolve(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as alone:
        # A server that ended a moment ago leaves connections in TIME_WAIT, which hinder nobody.
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            alone.bind((address, port))
        except OSError as error:
            raise RefusedError(
                f"Cannot listen at {address} port {port}: {error.strerror}. "
                "Stop what uses it, or choose another with --port.",
                code="cannot_listen",
                field="port",
            ) from error
        port = alone.getsockname()[1]
    return Listening(address=address, port=port, hold=_hold(family, address, port))


def follow(
    settings: Settings, listening: Listening, environ: dict[str, str]
) -> tuple[Settings, dict[str, str]]:
    """Settings and environment of a server there: a base URL that was not set follows the address."""
    if environ.get("NEWSBELL_BASE_URL", "").strip():
        return settings, environ
    base_url = listening.base_url()
    return replace(settings, base_url=base_url), {**environ, "NEWSBELL_BASE_URL": base_url}


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise RefusedError(f"{host} is not an address of this machine: {error}.", field="host") from error
    # The IPv4 address of a name with both (localhost) is the one other programs try without being asked.
    family, _, _, _, place = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, str(place[0])


def _hold(family: socket.AddressFamily, address: str, port: int) -> socket.socket | None:
    if sys.platform != "linux":
        return None
    hold = socket.socket(family, socket.SOCK_STREAM)
    hold.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        hold.bind((address, port))
    except OSError:  # connections of another program in TIME_WAIT; the web process may bind all the same
        hold.close()
        return None
    return hold
