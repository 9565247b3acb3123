"""Live blogs: reports of an hour one below the other, each with its time (schema.org LiveBlogPosting)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from html import escape

from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.cleaning.jsonld import listed, text_of, types
from newsbell.domain.cleaning.page import Page
from newsbell.domain.cleaning.sanitise import html_to_text, sanitise
from newsbell.domain.cleaning.values import plain_text
from newsbell.domain.cleaning.vote import words_of
from newsbell.domain.text import fold, squeeze

_MOST = 500
_KEY = 5  # words that tell one report from another
_ENOUGH = 2  # reports that a page shows itself; long live blogs show the rest when asked
_CLOCK = re.compile(r"T(\d\d:\d\d)(?::[\d.]+)?(Z|\+00:?00)?")
_HEADINGS = ("h2", "h3", "h4")


@dataclass(frozen=True, kw_only=True)
class Update:
    """One report: its time of day as the page gives it ("19:05", "19:05 UTC" or ""), its headline or "", and
    its paragraphs.
    """

    time: str
    title: str
    paragraphs: tuple[str, ...]


def updates_of(page: Page) -> list[Update]:
    """The reports of a live blog in the order in which the page lists them; none for any other page."""
    if "liveblogposting" not in types(page.article):
        return []
    found = []
    for node in listed(page.article.get("liveBlogUpdate"))[:_MOST]:
        body = node.get("articleBody") or node.get("description") if isinstance(node, dict) else None
        if not isinstance(body, str):
            continue
        clock = _CLOCK.search(text_of(node.get("datePublished")))
        found.append(
            Update(
                time=(clock[1] + (" UTC" if clock[2] else "")) if clock else "",
                title=plain_text(text_of(node.get("headline"))),
                paragraphs=tuple(html_to_text(sanitise(body.replace("<p", "\n<p"))).split("\n")),
            )
        )
    return [update for update in found if any(update.paragraphs)]


def are_shown(updates: Sequence[Update], blocks: Sequence[Block], kept: Collection[int]) -> bool:
    """Whether the kept blocks hold the reports, so that nothing has to be made of what is told of them."""
    held = {_key(blocks[at].text) for at in kept}
    shown = sum(1 for update in updates if any(_key(text) in held for text in update.paragraphs))
    return shown >= min(_ENOUGH, len(updates))


def blocks_of(updates: Sequence[Update]) -> list[Block]:
    """The reports as blocks, for pages that leave showing them to a script."""
    blocks: list[Block] = []
    for update in updates:
        blocks += _head(update)
        blocks += [_block("p", text, escape(text, quote=False)) for text in update.paragraphs if text]
    return blocks


def with_times(chosen: Sequence[Block], updates: Sequence[Update]) -> list[Block]:
    """The chosen blocks with the time of each report above it, and its headline where that was lost."""
    begins = {_key(update.paragraphs[0]): update for update in updates}
    blocks: list[Block] = []
    for block in chosen:
        update = begins.pop(_key(block.text), None) if block.kind == "p" else None
        if update is not None:
            last = blocks[-1] if blocks else None
            if last is not None and last.kind in _HEADINGS and fold(last.text) == fold(update.title):
                blocks[-1] = replace(last, html=_timed(update.time, last.html))
            else:
                blocks += _head(update)
        blocks.append(block)
    return blocks


def _head(update: Update) -> list[Block]:
    """The headline with the time before it. The time is no text of the article."""
    html = _timed(update.time, escape(update.title, quote=False))
    return [_block("h3", update.title, html)] if html else []


def _timed(time: str, html: str) -> str:
    return " · ".join(filter(None, (time, html)))


def _block(kind: str, text: str, html: str) -> Block:
    return Block(kind="h3" if kind == "h3" else "p", text=text, html=html, element=None)


def _key(text: str) -> tuple[str, ...]:
    return tuple(words_of(squeeze(text))[:_KEY])
