"""Values of a page's head as text: they are text, but for the markup that some publishers leave in them."""

from __future__ import annotations

import html
import re

from newsbell.domain.text import squeeze

_LONGEST = 5_000
_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset({"br", "hr", "img", "wbr"})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "cite", "del", "em", "font", "i", "ins", "mark", "q", "s", "small", "span",
    "strong", "sub", "sup", "u",
})  # fmt: skip
_TAG = re.compile(
    rf"<!--[^<>]*-->|<(/?)({'|'.join(sorted(_BLOCKS | _VOID | _INLINE, key=len, reverse=True))})"
    r"(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)


def plain_text(value: str) -> str:
    """One line of text out of a value that may hold entities (once too often) or markup.

    Markup is a pair of formatting tags, or an element that has no end; "Why <blink> left HTML" has none.
    """
    text = html.unescape(value[:_LONGEST])
    return squeeze(_without_markup(text) if "<" in text else text)


def _without_markup(text: str) -> str:
    parts: list[str] = []
    at = 0
    for start, end, between in sorted(_markup_in(text)):
        parts += [text[at:start], between]
        at = end
    return "".join(parts) + text[at:]


def _markup_in(text: str) -> list[tuple[int, int, str]]:
    """Where the tags begin and end, and what stands in for each."""
    found: list[tuple[int, int, str]] = []
    unclosed: dict[str, list[re.Match[str]]] = {}
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower()
        if tag[1]:
            if unclosed.get(name):
                found += [_place(unclosed[name].pop(), name), _place(tag, name)]
        elif not name or name in _VOID:
            found.append(_place(tag, name))
        else:
            unclosed.setdefault(name, []).append(tag)
    found += [_place(tag, "p") for tag in unclosed.get("p", [])[:1] if tag.start() == 0]  # cut short
    return found


def _place(tag: re.Match[str], name: str) -> tuple[int, int, str]:
    return tag.start(), tag.end(), " " if name in _BLOCKS or name in _VOID else ""
