"""Whether a page gives only the beginning of its article, and asks for money or a name for the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from newsbell.domain.cleaning import vocabulary
from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.cleaning.election import ends_a_sentence
from newsbell.domain.cleaning.jsonld import Node, listed, text_of
from newsbell.domain.cleaning.noise import plain
from newsbell.domain.cleaning.page import Page
from newsbell.domain.text import length, squeeze

_CALL = re.compile(vocabulary.CUT_OFF)
_LONGEST_CALL = 600  # characters
_BEHIND = 12  # blocks after the article's last
_TIERS = frozenset({"locked", "metered", "premium", "paid", "subscriber", "subscription"})
_WALL = re.compile(r"(?:^|[\s_-])(?:pay|reg|register|subscription|premium|metering)-?wall", re.IGNORECASE)
_SELECTOR = re.compile(r"^([.#])(-?[A-Za-z_][\w-]*)$")
_SHORT = 220  # words: what a site gives away
_SHOWN = 60  # words in what is said to be closed: it is there after all
_TOLD_SHARE = 0.6  # of the words the page says its article has
_MOST = 5_000  # elements looked at


def calls_for_more(text: str) -> bool:
    """Whether a block of text says that the article goes on for those who pay or sign in."""
    return len(text) <= _LONGEST_CALL and bool(_CALL.search(plain(text)))


def is_short(text: str) -> bool:
    """Whether a text is no longer than what sites give away."""
    return length(text) < _SHORT


def cut_off(page: Page, blocks: Sequence[Block], kept: Sequence[Block]) -> bool:
    """Whether the kept blocks are the beginning of an article that goes on behind a wall.

    What a page declares is not enough: many tell search engines that an article is closed and give all of it.
    """
    words = sum(length(block.text) for block in kept if block.kind in ("p", "quote", "li"))
    last = next((block for block in reversed(kept) if block.kind in ("p", "quote", "li")), None)
    closed = _is_closed(page)
    parts = _closed_parts(page)
    calls = _calls_behind(blocks, last)
    if parts is not None and parts >= (words / 2 if calls else _SHOWN):
        return False
    told = _told_words(page.article)
    if told:
        return words < _TOLD_SHARE * told and (closed or calls)
    if calls:
        return closed or words < _SHORT
    breaks_off = last is not None and (not ends_a_sentence(last.text) or last.text.endswith(("…", "...")))
    return bool(closed and words < _SHORT and (parts == 0 or breaks_off or _has_wall(page)))


def _calls_behind(blocks: Sequence[Block], last: Block | None) -> bool:
    """Whether such a call stands right behind the article's last paragraph."""
    at = next((at for at, block in enumerate(blocks) if block is last or _same(block, last)), None)
    if at is None:
        return False
    return any(calls_for_more(block.text) for block in blocks[at + 1 : at + 1 + _BEHIND])


def _same(block: Block, last: Block | None) -> bool:
    return last is not None and block.element is last.element and block.text == last.text


def _is_closed(page: Page) -> bool:
    tiers = {
        page.first_meta(name).lower() for name in ("article:content_tier", "content_tier", "og:content_tier")
    }
    return bool(tiers & _TIERS) or _is_false(page.article.get("isAccessibleForFree"))


def _is_false(value: Any) -> bool:
    return value is False or text_of(value).lower().rpartition("/")[2] in ("false", "0", "no")


def _closed_parts(page: Page) -> int | None:
    """How many words the page shows of the parts it says are closed; None where it names none."""
    parts = [part for part in listed(page.article.get("hasPart")) if isinstance(part, dict)]
    told = [
        one
        for part in parts
        if _is_false(part.get("isAccessibleForFree"))
        for one in listed(part.get("cssSelector"))
    ]
    selectors = [
        found for one in told[:10] if isinstance(one, str) for found in _SELECTOR.findall(one.strip())
    ]
    if not selectors:
        return None
    return max((_words_in(page.tree, mark, name) for mark, name in selectors), default=0)


def _words_in(tree: Any, mark: str, name: str) -> int:
    key = "class" if mark == "." else "id"
    found = tree.xpath(
        "//*[contains(concat(' ', normalize-space(@*[name()=$key]), ' '), $name)]", key=key, name=f" {name} "
    )
    return max((length(squeeze(element.text_content())) for element in islice(found, 20)), default=0)


def _told_words(article: Node) -> int:
    told = str(article.get("wordCount") or "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= 6 else 0


def _has_wall(page: Page) -> bool:
    body = page.tree.find("body")
    elements = (body if body is not None else page.tree).iter("div", "section", "aside", "p")
    return any(
        _WALL.search(f" {element.get('class') or ''} {element.get('id') or ''}")
        for element in islice(elements, _MOST)
    )
