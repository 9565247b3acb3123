"""Which blocks of a page are the article: trafilatura says which text is, blocks are matched against it."""

from __future__ import annotations

import copy
import logging
import re
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import trafilatura
from lxml import etree

from newsbell.domain.cleaning.blocks import WORDLESS, Block
from newsbell.domain.text import fold

_WORD = re.compile(r"\w+")
_SHINGLE = 4
_LITTLE_TEXT, _LITTLE_SHARE = 1_200, 0.3  # characters; of the page's paragraphs
_UNREAD = ("script", "style", "template", "svg", "canvas", "link", "select")
_log = logging.getLogger(__name__)


def extracted_text(tree: Any, url: str) -> str:
    """The article's text by trafilatura, a block a line; "" where it finds none or fails.

    Its second opinion (readability) costs as much again and is only ever taken where the first one found
    next to nothing, so it is asked only there.
    """
    tree = _bare(tree)
    text = _extract(tree, url, fast=True)
    prose = sum(len(one.text_content()) for one in tree.iter("p"))
    if len(text) >= max(_LITTLE_TEXT, _LITTLE_SHARE * prose):
        return text
    return _extract(tree, url, fast=False)


def _bare(tree: Any) -> Any:
    """A copy without what no extractor reads, which is most of many a page."""
    tree = copy.deepcopy(tree)
    etree.strip_elements(tree, *_UNREAD, with_tail=False)
    return tree


def _extract(tree: Any, url: str, *, fast: bool) -> str:
    try:
        document = trafilatura.bare_extraction(
            tree,
            url=url or None,
            fast=fast,
            include_comments=False,
            include_tables=True,
            with_metadata=False,
            favor_precision=True,
        )
    except Exception:  # noqa: BLE001 - a foreign library on hostile pages: whatever it raises, it found nothing
        _log.warning("event=extraction_failed url=%s", url, exc_info=True)
        return ""
    return str(getattr(document, "text", None) or "")


def elected(blocks: Sequence[Block], text: str) -> set[int]:
    """The indexes of the text blocks that the extracted text holds."""
    told = [words for line in text.split("\n") if (words := words_of(line))]
    lines = Counter(map(" ".join, told))
    normal = {at: words_of(block.text) for at, block in enumerate(blocks) if block.kind not in WORDLESS}
    same = {at for at, words in normal.items() if words and " ".join(words) in lines}
    # What repeats a sentence of a paragraph that is found whole (a list of key points, a pull quote) is not
    # held by the text a second time.
    found_whole = {" ".join(normal[at]) for at in same}
    left = [word for words in told for word in (words if " ".join(words) not in found_whole else ["\n"])]
    rest, shingles = f" {' '.join(left)} ", _shingles(left)
    found = same | {at for at, words in normal.items() if at not in same and _is_held(words, rest, shingles)}
    parents = {at: element.getparent() for at in found if (element := blocks[at].element) is not None}
    return _without_doubles(found, {at: " ".join(normal[at]) for at in found}, lines, parents)


def words_of(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def coverage(text: str, kept: Sequence[Block]) -> float:
    """How much of the extracted text the kept blocks hold, 0 to 1."""
    told, held = Counter(words_of(text)), Counter(word for block in kept for word in words_of(block.text))
    return sum((told & held).values()) / max(1, sum(told.values()))


def _is_held(words: list[str], rest: str, shingles: set[tuple[str, ...]]) -> bool:
    joined = " ".join(words)
    if (len(words) >= 5 or len(joined) >= 40) and f" {joined} " in rest:
        return True
    own = _shingles(words) if len(words) >= 8 else set()
    return bool(own) and len(own & shingles) >= 0.8 * len(own)


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + _SHINGLE]) for at in range(max(0, len(words) - _SHINGLE + 1))}


def _without_doubles(
    found: set[int], texts: dict[int, str], lines: Counter[str], parents: dict[int, Any]
) -> set[int]:
    """Of blocks with the same text those that stand with others, else as many as the extracted text has,
    those nearest to the rest.
    """
    places: dict[str, list[int]] = {}
    for at in sorted(found):
        places.setdefault(texts[at], []).append(at)
    single = [group[0] for group in places.values() if len(group) == 1] or sorted(found)
    middle = median(single) if single else 0
    homes = {parents[at] for at in single if parents.get(at) is not None}
    kept: set[int] = set()
    for text, group in places.items():
        near = [at for at in group if parents.get(at) in homes]
        kept.update(near or sorted(group, key=lambda at: abs(at - middle))[: max(1, lines[text])])
    return kept
