"""Pictures kept on disk, so that a reader's page asks nobody but us, and each origin is asked once."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from newsbell.errors import UnavailableError, UnreachableError
from newsbell.services.places import Places

MAX_BYTES = 500_000_000
MAX_WAIT = 2.0  # seconds a reader's request waits for a place to fetch a picture
AFTER_FAILURE = timedelta(minutes=5)  # for so long a picture that failed is not tried again

# Each fetch holds one of the web server's 24 threads, and so does each that waits for its turn: a site that
# does not answer may have few of them, all such sites together fewer than there are.
_AT_ONCE = 8
_AT_ONCE_OF_ONE_SITE = 3
_WAITING = 7
_REMEMBERED_FAILURES = 1_000
_FORMAT = b"1"
_ABANDONED = 3_600.0  # seconds after which an unfinished file is somebody's who died

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class CachedPicture:
    """`digest` is the SHA-256 of the content in hexadecimal."""

    content: bytes
    content_type: str
    digest: str


class PictureCache:
    """A folder of at most `max_bytes`, the least recently used pictures given up first.

    Several threads and processes may use one folder: a file appears whole, by renaming, under a name that
    is a hash of the picture's address. A folder that cannot be written to costs speed, not pictures.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._size: int | None = None  # as last counted, and what this process has written since
        self._written = 0
        self._places = Places(_AT_ONCE, waiting=_WAITING)
        self._failures: dict[str, datetime] = {}

    def get(self, url: str) -> CachedPicture | None:
        """The picture kept for this address, if there is one that is whole."""
        path = self._path(url)
        try:
            head, _, content = path.read_bytes().partition(b"\n")
            version, content_type, digest = head.split(b" ")
            os.utime(path)
        except (OSError, ValueError):
            return None
        # After a power cut a renamed file may be empty; what is not whole is fetched again.
        if version != _FORMAT or digest.decode("ascii", "replace") != hashlib.sha256(content).hexdigest():
            return None
        return CachedPicture(
            content=content, content_type=content_type.decode("ascii"), digest=digest.decode()
        )

    def put(self, url: str, content: bytes, content_type: str) -> CachedPicture:
        """Keep a picture, and give up others where the folder grows over its bound."""
        picture = CachedPicture(
            content=content, content_type=content_type, digest=hashlib.sha256(content).hexdigest()
        )
        try:
            self._write(self._path(url), picture)
            self._bound(len(content))
        except OSError as error:
            _log.warning("event=picture_not_kept reason=%s", error.strerror)
        return picture

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Held by the one thread that fetches this picture; others wait, and find it in the cache then.
        Raises UnavailableError where too many are being fetched, of this site or in all.
        """
        bounds = {_site(url): _AT_ONCE_OF_ONE_SITE, f"picture {url}": 1}
        with self._places.one(bounds, wait=MAX_WAIT) as got:
            if not got:
                raise UnavailableError("Too many pictures are being fetched; try again in a moment.")
            yield

    def note_failure(self, url: str, now: datetime) -> None:
        """Remember that a picture could not be had, so that not every reader waits for it."""
        with self._lock:
            if len(self._failures) >= _REMEMBERED_FAILURES:
                self._failures.clear()
            self._failures[_name(url)] = now

    def check_not_failed(self, url: str, now: datetime) -> None:
        """UnreachableError where the picture failed within AFTER_FAILURE."""
        with self._lock:
            failed = self._failures.get(_name(url))
        if failed is not None and failed <= now < failed + AFTER_FAILURE:
            raise UnreachableError("That picture could not be fetched a moment ago.")

    def _path(self, url: str) -> Path:
        name = _name(url)
        return self._folder / name[:2] / name

    def _write(self, path: Path, picture: CachedPicture) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                head = b" ".join((_FORMAT, picture.content_type.encode(), picture.digest.encode()))
                file.write(head + b"\n" + picture.content)
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise

    def _bound(self, added: int) -> None:
        """Count the folder anew when it may be over its bound, or when this process has written a part of
        it worth the counting (other processes write too).
        """
        with self._lock:
            self._written += added
            due = self._size is None or self._written > self._max_bytes // 20
            if due or (self._size or 0) + self._written > self._max_bytes:
                self._size, self._written = self._evict(), 0

    def _evict(self) -> int:
        """Remove the least recently used until a tenth is free again; the bytes that remain."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        if total <= self._max_bytes:
            return total
        for _, size, path in files:
            if total <= self._max_bytes * 9 // 10:
                break
            path.unlink(missing_ok=True)
            total -= size
        return total

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """(last use, bytes, path) of each picture; what a dead process left unfinished is removed."""
        for path in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                status = path.stat()
                if path.suffix != ".part":
                    yield status.st_mtime, status.st_size, path
                elif status.st_mtime < time.time() - _ABANDONED:
                    path.unlink()


def _name(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _site(url: str) -> str:
    try:
        return f"site {urlsplit(url).netloc.lower()}"
    except ValueError:
        return "site "  # no address at all, which the fetcher refuses at once
