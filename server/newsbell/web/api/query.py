"""What stands in the query of a list: which topics it is of, where a page begins and how long it is."""

from __future__ import annotations

import re

from flask import request

from newsbell.domain.article import Position
from newsbell.domain.topics import MAX_UNION
from newsbell.errors import MalformedError
from newsbell.web.paging import read_position

_BETWEEN_TOPICS = re.compile(r"[+\s]+")


def before() -> Position | None:
    """The position this request asks to go on from."""
    return read_position(request.args.get("before"))


def limit(*, usual: int, most: int) -> int:
    """How many entries this request asks for."""
    given = request.args.get("limit")
    if given is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,4}", given) or not 1 <= int(given) <= most:
        raise MalformedError(f"limit is a number from 1 to {most}.", field="limit")
    return int(given)


def topics() -> list[str] | None:
    """The slugs this request names, or None for every article.

    `topic=a+b` arrives as `a b`, because a plus sign means a space in a query.
    """
    given = request.args.getlist("topic")
    if not given:
        return None
    slugs = [slug for part in given for slug in _BETWEEN_TOPICS.split(part) if slug]
    if not slugs or len(slugs) > MAX_UNION:
        raise MalformedError(f"topic names 1 to {MAX_UNION} topics by their slugs.", field="topic")
    return slugs
