"""From kept blocks to the article's HTML and plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from newsbell.domain.article import Picture
from newsbell.domain.cleaning.blocks import WORDLESS, Block
from newsbell.domain.cleaning.embeds import Embed
from newsbell.domain.cleaning.sanitise import sanitise


def to_html(blocks: Sequence[Block], base_url: str) -> str:
    """The sanitised HTML of the blocks; items of one list and paragraphs of one quotation stay together."""
    parts = []
    for (kind, _), group in groupby(blocks, key=_belonging):
        parts.append(_group_html(kind, list(group)))
    return sanitise("\n".join(parts), base_url)


def _belonging(block: Block) -> tuple[str, int]:
    """What blocks in a row have in common that stand in one element."""
    if block.kind in ("dt", "dd"):
        return "dl", block.group
    return block.kind, 0 if block.kind == "li" else block.group


def to_text(blocks: Iterable[Block]) -> str:
    """The text of the blocks, one a line, without figures, captions and what is embedded."""
    return "\n".join(block.text for block in blocks if block.kind not in WORDLESS and block.text)


def figure_html(picture: Picture) -> str:
    caption = escape(picture.caption, quote=False)
    credit = f"<small>{escape(picture.credit, quote=False)}</small>" if picture.credit else ""
    words = " ".join(filter(None, (caption, credit)))
    image = f'<img src="{escape(picture.url)}" alt="{escape(picture.alt or picture.caption)}">'
    return f"<figure>{image}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>"


def embed_html(embed: Embed) -> str:
    """A link to what is embedded, with its caption; a figure, so that it is no text of the article."""
    image = f'<img src="{escape(embed.poster)}" alt="">' if embed.poster else ""
    link = f'<a href="{escape(embed.url)}">{escape(embed.label, quote=False)}</a>'
    caption = f"<figcaption>{escape(embed.caption, quote=False)}</figcaption>" if embed.caption else ""
    return f"<figure>{image}{link}{caption}</figure>"


def _group_html(kind: str, blocks: list[Block]) -> str:
    if kind == "li":
        return _lists_html(blocks)
    if kind == "dl":
        return "<dl>" + "".join(f"<{_open(block)}>{block.html}</{block.kind}>" for block in blocks) + "</dl>"
    if kind == "quote":
        return (
            "<blockquote>"
            + "".join(f"<{_open(block, 'p')}>{block.html}</p>" for block in blocks)
            + "</blockquote>"
        )
    if kind == "figure":
        return "\n".join(figure_html(block.picture) for block in blocks if block.picture)
    if kind == "embed":
        return "\n".join(embed_html(block.embed) for block in blocks if block.embed)
    if kind == "table":
        return "\n".join(f"<table>{block.html}</table>" for block in blocks)
    return "\n".join(f"<{_open(block)}>{block.html}</{kind}>" for block in blocks if kind != "caption")


def _open(block: Block, tag: str = "") -> str:
    """The inside of a block's start tag."""
    anchor = f' id="{block.anchor}"' if block.anchor else ""
    return f"{tag or block.kind}{anchor}{block.attributes}"


def _lists_html(items: Sequence[Block]) -> str:
    """Items that follow one another, as lists, and lists inside the items they belong to."""
    html: list[str] = []
    around: list[Block] = []  # the first item of each list that is open, outermost first
    for item in items:
        while around and (item.level < around[-1].level or _parts(item, around[-1])):
            html.append(f"</li></{_list_tag(around.pop())}>")
        if around and item.group == around[-1].group:
            html.append("</li>")
        else:
            start = f' start="{item.start}"' if item.start != 1 else ""
            html.append(("" if around or not html else "\n") + f"<{_list_tag(item)}{start}>")
            around.append(item)
        html.append(f"<{_open(item)}>{item.html}")
    html += [f"</li></{_list_tag(first)}>" for first in reversed(around)]
    return "".join(html)


def _parts(item: Block, first: Block) -> bool:
    """Whether an item is of another list beside the one that is open."""
    return item.level == first.level and item.group != first.group


def _list_tag(item: Block) -> str:
    return "ol" if item.ordered else "ul"
