"""What the order of the kept blocks tells: rows of links, headings of nothing and tails go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.cleaning.election import ends_a_sentence
from newsbell.domain.cleaning.paywall import calls_for_more
from newsbell.domain.cleaning.removals import Removals
from newsbell.domain.text import length

_HEADINGS = ("h2", "h3", "h4")
_LINKED = 0.6  # of the items of a row of links, on average
_TAIL_LINKED = 0.8
_ALL_LINKED = 0.7  # of each item: its end may look like a sentence's
_CALL, _LISTING = 4, 8  # words
_LONGEST_WALL = 40  # words


def trimmed(blocks: Sequence[Block], removals: Removals) -> list[Block]:
    """The blocks without rows of links to elsewhere, what only leads to them, and what hangs on the end."""
    kept = _without_calls(list(blocks), removals)
    kept = _without_rows(kept, removals)
    return _without_tail(kept, removals)


def _without_calls(blocks: list[Block], removals: Removals) -> list[Block]:
    """Without paragraphs that are rows of links, and calls with a link that were made before."""
    kept: list[Block] = []
    said: set[str] = set()
    for block in blocks:
        is_call = block.kind == "p" and block.linked > 0
        if is_call and _is_listing(block):
            removals.add("related", block.text)
        elif is_call and length(block.text) >= _CALL and block.text in said:
            removals.add("call repeated", block.text)
        else:
            said.add(block.text)
            kept.append(block)
    return kept


def _is_listing(block: Block) -> bool:
    """Whether a paragraph is lines of links, and no sentence."""
    several = "<br>" in block.html and block.html.count("<a ") >= 2 and length(block.text) >= _LISTING
    return several and block.linked >= _LINKED and not ends_a_sentence(block.text)


def _without_rows(blocks: list[Block], removals: Removals) -> list[Block]:
    kept: list[Block] = []
    for (kind, _), group in groupby(blocks, key=lambda block: (block.kind, block.group)):
        row = list(group)
        if kind != "li" or not _is_row_of_links(row):
            kept.extend(row)
            continue
        _drop_while(kept, _leads_to_list, "heading of nothing", removals)
        for block in row:
            removals.add("related", block.text)
    return kept


def _is_row_of_links(row: Sequence[Block]) -> bool:
    size = sum(len(block.text) for block in row)
    linked = sum(block.linked * len(block.text) for block in row)
    if len(row) < 2 or linked < _LINKED * size:
        return False
    leads_away = all(block.linked >= _ALL_LINKED for block in row)
    return leads_away or not any(ends_a_sentence(block.text) for block in row)


def _leads_to_list(block: Block) -> bool:
    short = length(block.text) <= 8 and not ends_a_sentence(block.text)
    return block.kind in _HEADINGS or (block.kind == "p" and short and block.text.endswith((":", "：")))


def _without_tail(blocks: list[Block], removals: Removals) -> list[Block]:
    """A heading at the end has nothing under it, and a line of links leads away."""
    while True:
        before = len(blocks)
        _drop_while(blocks, lambda block: block.kind in _HEADINGS, "heading of nothing", removals)
        _drop_while(blocks, _is_link_elsewhere, "related", removals)
        _drop_while(blocks, _is_wall, "paywall", removals)
        if len(blocks) == before:
            return blocks


def _is_link_elsewhere(block: Block) -> bool:
    return block.kind in ("p", "li") and block.linked > _TAIL_LINKED and length(block.text) >= 3


def _is_wall(block: Block) -> bool:
    return length(block.text) <= _LONGEST_WALL and calls_for_more(block.text)


def _drop_while(blocks: list[Block], test: Callable[[Block], bool], rule: str, removals: Removals) -> None:
    while blocks and test(blocks[-1]):
        removals.add(rule, blocks.pop().text)
