"""What stands around the article and is on record: prompts, newsletters, share bars, lists of other articles.

Menus and footers are no loss to anybody and are not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from newsbell.domain.cleaning import noise
from newsbell.domain.cleaning.blocks import WORDLESS, Block
from newsbell.domain.cleaning.removals import Removals
from newsbell.domain.text import length, squeeze

_RECORDED = frozenset({
    "notification prompt", "newsletter", "app call", "consent", "browser notice", "follow us", "tip line",
    "related", "share bar", "support call",
})  # fmt: skip
_ASKING = frozenset({"notification prompt", "consent", "browser notice"})
_LOOKED_AT = 3_000  # blocks outside of the article
_MOST = 60
_MOST_LISTED = 12  # articles after a heading
_LINKED = 0.6


def record(blocks: Sequence[Block], article: range, tree: Any, removals: Removals) -> None:
    """Record what stands outside of the article's blocks."""
    outside = [at for at in range(len(blocks)) if at not in article][:_LOOKED_AT]
    found = list(islice(_asked(blocks, outside), _MOST))
    found += islice(_in_dialogs(tree), _MOST)
    if any(rule in _ASKING for rule, _ in found):
        found += islice(_buttons(tree), _MOST)
    for rule, text in found:
        removals.add(rule, text)


def _asked(blocks: Sequence[Block], outside: Sequence[int]) -> Iterator[tuple[str, str]]:
    listed = 0  # how many links after a heading of related articles may follow
    for at in outside:
        block = blocks[at]
        rule = noise.rule_of(block.text) if block.kind not in WORDLESS else None
        if rule in _RECORDED and (rule != "share bar" or length(block.text) > 1):
            listed = _MOST_LISTED if rule == "related" else 0
            yield rule, block.text
        elif listed and rule is None and block.linked >= _LINKED and length(block.text) >= 3:
            listed -= 1
            yield "related", block.text
        elif block.kind not in ("figure", "embed"):
            listed = 0


def _in_dialogs(tree: Any) -> Iterator[tuple[str, str]]:
    for element in islice(tree.iter("dialog"), _MOST):
        text = squeeze(element.text_content())
        rule = noise.rule_of(text)
        if rule in _RECORDED:
            yield rule, text


def _buttons(tree: Any) -> Iterator[tuple[str, str]]:
    for element in islice(tree.iter("button"), _LOOKED_AT):
        text = squeeze(element.text_content())
        rule = noise.rule_of(text) if 0 < len(text) <= 60 else None
        if rule in _ASKING:
            yield rule, text
