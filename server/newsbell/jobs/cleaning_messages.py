"""What the server and a cleaning process say to each other: JSON, a line each way.

Not pickle: the process has read a stranger's page, and what it answers is believed no further than a page is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO

from newsbell.domain.article import CleanArticle, Picture, Removal, TopicMention
from newsbell.errors import (
    MalformedError,
    NewsbellError,
    RefusedError,
    TooLargeError,
    UnsupportedTypeError,
)

READY = b"ready\n"
LONGEST_ANSWER = 128 * 1024 * 1024
"""Bytes: a page of 10 MB gives a text and a body of about that, escaped."""

_ERRORS: dict[str, type[NewsbellError]] = {
    kind.__name__: kind for kind in (MalformedError, RefusedError, TooLargeError, UnsupportedTypeError)
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """A page to clean."""

    source: str | bytes
    url: str
    content_type: str | None
    restored: tuple[Removal, ...]


def failed() -> RefusedError:
    return RefusedError(
        "This page cannot be cleaned: something in it breaks the cleaning, or needs too much memory.",
        code="cleaning_failed",
        field="content",
    )


def request_bytes(request: Request) -> bytes:
    is_text = isinstance(request.source, str)
    # A browser's DOM may hold half a character, and cleaning knows what to do with it.
    page = request.source.encode("utf-8", "surrogatepass") if is_text else request.source  # type: ignore[union-attr]  # told apart by is_text
    head = {
        "url": request.url,
        "content_type": request.content_type,
        "restored": [asdict(removal) for removal in request.restored],
        "is_text": is_text,
        "length": len(page),
    }
    return json.dumps(head).encode() + b"\n" + bytes(page)  # type: ignore[arg-type]  # the same


def read_request(stream: BinaryIO) -> Request | None:
    """The next page; None at the end of the stream."""
    line = stream.readline()
    if not line:
        return None
    head = json.loads(line)
    page = stream.read(head["length"])
    return Request(
        source=page.decode("utf-8", "surrogatepass") if head["is_text"] else page,
        url=head["url"],
        content_type=head["content_type"],
        restored=tuple(Removal(**removal) for removal in head["restored"]),
    )


def article_line(article: CleanArticle) -> bytes:
    return _line({"article": asdict(article)})


def error_line(error: NewsbellError) -> bytes:
    said = {"message": error.message, "code": error.code, "field": error.field}
    return _line({"error": {"kind": type(error).__name__, **said}})


def read_answer(line: bytes) -> CleanArticle:
    """The article in an answer; raises the error in it."""
    try:
        answer = json.loads(line)
        if "article" in answer:
            return _article(answer["article"])
        error = answer["error"]
        kind = _ERRORS[error["kind"]]
    except (ValueError, KeyError, TypeError) as broken:
        raise failed() from broken
    raise kind(str(error["message"]), code=str(error["code"]), field=error["field"])


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, default=datetime.isoformat).encode() + b"\n"


def _article(values: dict[str, Any]) -> CleanArticle:
    picture = values["lead_image"]
    read = {
        "byline": tuple(values["byline"]),
        "lead_image": Picture(**picture) if picture else None,
        "published_at": _moment(values["published_at"]),
        "modified_at": _moment(values["modified_at"]),
        "topics": _all(TopicMention, values["topics"]),
        "removals": _all(Removal, values["removals"]),
    }
    return CleanArticle(**(values | read))


def _all(kind: Any, values: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(kind(**value) for value in values)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
