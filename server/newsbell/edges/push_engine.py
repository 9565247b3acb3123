"""Many requests under way at once: one multi handle of libcurl, HTTP/2 where the service has it.

While libcurl works it holds no lock of Python's, so it works in a thread beside the one that encrypts: what
the network costs is then hidden behind the encryption, where there are two cores.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
import weakref
from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pycurl
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from newsbell import __version__
from newsbell.edges.addresses import is_public
from newsbell.edges.push_transport import Answer, Post, Reply
from newsbell.errors import RefusedError

CONNECTIONS_PER_HOST = 64
"""For HTTP/1.1, where each carries one request at a time; with HTTP/2 a hundred share one: few are made."""
BURST = 64
"""Messages encrypted between two looks at the network: enough to be worth the look, and soon over."""
CONNECT_TIMEOUT = 5.0  # seconds of the timeout that connecting may use
MAX_WORDS = 1_024  # bytes read of what a service says; more is of no use to anybody
_LONGEST_WAIT, _MOMENT, _NAP = 0.25, 0.02, 0.005  # seconds; a moment is until posts are asked for again
_PAUSE = 0.05  # seconds between two looks at the network while the sending thread is busy with something else

_GIVE_UP = [
    (level, getattr(socket, name), value)
    for level, name, value in (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 15),  # seconds
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 5),  # seconds
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 15_000),  # milliseconds without a sign that it arrived
    )
    if hasattr(socket, name)  # not every system has each
]
"""By these the system gives up a connection whose other end is gone, and not minutes later."""
_LAST_RECEIVED = struct.Struct("=52xI")  # of Linux's tcp_info: milliseconds since anything came

_TAKEN = {status: Answer(status) for status in range(200, 300)}

Done = tuple[Post, Reply]


class Request:
    """A handle of libcurl, used again and again, and the post it carries."""

    def __init__(self, agent: str, ca_bundle: str) -> None:
        self.post: Post
        self.words = b""
        self.refused = False
        self._trusted: bool | None = None
        self._timeout = 0.0
        self._lent: list[socket.socket] = []
        self._headers: Any = None
        self.handle = pycurl.Curl()
        self.handle.request = self
        for option, value in (
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
            (pycurl.PIPEWAIT, 1),  # rather another request on a connection than another connection
            (pycurl.POST, 1),
            (pycurl.CAINFO, ca_bundle),
            (pycurl.USERAGENT, agent),
            (pycurl.CONNECTTIMEOUT_MS, int(CONNECT_TIMEOUT * 1_000)),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.PATH_AS_IS, 1),
            (pycurl.PROXY, ""),  # nothing comes from the environment: a proxy would choose the address
            (pycurl.NOSIGNAL, 1),
            (pycurl.WRITEFUNCTION, self._read),
            (pycurl.OPENSOCKETFUNCTION, self._open),
        ):
            self.handle.setopt(option, value)

    def load(self, post: Post, timeout: float) -> None:
        """Make it carry this post; what is as it was for the last one is left so."""
        self.post, self.words, self.refused = post, b"", False
        handle = self.handle
        handle.setopt(pycurl.URL, post.url)
        handle.setopt(pycurl.POSTFIELDS, post.body)
        if self._timeout != timeout:
            self._timeout = timeout
            handle.setopt(pycurl.TIMEOUT_MS, int(timeout * 1_000))
        if self._headers is not post.headers:
            self._headers = post.headers
            handle.setopt(pycurl.HTTPHEADER, post.headers)
        if self._trusted is not post.trusted:
            self._trusted = post.trusted
            plain = pycurl.PROTO_HTTP if post.trusted else 0
            handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTPS | plain)

    def _read(self, piece: bytes) -> int:
        """Keep the first of what the service says; at the bound the rest is given up."""
        self.words += piece[: MAX_WORDS - len(self.words)]
        return len(piece) if len(self.words) < MAX_WORDS else -1

    def _open(self, _purpose: int, address: Any) -> socket.socket | int:
        """The socket for the very address that is connected to next, if that may be."""
        family, kind, protocol, where = address
        if not self.post.trusted and not is_public(where[0]):
            self.refused = True
            return int(pycurl.SOCKET_BAD)
        opened = self._socket(family, kind, protocol, where)
        self._lent.append(opened)
        for option in _GIVE_UP:
            opened.setsockopt(*option)
        return opened

    def _socket(self, family: int, kind: int, protocol: int, _where: tuple[Any, ...]) -> socket.socket:
        return socket.socket(family, kind, protocol)

    def close_lent(self) -> None:
        """Close our side of the sockets that libcurl took a duplicate of."""
        while self._lent:
            self._lent.pop().close()

    def leave_if_silent(self) -> None:
        """Once the post's time is over: end its connection if nothing at all came over it in that time.

        libcurl keeps a connection that many requests share, and sends whatever follows there too. Where the
        system does not tell (it is Linux that does), that goes on until the system gives the connection up.
        """
        number = self.handle.getinfo(pycurl.ACTIVESOCKET)
        if sys.platform != "linux" or number < 0:  # below 0: libcurl closed it, for it was not shared
            return
        with suppress(OSError):  # another request's end ended it
            connection = socket.socket(fileno=number)
            try:
                told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_RECEIVED.size)
                (silent,) = _LAST_RECEIVED.unpack(told)
                if silent >= self.handle.getinfo(pycurl.TOTAL_TIME) * 1_000:
                    connection.shutdown(socket.SHUT_RDWR)
            finally:
                connection.detach()  # libcurl closes it

    def reply(self, problem: str) -> Reply:
        """What came of the post. A status counts, whatever became of the words after it; one below 200 only
        says that there will be another (RFC 9110 section 15.2).
        """
        status = self.handle.getinfo(pycurl.RESPONSE_CODE)
        if status < 200:
            return _refusal() if self.refused else OSError(problem)
        if status < 300:
            return _TAKEN[status]
        wait = self.handle.getinfo(pycurl.RETRY_AFTER)  # seconds, of seconds or a date, six hours at most
        return Answer(status, self.words, timedelta(seconds=wait) if wait else None)


class Network:
    """Sends and receives, in a thread of its own, what can be without waiting. Each `begin` is followed by a
    `finish`. Bare locks, because this happens for every few messages.

    While `finish` is long in coming it looks again and again: libcurl would otherwise find a message's time
    over before it reads the answer that came meanwhile.
    """

    def __init__(self, multi: Any) -> None:
        self._multi = multi
        self._asked, self._at_work, self._done = (threading.Lock() for _ in range(3))
        for lock in (self._asked, self._at_work, self._done):
            lock.acquire()
        self._running = 0
        self._error: BaseException | None = None
        self._busy = self._over = False
        threading.Thread(target=self._work, name="push", daemon=True).start()

    def begin(self) -> None:
        self._busy = True
        self._asked.release()
        # Encrypting lets nobody else have Python's lock, so the other thread gets it now or not in time.
        self._at_work.acquire()

    def finish(self) -> int:
        """The number still under way."""
        if self._busy:
            self._done.acquire()
            self._busy = False
        if self._error:
            error, self._error = self._error, None
            raise error
        return self._running

    def end(self) -> None:
        """Let the thread go; nothing begins any more."""
        self._over = True
        self._asked.release()

    def _work(self) -> None:
        while True:
            while not self._asked.acquire(timeout=_PAUSE):
                # Whoever takes this lock, here or in `finish`, is the one that may touch libcurl.
                if not self._done.acquire(blocking=False):
                    self._asked.acquire()
                    break
                self._perform()
            if self._over:
                return
            self._at_work.release()
            self._perform()

    def _perform(self) -> None:
        try:
            _, self._running = self._multi.perform()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
            self._error = error
        self._done.release()


class Engine:
    """One multi handle and its connections, for one exchange at a time."""

    request: type[Request] = Request

    def __init__(self, base_url: str, ca_bundle: str = "") -> None:
        self._agent = f"Newsbell/{__version__} (+{base_url})"
        self._ca_bundle = ca_bundle or DEFAULT_CA_BUNDLE_PATH
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, CONNECTIONS_PER_HOST)
        self._idle: list[Request] = []
        self._under_way: set[Request] = set()
        self._network = Network(self._multi)
        weakref.finalize(self, self._network.end)

    def exchange(
        self, posts: Iterator[Post | None], *, at_once: int, timeout: float
    ) -> Generator[Done, None, None]:
        """See `PushTransport`. An exchange that is left before its end is broken off."""
        self._network.begin()
        try:
            while True:
                fresh, over = _taken(posts, min(BURST, at_once - len(self._under_way)))
                done = self._finished(self._network.finish())
                for post in fresh:
                    if post.refusal:
                        done.append((post, post.refusal))
                    else:
                        self._begin(post, timeout)
                if over and not self._under_way and not done:
                    return
                if not fresh and not done:
                    self._wait(_LONGEST_WAIT if over else _MOMENT)
                self._network.begin()
                yield from done
        finally:
            self._network.finish()
            for request in list(self._under_way):
                self._end(request)

    def _wait(self, longest: float) -> None:
        """Until the network has something, or libcurl something to do."""
        asked = self._multi.timeout() / 1_000
        seconds = min(asked, longest) if asked >= 0 else longest
        if self._multi.select(seconds) < 0:  # it waits for no socket, but for a name or a moment
            time.sleep(min(seconds, _NAP))

    def _begin(self, post: Post, timeout: float) -> None:
        request = self._idle.pop() if self._idle else self.request(self._agent, self._ca_bundle)
        request.load(post, timeout)
        self._under_way.add(request)
        self._multi.add_handle(request.handle)

    def _end(self, request: Request) -> None:
        request.close_lent()
        self._multi.remove_handle(request.handle)
        self._under_way.discard(request)
        self._idle.append(request)

    def _finished(self, running: int) -> list[Done]:
        if running == len(self._under_way):
            return []
        _, good, bad = self._multi.info_read(len(self._under_way))
        ended = [(handle.request, "") for handle in good]
        ended += [(handle.request, f"curl error {code}") for handle, code, _ in bad]
        for handle, code, _ in bad:
            if code == pycurl.E_OPERATION_TIMEDOUT:
                handle.request.leave_if_silent()
        done = [(request.post, request.reply(problem)) for request, problem in ended]
        for request, _ in ended:
            self._end(request)
        return done


def _taken(posts: Iterator[Post | None], most: int) -> tuple[list[Post], bool]:
    """At most so many posts that may begin now, and whether there will be no more. Taking encrypts them."""
    taken: list[Post] = []
    while len(taken) < most:
        try:
            post = next(posts)
        except StopIteration:
            return taken, True
        if post is None:
            break
        taken.append(post)
    return taken, False


def _refusal() -> RefusedError:
    return RefusedError(
        "That address leads to a private network, which Newsbell does not connect to.", code="private_address"
    )
