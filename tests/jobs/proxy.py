"""A TCP proxy in front of a server that tests share with others: its connections can be cut, stalled, and
mended.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LOOPBACK = "127.0.0.1"


class Proxy:
    """Passes bytes both ways between a local port and a server, until it is cut."""

    def __init__(self, host: str, port: int, at: str = _LOOPBACK) -> None:
        self._target = (host, port)
        self._at = at
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._passing = threading.Event()
        self.port = 0
        self.mend()

    def mend(self) -> None:
        """Take connections again, at the same port."""
        self._passing.set()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._at, self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stall(self) -> None:
        """Take connections and what is sent, and pass nothing on: as a server that hangs, and ends none."""
        self._passing.clear()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        if self._listener is not None:
            # Closing alone does not wake who waits in accept().
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            ended, self._open = self._open, set()
        for one in ended:
            _end(one)
        self._passing.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._target)
            except OSError:
                near.close()
                continue
            with self._lock:
                if self._listener is not listener:
                    _end(near)
                    _end(far)
                    return
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self._passing.wait()
                sink.sendall(data)
        with self._lock:
            self._open -= {source, sink}
        _end(source)
        _end(sink)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def proxy(host: str, port: int, *, at: str = _LOOPBACK) -> Iterator[Proxy]:
    """One that listens `at` that address of this machine's."""
    between = Proxy(host, port, at)
    try:
        yield between
    finally:
        between.cut()
