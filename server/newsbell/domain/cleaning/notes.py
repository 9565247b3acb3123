"""Footnotes: the notes that an article's text refers to belong to it, wherever the page has them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.text import squeeze

_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3})[\])]?", re.IGNORECASE)
_LEVELS = 3  # from a note's text up to the element with its id
_MOST = 500
_HEADINGS = ("h2", "h3", "h4")


def with_notes(blocks: Sequence[Block], kept: Collection[int]) -> set[int]:
    """The kept blocks, the notes they refer to, and the heading right above those. The notes are given the
    anchor that `linked_to_notes` leads to.
    """
    wanted = _references(blocks, kept)
    found = set(kept)
    for at in range(min(kept), len(blocks)) if wanted else ():
        name = _name_of(blocks[at].element)
        if name in wanted and blocks[at].kind in ("p", "li", "dd"):
            blocks[at].anchor = anchor_of(name)
            wanted.discard(name)  # a note of several paragraphs is led to once
            found.add(at)
            if at - 1 not in found and blocks[at - 1].kind in _HEADINGS:
                found.add(at - 1)
        elif at - 1 in found and name and blocks[at - 1].anchor == anchor_of(name):
            found.add(at)
    return found


def linked_to_notes(blocks: Sequence[Block]) -> None:
    """Let references lead to the notes that are among the blocks; others lead to the page as they did."""
    anchors = {block.anchor for block in blocks if block.anchor}
    if not anchors:
        return

    def led(found: re.Match[str]) -> str:
        anchor = anchor_of(found[1])
        return f'href="#{anchor}"' if anchor in anchors else found[0]

    for block in blocks:
        block.html = re.sub(r'href="[^"#]*#([^"#]+)"', led, block.html)


def anchor_of(name: str) -> str:
    """The id in our HTML of what a page calls `name`: letters, digits and hyphens, in a space of its own;
    "" for a name without any.
    """
    safe = re.sub(r"[^A-Za-z0-9]+", "-", name)[:60].strip("-")
    return f"note-{safe}" if safe else ""


def _references(blocks: Sequence[Block], kept: Collection[int]) -> set[str]:
    found: set[str] = set()
    for at in sorted(kept):
        element = blocks[at].element
        for link in element.iter("a") if element is not None and "#" in blocks[at].html else ():
            name = (link.get("href") or "").partition("#")[2]
            if name and len(found) < _MOST and _MARK.fullmatch(squeeze(link.text_content())):
                found.add(name)
    return found


def _name_of(element: Any) -> str:
    for _ in range(_LEVELS):
        if element is None:
            break
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return ""
