"""Feeds as HTTP answers: validators, compression and caching."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta

from flask import Response, request

CACHE_CONTROL = "public, max-age=60"


def wanted_encoding() -> str:
    """The coding to answer in (RFC 9110 section 12.5.3): "gzip" where the client takes it."""
    accepted = request.accept_encodings
    return "gzip" if accepted.quality("gzip") > 0 else "identity"


def encode(content: bytes, encoding: str) -> bytes:
    """The content in that coding; no time in the gzip header, so that equal content stays equal."""
    return gzip.compress(content, 6, mtime=0) if encoding == "gzip" else content


def last_modified(changed_at: datetime | None, now: datetime) -> datetime | None:
    """The first whole second after the last change; None until it has come, and where nothing ever changed.

    HTTP's dates are whole seconds. Were it the second of the change, whoever asked within it would not hear
    of another change in it. In the future it must not be (RFC 9110 section 8.8.2.1).
    """
    if changed_at is None:
        return None
    second = changed_at.replace(microsecond=0)
    if second < changed_at:
        second += timedelta(seconds=1)
    return second if second <= now else None


def is_unchanged(etag: str, modified: datetime | None, now: datetime) -> bool:
    """Whether the client's copy still holds, by If-None-Match (weak comparison, RFC 9110 section 13.1.2) or,
    only where it sent none, by If-Modified-Since (section 13.1.3); a date that has not come yet says nothing.
    """
    if "If-None-Match" in request.headers:
        return request.if_none_match.contains_weak(etag)
    since = request.if_modified_since
    return since is not None and modified is not None and modified <= since <= now


def not_modified(etag: str) -> Response:
    return _with_validators(Response(status=304), etag, None)


def answer(
    content: bytes, *, media_type: str, encoding: str, etag: str, modified: datetime | None = None
) -> Response:
    """The content, already in its coding, with all that a client needs to ask for it cheaply next time."""
    response = Response(content, content_type=f"{media_type}; charset=utf-8")
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    return _with_validators(response, etag, modified)


def _with_validators(response: Response, etag: str, modified: datetime | None) -> Response:
    response.set_etag(etag)
    if modified is not None:  # None would be written as the present
        response.last_modified = modified
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Vary"] = "Accept-Encoding"
    return response
