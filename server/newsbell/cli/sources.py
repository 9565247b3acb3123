"""What FILE, URL and - mean to `import` and `clean`."""

from __future__ import annotations

import errno
import re
import sys
from pathlib import Path
from typing import BinaryIO

import click

from newsbell.domain.cleaning import MAX_BYTES
from newsbell.errors import MalformedError, TooLargeError
from newsbell.services.importing import Source

_TYPES = {".txt": "text/plain", ".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml"}


def is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def read_source(source: str, url: str = "") -> Source:
    """The page named on the command line; an address is not fetched here.

    Raises `MalformedError` for what cannot be read, `TooLargeError` beyond the bound of cleaning.
    """
    if is_url(source):
        if url:
            raise click.UsageError("--url says where a FILE or standard input comes from, not a URL.")
        return Source(url=source)
    if source == "-":
        return Source(url=url, content=_bounded(sys.stdin.buffer, "Standard input"))
    if "://" in source:
        raise MalformedError(f"{source}: only http:// and https:// addresses are fetched.")
    path = Path(source)
    try:
        with path.open("rb") as file:
            content = _bounded(file, str(path))
    except OSError as error:
        hint = " An address begins with https://." if re.match(r"[\w-]+(\.[\w-]+)+/", source) else ""
        raise MalformedError(f"{path}: {_why(error)}.{hint}") from error
    return Source(url=url, content=content, content_type=_TYPES.get(path.suffix.lower()))


def _bounded(stream: BinaryIO, name: str) -> bytes:
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooLargeError(f"{name}: more than {MAX_BYTES // 1024 // 1024} MB, which no article has.")
    return content


def _why(error: OSError) -> str:
    reasons = {
        errno.ENOENT: "there is no such file",
        errno.EISDIR: "this is a folder, not a page",
        errno.EACCES: "no permission to read it",
        errno.ENAMETOOLONG: "no file has a name this long",
    }
    return reasons.get(error.errno or 0, error.strerror or "it cannot be read")
