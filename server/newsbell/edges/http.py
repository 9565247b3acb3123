"""HTTP connections that connect only to addresses the guard has judged, and that end in time."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from functools import lru_cache, partial
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPResponse, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from newsbell import __version__
from newsbell.config import Settings
from newsbell.edges.addresses import AddressGuard, SocketAddress
from newsbell.edges.lookups import Resolve

CONNECTIONS_PER_HOST = 32

if TYPE_CHECKING:
    _SocketBase = socket.socket
else:
    _SocketBase = object


class _Deadline(_SocketBase):
    """A socket whose reads end at `deadline` (`time.monotonic`), however small the pieces that come: the
    usual timeout starts anew with every byte a slow server lets drip.
    """

    deadline: float | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer took too long")
            self.settimeout(left)
        return super().recv_into(*args, **kwargs)


class _PlainSocket(_Deadline, socket.socket):
    pass


class _TLSSocket(_Deadline, ssl.SSLSocket):
    pass


class _GuardedConnection(HTTPConnection):
    """Connects to the addresses the guard returns and to no other: the name is resolved once.

    The connect timeout bounds looking the name up and all attempts together; the read timeout bounds the
    whole answer.
    """

    def __init__(self, *args: Any, guard: AddressGuard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = guard

    def _new_conn(self) -> socket.socket:
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        try:
            addresses = self._guard.addresses(self._dns_host, self.port, timeout=self.timeout)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "looking the name up took too long") from error
        failure: OSError = OSError("the name has no address")
        for address in addresses:
            try:
                return self._connect_to(address, deadline)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "connecting took too long") from error
            except OSError as error:
                failure = error
        raise NewConnectionError(self, f"no connection: {failure}") from failure

    def _connect_to(self, address: SocketAddress, deadline: float | None) -> socket.socket:
        family, where = address
        sock = _PlainSocket(family, socket.SOCK_STREAM)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0.001))
            sock.connect(where)
        except BaseException:
            sock.close()
            raise
        return sock

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own departure from http.client
        if isinstance(self.sock, _Deadline):
            self.sock.deadline = None if self.timeout is None else time.monotonic() + self.timeout
        return super().getresponse()


class _GuardedTLSConnection(_GuardedConnection, HTTPSConnection):
    """The same over TLS; the certificate is verified against the host's name as it stands in the URL."""


_CONNECTIONS: dict[str, Callable[..., HTTPConnection]] = {
    "http": _GuardedConnection,
    "https": _GuardedTLSConnection,
}


class _GuardedPools(PoolManager):
    def __init__(self, guard: AddressGuard, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._guard = guard

    def _new_pool(self, scheme: str, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, *args, **kwargs)
        pool.ConnectionCls = partial(_CONNECTIONS[scheme], guard=self._guard)  # type: ignore[assignment]
        return pool


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, guard: AddressGuard, ca_bundle: str) -> None:
        self._guard = guard
        self._tls = _tls(ca_bundle)
        super().__init__(pool_maxsize=CONNECTIONS_PER_HOST)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = _GuardedPools(
            self._guard, num_pools=connections, maxsize=maxsize, block=block, ssl_context=self._tls, **kwargs
        )

    def cert_verify(self, conn: HTTPConnectionPool, url: str, verify: Any, cert: Any) -> None:
        """Nothing is left to do: certificates are always verified, and the context holds the authorities
        already (requests would read their file anew for every connection).
        """

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        raise NotImplementedError("a proxy would choose the address in our place")


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed here.

        Being told so is not enough for requests: it would still prepare the next request, and for that
        read and unpack the whole body of the redirect, however large it is.
        """


@lru_cache(maxsize=4)
def _tls(ca_bundle: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(ca_bundle)
    context.sslsocket_class = _TLSSocket
    return context


def guarded_session(
    settings: Settings, *, resolve: Resolve = socket.getaddrinfo, ca_bundle: str = ""
) -> requests.Session:
    """A session whose every connection passes the address guard; safe to share between threads.

    Nothing comes from the environment (no proxies, no .netrc), no cookie is kept, no request is repeated,
    no redirect is followed.
    Certificates are verified by the authorities of `ca_bundle` (a file; empty: those certifi ships).
    Callers pass a timeout of `within`.
    Besides requests' own exceptions, sending raises RefusedError (private_address).
    """
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": f"Newsbell/{__version__} (+{settings.base_url})"})
    adapter = _GuardedAdapter(
        AddressGuard(settings.private_hosts, resolve=resolve), ca_bundle or DEFAULT_CA_BUNDLE_PATH
    )
    session.adapters.clear()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def within(seconds: float, *, connect: float) -> Any:
    """A timeout for a guarded session: at most `connect` seconds to connect, and `seconds` in all, to the
    last byte of the body. requests takes urllib3's Timeout though its types do not say so.
    """
    return Timeout(connect=min(seconds, connect), total=seconds)
