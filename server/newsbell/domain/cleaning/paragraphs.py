"""Paragraphs of plain text, whether each is one line or wrapped over several."""

from __future__ import annotations

import re
from itertools import pairwise

from newsbell.domain.text import squeeze

_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_TAB = re.compile(r"(?<=\S)[^\S\n]*\t\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।:;][\"'”’»)\]]*$")
_BULLET = re.compile(r"\s*(?:[•‣▪◦●*–-]|\d{1,2}[.)])\s")
_HYPHEN = re.compile(r"[^\W\d_]-$")
_AND = re.compile(r"(?:und|oder|and|or|bis|to|en|of|och|og)\b")  # "Vor- und Nachteile"
_NARROWEST, _WIDEST = 40, 120
_STANDING_OUT = 3


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs, each on one line; cells parted by tabs are parted by bars.

    Lines are joined only where the text is wrapped at a width, which shows in lines that end where the next
    word would not have fitted, most of them within a sentence.
    """
    groups = [[line for line in group.split("\n") if line.strip()] for group in _BLANK.split(text)]
    width = _width([[line.rstrip() for line in group] for group in groups])
    lines = [line for group in groups for line in (_joined(group, width) if width else group)]
    return [squeeze(_TAB.sub(" | ", line.strip())) for line in lines]


def _width(groups: list[list[str]]) -> int:
    """The width at which the text is wrapped, or 0: the longest line's, if one or two do not stand out."""
    if any(len(line) > _WIDEST and " " in line for group in groups for line in group):
        return 0
    pairs = [(line, after) for group in groups for line, after in pairwise(group) if " " in line.strip()]
    lengths = sorted((len(line) for line, _ in pairs), reverse=True)
    for width in dict.fromkeys(lengths[:_STANDING_OUT]):
        full = [line for line, after in pairs if _is_full(line, after, width)]
        within = sum(1 for line in full if not _SENTENCE_END.search(line))
        if width >= _NARROWEST and within >= 2 and within > 0.6 * len(full):
            return width
    return 0


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the first word of the line after would not have fitted."""
    words = after.split(maxsplit=1)
    return " " in line.strip() and len(line) + 1 + len(words[0] if words else "") > width


def _joined(group: list[str], width: int) -> list[str]:
    lines: list[str] = []
    for before, line in zip(["", *group], group, strict=False):
        indented = _indent(line) > _indent(before) and not (lines and _BULLET.match(lines[-1]))
        if not lines or indented or _BULLET.match(line) or not _is_full(before.rstrip(), line, width):
            lines.append(line.rstrip())
        else:
            lines[-1] = _continued(lines[-1], line.strip())
    return lines


def _continued(line: str, rest: str) -> str:
    return f"{line}{rest}" if _HYPHEN.search(line) and not _AND.match(rest) else f"{line} {rest}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
