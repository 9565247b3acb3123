"""The film that opens an article: it stands between headline and text, or a script puts it there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.cleaning.election import is_title
from newsbell.domain.cleaning.embeds import Embed, is_stream, is_tracker
from newsbell.domain.cleaning.figures import is_own_embed
from newsbell.domain.cleaning.jsonld import listed, text_of, types
from newsbell.domain.cleaning.page import Page
from newsbell.domain.cleaning.players import original_of
from newsbell.domain.cleaning.sanitise import absolute
from newsbell.domain.cleaning.values import plain_text

_MOST = 2
_ADDRESSES = ("embedUrl", "contentUrl")


def with_opening(
    page: Page, blocks: Sequence[Block], kept: Collection[int], chosen: Sequence[Block], titles: Sequence[str]
) -> list[Block]:
    """The chosen blocks with what is embedded between headline and text; where the page embeds nothing, with
    the film it names to search engines. They come first, but for a standfirst.
    """
    have = {block.embed.url for block in chosen if block.embed}
    found = [block for block in _above(blocks, kept, titles) if block.embed and block.embed.url not in have]
    if not found and not have:
        found = _told(page)
    at = 1 if chosen and chosen[0].kind == "p" and found and _is_above(found[0], chosen[0], blocks) else 0
    return [*chosen[:at], *found[:_MOST], *chosen[at:]]


def _above(blocks: Sequence[Block], kept: Collection[int], titles: Sequence[str]) -> list[Block]:
    """What is embedded behind the last headline before the text."""
    first = min((at for at in kept if blocks[at].kind in ("p", "quote")), default=min(kept))
    heads = [
        at for at in range(first) if blocks[at].kind in ("h2", "h3") and is_title(blocks[at].text, titles)
    ]
    between = blocks[heads[-1] : first] if heads else ()
    return [block for block in between if block.embed and not block.embed.rule and is_own_embed(block)]


def _is_above(block: Block, film: Block, blocks: Sequence[Block]) -> bool:
    """Whether a film, or one that has no place, follows a block that stands between headline and text."""
    places = {id(one): at for at, one in enumerate(blocks)}
    at = places.get(id(block))
    other = next((place for place, one in enumerate(blocks) if one.text == film.text), len(blocks))
    return at is not None and other < at


def _told(page: Page) -> list[Block]:
    """The film of the page's article, or the one that a page without an article is about."""
    told: list[Any] = listed(page.article.get("video"))
    if not page.article:
        told = [node for node in page.nodes if "videoobject" in types(node)]
    for node in told:
        if not isinstance(node, dict):
            continue
        links = (absolute(text, page.base_url) for key in _ADDRESSES if (text := text_of(node.get(key))))
        url = next((link for link in links if link and not is_stream(link) and not is_tracker(link)), None)
        if url:
            found = original_of(url)
            title = plain_text(text_of(node.get("name")))[:200]
            embed = Embed(url=found.url, noun=found.noun or "Video", title=title)
            return [Block(kind="embed", text=embed.text, html="", element=None, embed=embed)]
    return []
