"""Putting back what cleaning took out and an editor wants to keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import lxml.html

from newsbell.domain.article import CleanArticle, Removal
from newsbell.domain.cleaning.blocks import Block, read_blocks
from newsbell.domain.cleaning.clean import clean
from newsbell.domain.cleaning.embeds import titles_of
from newsbell.domain.cleaning.mail import unpacked
from newsbell.domain.cleaning.page import parse_page
from newsbell.domain.cleaning.paragraphs import paragraphs_of
from newsbell.domain.cleaning.removals import shortened
from newsbell.domain.cleaning.render import to_html, to_text
from newsbell.domain.cleaning.sanitise import sanitise
from newsbell.domain.cleaning.source import read_source
from newsbell.domain.text import fold, squeeze, strip_controls


def clean_restoring(
    source: str | bytes,
    url: str = "",
    *,
    content_type: str | None = None,
    restored: Collection[Removal] = (),
) -> CleanArticle:
    """The article of a page as `clean` gives it, but for the removals in `restored`: their words stand where
    the page has them, and no longer in `removals`. One whose words are no words of the page stays removed.

    Raises what `clean` raises.
    """
    article = clean(source, url, content_type=content_type)
    asked = _asked(article.removals, restored)
    if not asked:
        return article
    page = _read(source, article.url, content_type)
    for removal in asked:
        article = _restore(article, page, removal)
    return article


def _asked(removals: Sequence[Removal], restored: Collection[Removal]) -> list[Removal]:
    """The removals that are asked back: by rule and text, or by their text where the rule has a new name."""
    exact = {removal.text for removal in removals if removal in restored}
    wanted = {removal.text for removal in restored} - exact
    renamed = {removal.text: removal for removal in reversed(removals) if removal.text in wanted}
    return [removal for removal in removals if removal in restored or renamed.get(removal.text) is removal]


@dataclass(frozen=True, kw_only=True)
class _Page:
    """Everything the page says, block by block, with the address its links are relative to."""

    blocks: list[Block]
    base_url: str


def _read(source: str | bytes, url: str, content_type: str | None) -> _Page:
    content = read_source(source, content_type)
    if content.is_html:
        page = parse_page(content.text, url)
        return _Page(
            blocks=read_blocks(page.tree, page.base_url, titles_of(page.nodes)), base_url=page.base_url
        )
    lines = paragraphs_of(unpacked(strip_controls(content.text))[0])
    blocks = [Block(kind="p", text=line, html=escape(line, quote=False), element=None) for line in lines]
    return _Page(blocks=blocks, base_url="")


def _restore(article: CleanArticle, page: _Page, removal: Removal) -> CleanArticle:
    place = _place(page.blocks, removal.text, {one.text for one in article.removals})
    if place is None:
        return article
    block = page.blocks[place]
    if shortened(block.text) != removal.text:  # the rule took a part of it
        block = Block(kind="p", text=removal.text, html=escape(removal.text, quote=False), element=None)
    elif block.kind == "caption":
        block = replace(block, kind="p")
    before = [one.text for one in page.blocks[place::-1]]
    return replace(
        article,
        body_html=_with_html(article.body_html, to_html([block], page.base_url), before, page.base_url),
        body_text=_with_text(article.body_text, to_text([block]), before),
        removals=tuple(one for one in article.removals if one != removal),
    )


def _place(blocks: Sequence[Block], text: str, removed: Collection[str]) -> int | None:
    """Where the page has a text: as a block of its own, else inside one that is not taken out itself.

    What a button says is no text of the page, though a prompt beside it may say the same.
    """
    for at, block in enumerate(blocks):
        if text in (shortened(block.text), squeeze(block.text)):
            return at
    return next(
        (
            at
            for at, block in enumerate(blocks)
            if text in squeeze(block.text) and shortened(block.text) not in removed
        ),
        None,
    )


def _with_html(html: str, piece: str, before: Sequence[str], base_url: str) -> str:
    parts: list[Any] = list(lxml.html.fragments_fromstring(html)) if html else []
    places: dict[str, int] = {}
    for at, part in enumerate(parts):
        for text in _texts(part):
            places[fold(text)] = at
    texts = [part if isinstance(part, str) else _html(part) for part in parts]
    at = _after(places, before)
    return sanitise("\n".join(text.strip() for text in (*texts[:at], piece, *texts[at:])), base_url)


def _html(part: Any) -> str:
    return str(lxml.html.tostring(part, encoding="unicode"))


def _texts(part: Any) -> list[str]:
    """The text of a piece of the body, and of the blocks inside it."""
    if isinstance(part, str):
        return [part]
    inner = part.iter("p", "li", "td", "th", "figcaption", "pre")
    return [element.text_content() for element in (part, *inner)]


def _with_text(text: str, piece: str, before: Sequence[str]) -> str:
    lines = text.split("\n")
    at = _after({fold(line): at for at, line in enumerate(lines)}, before)
    return "\n".join(line for line in (*lines[:at], piece, *lines[at:]) if line)


def _after(places: dict[str, int], before: Sequence[str]) -> int:
    """The place behind the nearest text that stands before; the very first where none does."""
    return next((places[text] + 1 for text in map(fold, before) if text in places), 0)
