"""Rendered feeds, kept while there is room: rendering and compressing cost more than all the rest."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from newsbell import __version__
from newsbell.web.feeds.document import FeedFormat
from newsbell.web.feeds.render import RENDERER_VERSION

MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class FeedKey:
    """Everything the bytes of an answer depend on: equal keys mean equal bytes, on every machine.

    `topics` are (id, revision) pairs and `revision` is that of their union or of everything; `before` is
    the place of the page as it stands in the address; `pictures` names the key that signs picture
    addresses; `encoding` is the content coding, "identity" or "gzip".
    """

    topics: tuple[tuple[int, int], ...]
    revision: int
    form: FeedFormat
    before: str
    base_url: str
    full_text: bool
    pictures: str
    encoding: str

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110 section 8.8.3), unquoted; codings differ in it (8.8.3.3)."""
        text = repr((RENDERER_VERSION, __version__, self))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


class _Turn:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted_by = 0


class FeedCache:
    """Rendered answers by key, the least recently used let go when they exceed `max_bytes` together.

    One cache serves all threads of a process. Old revisions are never asked for again and age out.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._kept: OrderedDict[FeedKey, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._turns: dict[FeedKey, _Turn] = {}

    @property
    def size(self) -> int:
        """Bytes of content kept."""
        return self._size

    def get(self, key: FeedKey) -> bytes | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    @contextmanager
    def turn(self, key: FeedKey) -> Iterator[None]:
        """Held by the one thread that renders this; others wait, and find it in the cache then."""
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.wanted_by += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.wanted_by -= 1
                if not turn.wanted_by:
                    del self._turns[key]

    def put(self, key: FeedKey, content: bytes) -> None:
        """Keep an answer; one that alone exceeds the bound is not kept."""
        if len(content) > self._max_bytes:
            return
        with self._lock:
            self._size += len(content) - len(self._kept.pop(key, b""))
            self._kept[key] = content
            while self._size > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)
