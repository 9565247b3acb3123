"""What the extracted text leaves open: paragraphs like those elected that it lost, and other articles it took in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.text import fold

_SHARE = 0.3  # of the elected words: what so many are like is the article's own form
_LEAST_WORDS = 6
_MOST_LINKED = 0.4
_TEXT = ("p", "quote", "li", "h2", "h3", "h4")
_ENOUGH_BEFORE = 40  # words of the article before the headline of another

Form = tuple[str, str, str, str]


def within_article(blocks: Sequence[Block], kept: Iterable[int], titles: Sequence[str]) -> set[int]:
    """The kept blocks before the headline of the next article, on pages that go on with others."""
    kept = set(kept)
    heads = [at for at, block in enumerate(blocks) if _is_headline(block.element)]
    own = next((at for at in heads if is_title(blocks[at].text, titles)), None)
    if own is None:
        return kept
    for at in heads:
        before = sum(len(blocks[one].text.split()) for one in kept if own < one < at)
        if at > own and before >= _ENOUGH_BEFORE and not is_title(blocks[at].text, titles):
            return {one for one in kept if one < at}
    return kept


def with_lost(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    """The kept blocks, and those between the first and the end of their form: paragraphs with the classes
    (or the very parent) that much of the article has, and headings between two kept ones of one parent.
    """
    forms, parents = _shares(blocks, kept)
    first = min(kept)
    found = set(kept)
    for at in range(first, len(blocks)):
        block = blocks[at]
        if at in kept or block.kind not in _TEXT or block.linked >= _MOST_LINKED or block.element is None:
            continue
        if len(block.text.split()) >= _LEAST_WORDS and _belongs(block, forms, parents):
            found.add(at)
    return found | _headings_between(blocks, found)


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
            size = len(block.text.split())
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
    return (str(element.tag), element.get("class") or "", *around)


def _belongs(block: Block, forms: set[Form], parents: set[Any]) -> bool:
    return _form(block.element) in forms or block.element.getparent() in parents


def _headings_between(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    found: set[int] = set()
    ordered = sorted(kept)
    for before, after in zip(ordered, ordered[1:], strict=False):
        parents = {id(_parent(blocks[at])) for at in (before, after)}
        for at in range(before + 1, after):
            if blocks[at].kind in ("h2", "h3", "h4") and parents == {id(_parent(blocks[at]))}:
                found.add(at)
    return found


def _parent(block: Block) -> Any:
    return block.element.getparent() if block.element is not None else None
