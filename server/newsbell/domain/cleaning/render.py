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
    for (kind, _, ordered), group in groupby(
        blocks, key=lambda block: (block.kind, block.group, block.ordered)
    ):
        parts.append(_group_html(kind, list(group), ordered=ordered))
    return sanitise("\n".join(parts), base_url)


def to_text(blocks: Iterable[Block]) -> str:
    """The text of the blocks, one a line, without figures, captions and what is embedded."""
    return "\n".join(block.text for block in blocks if block.kind not in WORDLESS and block.text)


def figure_html(picture: Picture) -> str:
    caption = escape(picture.caption, quote=False)
    credit = f"<small>{escape(picture.credit, quote=False)}</small>" if picture.credit else ""
    words = " ".join(filter(None, (caption, credit)))
    image = f'<img src="{escape(picture.url)}" alt="{escape(picture.caption)}">'
    return f"<figure>{image}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>"


def embed_html(embed: Embed) -> str:
    """A link to what is embedded, with its caption; a figure, so that it is no text of the article."""
    image = f'<img src="{escape(embed.poster)}" alt="">' if embed.poster else ""
    link = f'<a href="{escape(embed.url)}">{escape(embed.label, quote=False)}</a>'
    caption = f"<figcaption>{escape(embed.caption, quote=False)}</figcaption>" if embed.caption else ""
    return f"<figure>{image}{link}{caption}</figure>"


def _group_html(kind: str, blocks: list[Block], *, ordered: bool) -> str:
    if kind == "li":
        tag = "ol" if ordered else "ul"
        return f"<{tag}>" + "".join(f"<li>{block.html}</li>" for block in blocks) + f"</{tag}>"
    if kind == "quote":
        return "<blockquote>" + "".join(f"<p>{block.html}</p>" for block in blocks) + "</blockquote>"
    if kind == "figure":
        return "\n".join(figure_html(block.picture) for block in blocks if block.picture)
    if kind == "embed":
        return "\n".join(embed_html(block.embed) for block in blocks if block.embed)
    if kind == "table":
        return "\n".join(f"<table><tbody>{block.html}</tbody></table>" for block in blocks)
    return "\n".join(f"<{kind}>{block.html}</{kind}>" for block in blocks if kind != "caption")
