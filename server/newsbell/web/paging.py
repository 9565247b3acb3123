"""A place in a list as it stands in an address: `?before=1763820300000000-42`, `?after=Ukraine`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from newsbell.domain.article import Position
from newsbell.errors import MalformedError

MAX_AFTER = 200
"""Characters of the name that a list of topics goes on after."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(r"(-?[0-9]{1,18})-([0-9]{1,18})", re.ASCII)


def position_text(position: Position) -> str:
    """The position as microseconds since 1970 and the article's id: exact, and with nothing to escape."""
    return f"{(position.sort_at - _EPOCH) // _MICROSECOND}-{position.id}"


def read_position(text: str | None) -> Position | None:
    """The position that `position_text` wrote; None for None or "". `MalformedError` for anything else."""
    if not text:
        return None
    found = _FORM.fullmatch(text)
    if found is None:
        raise _unreadable()
    try:
        return Position(sort_at=_EPOCH + int(found[1]) * _MICROSECOND, id=int(found[2]))
    except OverflowError as error:
        raise _unreadable() from error


def read_after(text: str | None) -> str | None:
    """The name that a list of topics goes on after; None for None. `MalformedError` for what is no name."""
    if text is not None and (not text or len(text) > MAX_AFTER or not text.isprintable()):
        raise MalformedError("after must be taken from the next of the page before.", field="after")
    return text


def _unreadable() -> MalformedError:
    return MalformedError("This place in the list cannot be read; start at its first page.", field="before")
