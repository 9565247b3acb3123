"""What extraction leaves open: paragraphs like the elected ones that it lost, other articles it took in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from newsbell.domain.cleaning.blocks import Block, names_of
from newsbell.domain.text import fold, length

_SHARE = 0.3  # of the elected words: what so many are like is the article's own form
_LEAST_WORDS = 6
_MOST_LINKED, _MOST_LINKED_SENTENCE = 0.4, 0.7
_FAR = 8  # blocks
_HEADINGS = ("h2", "h3", "h4")
_TEXT = ("p", "quote", "li", "dt", "dd", *_HEADINGS)
_ENOUGH_BEFORE = 40  # words of the article before the headline of another

_SENTENCE_END = re.compile(r"""[.!?…。！？．।؟][\s"'”’»›)\]」』]*$""")
_ASIDE = re.compile(r"(?:^|[\s_-])(?:author|bio|contributor|newsletter|promo|disclaimer|related)(?:$|[\s_-])")
_ADDRESS = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d+")

Form = tuple[str, str, str, str]


def within_article(blocks: Sequence[Block], kept: Iterable[int], titles: Sequence[str]) -> set[int]:
    """The kept blocks before the headline of the next article, on pages that go on with others."""
    kept = set(kept)
    heads = [at for at, block in enumerate(blocks) if _is_headline(block.element)]
    own = next((at for at in heads if is_title(blocks[at].text, titles)), None)
    if own is None:
        return kept
    for at in heads:
        before, after = {one for one in kept if own < one < at}, {one for one in kept if one > at}
        if (
            at <= own
            or is_title(blocks[at].text, titles)
            or _parents(blocks, before) & _parents(blocks, after)
        ):
            continue
        if sum(length(blocks[one].text) for one in before) >= _ENOUGH_BEFORE:
            return {one for one in kept if one < at}
    return kept


def with_lost(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    """The kept blocks, and the lost ones after the first: paragraphs with the classes (or the very parent)
    that much of the article has, and whatever stands between two kept blocks of its own parent.
    """
    forms, parents = _shares(blocks, kept)
    held = {fold(blocks[at].text) for at in kept}
    found = set(kept)
    for at in range(min(kept), len(blocks)):
        block = blocks[at]
        if at in kept or block.kind not in _TEXT or block.element is None or fold(block.text) in held:
            continue
        if (
            length(block.text) < _LEAST_WORDS
            or not _is_prose(block)
            or _ASIDE.search(names_of(block.element, 3))
        ):
            continue
        if _belongs(block, forms, parents):
            found.add(at)
    found |= _between(blocks, found)
    quotes = {blocks[at].group for at in found if blocks[at].kind == "quote"}
    found |= {at for at, block in enumerate(blocks) if block.kind == "quote" and block.group in quotes}
    return {at for at in found if not _heads_links(blocks, at, found)}


def _heads_links(blocks: Sequence[Block], at: int, kept: set[int]) -> bool:
    """Whether a heading stands above a list of links that is not the article."""
    if blocks[at].kind not in _HEADINGS or at + 1 in kept or at + 1 >= len(blocks):
        return False
    return blocks[at + 1].kind == "li" and blocks[at + 1].linked > _MOST_LINKED_SENTENCE


def _is_prose(block: Block) -> bool:
    return block.linked < (_MOST_LINKED_SENTENCE if ends_a_sentence(block.text) else _MOST_LINKED)


def is_aside(block: Block) -> bool:
    """Whether a block is named after its writer, a letter or another story."""
    return bool(_ASIDE.search(names_of(block.element, 3)))


def ends_a_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text))


def is_address(text: str) -> bool:
    """Whether a text is an address in full, which a writer gives and no teaser shows."""
    return bool(_ADDRESS.fullmatch(text))


def is_title(text: str, titles: Iterable[str]) -> bool:
    """Whether a text is one of the page's titles, or says it with a few words before or after."""
    folded = fold(text).strip(" .")
    return any(
        folded == title or (len(title) >= 20 and title in folded and len(folded) <= 2 * len(title))
        for title in (fold(one).strip(" .") for one in titles)
        if title
    )


def in_headline(element: Any) -> bool:
    return element is not None and (
        _is_headline(element) or any(parent.tag == "h1" for parent in element.iterancestors())
    )


def _is_headline(element: Any) -> bool:
    return element is not None and element.tag == "h1"


def _shares(blocks: Sequence[Block], kept: set[int]) -> tuple[set[Form], set[Any]]:
    """The forms and the parents that at least three in ten of the kept words have."""
    forms: Counter[Form] = Counter()
    parents: Counter[Any] = Counter()
    for at in kept:
        block = blocks[at]
        if block.element is not None:
            size = length(block.text)
            forms[_form(block.element)] += size
            parents[block.element.getparent()] += size
    enough = _SHARE * sum(forms.values())
    return (
        {form for form, size in forms.items() if size >= enough and (form[1] or form[3])},
        {parent for parent, size in parents.items() if size >= enough and parent is not None},
    )


def _form(element: Any) -> Form:
    parent = element.getparent()
    around = (str(parent.tag), parent.get("class") or "") if parent is not None else ("", "")
    return (str(element.tag), _NUMBER.sub("", element.get("class") or ""), *around)


def _belongs(block: Block, forms: set[Form], parents: set[Any]) -> bool:
    return _form(block.element) in forms or block.element.getparent() in parents


def _between(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    """What stands between two neighbouring kept blocks and has the parent of both, but rows of links."""
    found: set[int] = set()
    ordered = sorted(kept)
    for before, after in pairwise(ordered):
        parent = _parent(blocks[before])
        if parent is None or after - before > _FAR or parent is not _parent(blocks[after]):
            continue
        open_to_headings = True
        for at in range(after - 1, before, -1):
            block = blocks[at]
            if block.kind in ("figure", "embed"):
                continue
            linked = block.linked > _MOST_LINKED_SENTENCE and not (
                ends_a_sentence(block.text) or is_address(block.text)
            )
            is_heading = block.kind in _HEADINGS
            taken = block.kind in (*_TEXT, "table", "pre") and _parent(block) is parent and not linked
            if taken and (open_to_headings or not is_heading):
                found.add(at)
            else:
                open_to_headings = False  # what this would be the heading of is not the article
    return found


def _parents(blocks: Sequence[Block], found: Iterable[int]) -> set[Any]:
    return {parent for at in found if (parent := _parent(blocks[at])) is not None}


def _parent(block: Block) -> Any:
    """The element a block stands in; one that holds nothing else is only its wrapping."""
    if block.element is None:
        return None
    parent = block.element.getparent()
    while parent is not None and len(parent) == 1 and not (parent.text or "").strip():
        around = parent.getparent()
        if around is None:
            break
        parent = around
    return parent
