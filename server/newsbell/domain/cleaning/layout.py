"""Where in a page copied as text the headline stands, where the article begins and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsbell.domain.cleaning.lines import MAX_TITLE, Line, ends_sentence, is_prose, is_ticker, names_alone
from newsbell.domain.text import fold

_FURNISHED = 2  # lines of furniture that tell a copied page from a text somebody wrote
_BY_HEADLINE = 12  # lines between headline and byline
_LONGEST_HEAD = 400  # lines


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Indexes of lines: the headline (None where there is none), the first and the last paragraph.

    `copied` says that the text is a whole page, with buttons and navigation.
    """

    title: int | None
    first: int
    last: int
    copied: bool


def lay_out(lines: Sequence[Line]) -> Layout:
    """Paragraphs are what is surest in a text; everything else is found by where it stands to them."""
    prose = _prose(lines)
    copied = sum(1 for line in lines if line.is_furniture) >= _FURNISHED
    if not prose:
        title = next((at for at, line in enumerate(lines) if line.is_unknown), None)
        return Layout(title=title, first=0 if title is None else title + 1, last=len(lines) - 1, copied=False)
    first = prose[0]
    title = _headline(lines, first, copied=copied or _is_navigated(lines[:first]))
    if title is None and _may_be_headline(lines[first]) and len(prose) > 1:
        title, first = first, prose[1]
    return Layout(title=title, first=first, last=prose[-1], copied=copied or _is_navigated(lines[:first]))


def _prose(lines: Sequence[Line]) -> list[int]:
    """The lines that are paragraphs; where none is long, the shorter sentences."""
    for least in (12, 5):
        found = [at for at, line in enumerate(lines) if is_prose(line, least)]
        if found:
            return found
    return []


def _is_navigated(head: Sequence[Line]) -> bool:
    """Whether the lines before the first paragraph begin as a page's navigation does."""
    return sum(1 for line in head if line.words <= 2 and line.rule in (None, "navigation")) >= 4


def _may_be_headline(line: Line) -> bool:
    return line.words <= 25 and len(line.text) <= MAX_TITLE and line.text[-1] in "?!？！"


def _headline(lines: Sequence[Line], first: int, *, copied: bool) -> int | None:
    """The headline among the lines before the first paragraph: on a copied page the one that is said twice,
    or the one right above the byline and the date.
    """
    start = max(0, first - _LONGEST_HEAD)
    found = [at for at in range(start, first) if lines[at].is_unknown and len(lines[at].text) <= MAX_TITLE]
    if not found or not copied:
        return found[0] if found else None
    twice = _said_twice(lines, found)
    if twice is not None:
        return twice
    marks = [at for at in range(first) if lines[at].rule in ("date", "byline")]
    for least in (4, 3, 2):
        long = [at for at in found if lines[at].words >= least and _is_headline(lines, at)]
        for mark in (*marks, first):
            above = [at for at in long if mark - _BY_HEADLINE <= at < mark]
            if above:
                return _top_of_run(lines, above)
    return max(found, key=lambda at: lines[at].words)


def _said_twice(lines: Sequence[Line], found: Sequence[int]) -> int | None:
    """The first line that stands again, perhaps with the site's name behind it."""
    folded = [fold(lines[at].text) for at in found]
    for at, text in zip(found, folded, strict=True):
        others = [other for place, other in zip(found, folded, strict=True) if place != at]
        if lines[at].words >= 3 and any(
            other == text or other.startswith((f"{text} | ", f"{text} - ", f"{text} – ", f"{text} — "))
            for other in others
        ):
            return at
    return None


def _is_headline(lines: Sequence[Line], at: int) -> bool:
    """Whether a line neither is a sentence nor the names before a date."""
    text = lines[at].text
    if ends_sentence(text) and text[-1] not in "?!？！؟'\"’”»":
        return False
    follows = lines[at + 1].rule if at + 1 < len(lines) else None
    return not (follows in ("date", "byline") and names_alone(text) and _has_more(lines, at))


def _has_more(lines: Sequence[Line], at: int) -> bool:
    """Whether a longer line above could be the headline instead."""
    return any(line.is_unknown and line.words >= 3 for line in lines[max(0, at - _BY_HEADLINE) : at])


def _top_of_run(lines: Sequence[Line], found: Sequence[int]) -> int:
    """Of lines that follow one another the first, for a second is the standfirst; of three or more, which
    are a list of headlines, the last.
    """
    run = [found[-1]]
    while run[0] - 1 in found:
        run.insert(0, run[0] - 1)
    while len(run) > 1 and is_ticker(lines[run[0]].text):
        run.pop(0)
    return run[0] if len(run) <= 2 else run[-1]
