"""Paragraphs of plain text, whether each is one line or wrapped over several."""

from __future__ import annotations

import re

from newsbell.domain.text import squeeze

_BLANK = re.compile(r"\n[^\S\n]*\n\s*")


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs, each on one line. Lines are joined only where the text is wrapped at a width: blank
    lines part its paragraphs, and nearly every line that another follows is about as long as the longest.
    """
    groups = [[line for line in map(squeeze, group.split("\n")) if line] for group in _BLANK.split(text)]
    if not _is_wrapped(groups):
        return [line for group in groups for line in group]
    return [line for group in groups for line in _joined(group)]


def _is_wrapped(groups: list[list[str]]) -> bool:
    inner = [line for group in groups for line in group[:-1]]
    long = [line for line in inner if len(line) >= 45]
    widest = max((len(line) for line in inner), default=0)
    return (
        len(long) >= 4
        and widest <= 120
        and sum(1 for line in long if len(line) >= widest - 25) > 0.7 * len(inner)
    )


def _joined(group: list[str]) -> list[str]:
    """The lines of a group as one paragraph; short lines at its top (title, byline) stay apart."""
    lines: list[str] = []
    open_line = False
    for line in group:
        if open_line and lines:
            lines[-1] += " " + line
        else:
            lines.append(line)
        open_line = len(line) >= 45
    return lines
