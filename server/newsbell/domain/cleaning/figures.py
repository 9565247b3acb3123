"""Which of a page's pictures are the article's, and which of them opens it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsbell.domain.article import Picture
from newsbell.domain.cleaning.blocks import Block, names_of
from newsbell.domain.cleaning.election import is_title

_NOT_CONTENT = re.compile(
    r"related|recommend|teaser|promo|newsletter|sidebar|outbrain|taboola|footer|(?:^|[\s_-])(?:nav|share|social|ad|ads|advert|author|comments?|most-?(?:read|popular)|more-from|read-?(?:more|next))(?:$|[\s_-])"
)
_NOT_CONTENT_EMBED = re.compile(
    r"related|recommend|promo|newsletter|outbrain|taboola|(?:^|[\s_-])(?:nav|ad|ads|advert|comments?"
    r"|most-?(?:read|popular)|more-from|read-?(?:more|next))(?:$|[\s_-])|(?:^|\s)(?:sidebar|footer)(?:$|\s)"
)
_ABOVE_TITLE, _AFTER_START = 12, 2  # blocks


@dataclass(frozen=True, kw_only=True)
class Shown:
    """`opening`: the pictures between headline and text; `around`: all from just above the headline on."""

    opening: tuple[Picture, ...] = ()
    around: tuple[Picture, ...] = ()


def shown(blocks: Sequence[Block], kept: set[int], titles: Sequence[str]) -> Shown:
    """The article's own pictures, whether or not extraction took them for content."""
    text = [at for at in kept if blocks[at].kind in ("p", "quote")] or sorted(kept)
    first, last = min(text), max(text)
    heads = [
        at for at in range(first + 1) if blocks[at].kind in ("h2", "h3") and is_title(blocks[at].text, titles)
    ]
    title_at = heads[-1] if heads else max(0, first - 15)
    start = max(0, title_at - _ABOVE_TITLE)
    own = {at: blocks[at].picture for at in range(start, last + 1) if is_own(blocks[at])}
    found = {at: picture for at, picture in own.items() if picture is not None}
    return Shown(
        opening=tuple(
            picture for at, picture in found.items() if title_at <= at <= min(last, first + _AFTER_START)
        ),
        around=tuple(found.values()),
    )


def is_own(block: Block) -> bool:
    """Whether a picture is no teaser: not in a link that leads elsewhere, not in a part named so."""
    if block.kind != "figure" or block.element is None:
        return False
    inside_link = any(
        parent.tag == "a" and _leads_elsewhere(parent)
        for parent in (block.element, *block.element.iterancestors())
    )
    return not inside_link and not _NOT_CONTENT.search(names_of(block.element, 5))


def is_own_embed(block: Block) -> bool:
    """Whether something embedded stands in no part that is named after something else."""
    return block.element is None or not _NOT_CONTENT_EMBED.search(names_of(block.element, 3))


def _leads_elsewhere(link: Any) -> bool:
    """A linked picture is a teaser unless the link is to the picture itself."""
    return not re.search(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", link.get("href") or "", re.IGNORECASE)
