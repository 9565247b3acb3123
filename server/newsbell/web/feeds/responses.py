"""Feeds as HTTP answers: validators, compression and caching."""

from __future__ import annotations

import gzip
from datetime import datetime

from flask import Response, request

CACHE_CONTROL = "public, max-age=60"


def wanted_encoding() -> str:
    """The coding to answer in (RFC 9110 section 12.5.3): "gzip" where the client takes it."""
    accepted = request.accept_encodings
    return "gzip" if accepted.quality("gzip") > 0 else "identity"


def encode(content: bytes, encoding: str) -> bytes:
    """The content in that coding; no time in the gzip header, so that equal content stays equal."""
    return gzip.compress(content, 6, mtime=0) if encoding == "gzip" else content


def is_unchanged(etag: str, changed_at: datetime | None) -> bool:
    """Whether the client's copy still holds, by If-None-Match (weak comparison, RFC 9110 section 13.1.2) or,
    only where it sent none, by If-Modified-Since (section 13.1.3).
    """
    if "If-None-Match" in request.headers:
        return request.if_none_match.contains_weak(etag)
    since = request.if_modified_since
    return since is not None and changed_at is not None and changed_at.replace(microsecond=0) <= since


def not_modified(etag: str) -> Response:
    return _with_validators(Response(status=304), etag, None)


def answer(
    content: bytes, *, media_type: str, encoding: str, etag: str, changed_at: datetime | None = None
) -> Response:
    """The content, already in its coding, with all that a client needs to ask for it cheaply next time."""
    response = Response(content, content_type=f"{media_type}; charset=utf-8")
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    return _with_validators(response, etag, changed_at)


def _with_validators(response: Response, etag: str, changed_at: datetime | None) -> Response:
    response.set_etag(etag)
    if changed_at is not None:  # None would be written as the present
        response.last_modified = changed_at
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Vary"] = "Accept-Encoding"
    return response
