"""A page as a row of blocks: paragraphs, headings, list items, quotes, tables, figures and captions.

What is kept of a page is decided block by block (body.py), and the article's HTML is built from the blocks
(render.py), so that headings, links, pictures and captions stay where the page has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from newsbell.domain.article import Picture
from newsbell.domain.cleaning import embeds, pictures, tables
from newsbell.domain.cleaning.embeds import Embed
from newsbell.domain.text import squeeze

Kind = Literal["p", "h2", "h3", "h4", "li", "quote", "pre", "dt", "dd", "table", "figure", "caption", "embed"]
WORDLESS = frozenset({"figure", "caption", "embed"})
"""Kinds whose words are not the article's text."""

_SKIPPED = frozenset({
    "script", "style", "template", "noscript", "head", "svg", "canvas", "iframe", "object",
    "embed", "audio", "video", "source", "track", "button", "input", "select", "textarea", "option",
    "datalist", "dialog", "map", "area", "link", "meta",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "q", "ruby", "rb", "rt", "rp", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "nobr",
})  # fmt: skip
_KEPT_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "i", "ins", "mark", "q", "rp", "rt",
    "ruby", "s", "small", "strong", "sub", "sup", "u",
})  # fmt: skip
_HEADINGS: dict[str, Kind] = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:fig|wp|image|img|photo|media|picture)?[_-]?"
    r"(?:caption|legend|legende|bildunterschrift|credits?|copyright)",
    re.IGNORECASE,
)
# What only a screen reader is told: Bootstrap's, WordPress's and the Web Almanac's names for it.
_UNSEEN = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|u-(?:visually-hidden|hidden-?visually)|screen-reader-(?:text|only)|a11y-hidden"
    r"|hidden-accessible|assistive-text|element-invisible)(?:$|\s)",
    re.IGNORECASE,
)
_NO_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(", re.IGNORECASE)
_NAMING = frozenset({"class", "id", "itemprop", "role", "data-testid", "data-component"})
# What carousels show twice, so that they can turn in a circle.
_CLONED = re.compile(r"(?:^|[\s_-])(?:cloned?|slide-duplicate)(?:$|\s)")
_MAX_DEPTH = 120  # three frames of Python a level


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a block stands: its kind, and the list or quotation it belongs to; of a list's item how deep the
    list is in others, from 1, and the number it starts with.
    """

    kind: Kind = "p"
    group: int = 0
    ordered: bool = False
    level: int = 0
    start: int = 1


@dataclass(kw_only=True, eq=False)
class Block:
    """One block. `html` is its inline HTML (rows for a table), `element` the page's element around it,
    `linked` the share of its text inside links. `attributes` are the direction and language in which it
    differs from the page, as HTML; `anchor` is the id a reference leads to, where it is a note.
    """

    kind: Kind
    text: str
    html: str
    element: Any
    group: int = 0
    ordered: bool = False
    level: int = 0
    start: int = 1
    attributes: str = ""
    anchor: str = ""
    linked: float = 0.0
    picture: Picture | None = None
    embed: Embed | None = None


def read_blocks(tree: Any, base_url: str, titles: Mapping[str, str] | None = None) -> list[Block]:
    """Every block of the tree's body, in the page's order. `titles` are those of what is embedded."""
    body = tree.find("body")
    reader = _Reader(base_url, titles or {}, _Run.of(tree).inside(body) if body is not None else _Run())
    reader.walk(body if body is not None else tree, Place(), 0)
    reader.flush()
    return reader.blocks


def names_of(element: Any, levels: int = 3) -> str:
    """The classes, ids and roles of an element and those around it, which often say what it is."""
    found: list[str] = []
    for _ in range(levels):
        if element is None or element.tag in ("body", "html"):
            break
        found.extend(value for key, value in element.items() if key in _NAMING)
        element = element.getparent()
    return " ".join(filter(None, found))[:600].lower()


@dataclass(frozen=True, kw_only=True)
class _Run:
    """How text runs in an element: its direction and its language, "" where nothing around it says so."""

    dir: str = ""
    lang: str = ""

    @classmethod
    def of(cls, element: Any) -> _Run:
        return cls().inside(element)

    def inside(self, element: Any) -> _Run:
        own = (element.get("dir") or "").lower(), element.get("lang") or ""
        return _Run(dir=own[0] or self.dir, lang=own[1] or self.lang) if any(own) else self

    def beside(self, page: _Run) -> str:
        """The attributes of a block that runs so in a page that runs otherwise."""
        told = f' dir="{escape(self.dir)}"' if self.dir != page.dir else ""
        other = self.lang.lower().partition("-")[0] != page.lang.lower().partition("-")[0]
        return told + (f' lang="{escape(self.lang)}"' if other else "")


class _Reader:
    def __init__(self, base_url: str, titles: Mapping[str, str], run: _Run) -> None:
        self.blocks: list[Block] = []
        self._base_url = base_url
        self._titles = titles
        self._place = Place()
        self._element: Any = None
        self._page_run = self._run = run
        self._open: list[tuple[str, str]] = []  # inline tags that go around what follows
        self._html: list[str] = []
        self._text: list[str] = []
        self._length = self._linked = self._breaks = 0

    def walk(self, element: Any, place: Place, depth: int) -> None:
        """Read what is inside an element that is a block."""
        outer = (self._place, self._element, self._run)
        self.flush()
        self._place, self._element, self._run = place, element, self._run.inside(element)
        self._add_text(element.text)
        for child in element:
            self._child(child, place, depth)
            self._add_text(child.tail)
        self.flush()
        self._place, self._element, self._run = outer

    def flush(self) -> None:
        """End the block being read."""
        if not self._text:  # elements mostly hold elements
            self._html = [start for _, start in self._open]
            self._length = self._linked = self._breaks = 0
            return
        text = squeeze("".join(self._text))
        shown = embeds.alone(text) if self._place.kind == "p" else None
        if shown is not None:
            self.blocks.append(_embedded(shown, self._element))
        elif text:
            self.blocks.append(
                Block(
                    kind=self._place.kind,
                    text=text if self._place.kind != "pre" else "".join(self._text).strip("\n"),
                    html=_trimmed("".join(self._html))
                    + "".join(f"</{tag}>" for tag, _ in reversed(self._open)),
                    element=self._element,
                    group=self._place.group,
                    ordered=self._place.ordered,
                    level=self._place.level,
                    start=self._place.start,
                    attributes="" if self._run is self._page_run else self._run.beside(self._page_run),
                    linked=min(1.0, self._linked / len(text)),
                )
            )
        self._html = [start for _, start in self._open]
        self._text = []
        self._length = self._linked = self._breaks = 0

    def _child(self, child: Any, place: Place, depth: int) -> None:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in embeds.MEDIA:
            self._embed(child, embeds.media_of(child, self._base_url, self._titles))
            return
        if not tag or tag in _SKIPPED or tag in embeds.ADVERTISING:
            if tag == "noscript":
                self._lazy_picture(child)
            elif tag == "script":
                self._embed(child, embeds.widget_of(child, self._base_url))
            return
        if depth > _MAX_DEPTH:
            self._add_text(child.text_content())
        elif tag == "br":
            self._break()
        elif tag == "math":
            self._add_text(_formula(child))
        elif tag in ("img", "picture", "amp-img"):
            self._picture(child)
        elif tag in _INLINE or ("-" in tag and self._runs_on(child)):
            self._inline(child, tag, place, depth)
        else:
            self._block(child, tag, place, depth)

    def _block(self, child: Any, tag: str, place: Place, depth: int) -> None:
        if _CLONED.search(child.get("class") or ""):
            return
        if tag == "figure":
            self._figure(child, place, depth)
        elif tag == "table" and tables.holds_data(child):
            self._table(child)
        elif tag == "hr":
            self.flush()
        elif tag in ("div", "blockquote") and (shown := embeds.box_of(child, self._base_url)):
            if not embeds.is_all_widget(child):
                self.walk(child, _place_of(child, tag, place), depth + 1)
            self._embed(child, shown)
        else:
            self.walk(child, _place_of(child, tag, place), depth + 1)

    def _runs_on(self, child: Any) -> bool:
        """Whether an element of the page's own making stands in a line of text, as its kind does unless the
        page says otherwise (HTML section 4.13, CSS 2 section 9.2.4).
        """
        beside = bool((child.tail or "").strip()) or any(text.strip() for text in self._text)
        return beside and all(inner.tag in _INLINE for inner in child.iterdescendants())

    def _inline(self, child: Any, tag: str, place: Place, depth: int) -> None:
        if _is_unseen(child) or (tag == "a" and _leads_back(child)):
            return
        start = _start_tag(child, tag) if tag in _KEPT_INLINE else ""
        before = self._length
        if start:
            self._open.append((tag, start))
            self._html.append(start)
        self._add_text(child.text)
        for grandchild in child:
            self._child(grandchild, place, depth + 1)
            self._add_text(grandchild.tail)
        if start:
            self._open.pop()
            self._html.append(f"</{tag}>")
        if tag == "a":
            self._linked += max(0, self._length - before)

    def _add_text(self, text: str | None) -> None:
        if not text:
            return
        if text.strip():
            self._breaks = 0
        elif not self._text and self._place.kind != "pre":
            return
        self._length += len(text)
        self._text.append(text)
        self._html.append(escape(text, quote=False))

    def _break(self) -> None:
        self._breaks += 1
        if self._breaks >= 2 and self._place.kind in ("p", "quote"):
            self.flush()
            return
        self._text.append("\n")
        self._html.append("<br>")

    def _picture(self, element: Any) -> None:
        picture = pictures.picture_of(element, self._base_url)
        if picture is not None:
            self._add_figure(element, picture)

    def _lazy_picture(self, noscript: Any) -> None:
        """The picture for browsers without scripts, unless its scripted twin stands right before it."""
        frame = noscript.find(".//iframe")
        if frame is not None:
            self._embed(frame, embeds.media_of(frame, self._base_url, self._titles))
            return
        image = noscript.find(".//img")
        if image is not None and not (self.blocks and self.blocks[-1].kind == "figure" and not self._text):
            self._picture(image)

    def _figure(self, figure: Any, place: Place, depth: int) -> None:
        shown = embeds.figure_of(figure, self._base_url, self._titles)
        if shown is not None:
            self._embed(figure, shown)
            return
        picture = pictures.figure_of(figure, self._base_url)
        if picture is None or figure.find(".//figure") is not None:
            self.walk(figure, place, depth + 1)
        else:
            self._add_figure(figure, picture)

    def _add_figure(self, element: Any, picture: Picture) -> None:
        if not squeeze("".join(self._text)):
            self.flush()
        last = self.blocks[-1] if self.blocks else None
        if last and last.picture and last.picture.url == picture.url:
            return
        text = " ".join(filter(None, (picture.caption, picture.credit)))
        self.blocks.append(Block(kind="figure", text=text, html="", element=element, picture=picture))

    def _embed(self, element: Any, embed: Embed | None) -> None:
        if embed is None:
            return
        if not squeeze("".join(self._text)):
            self.flush()
        self.blocks.append(_embedded(embed, element))

    def _table(self, table: Any) -> None:
        self.flush()
        html, text = tables.read(table, self._cell)
        if text:
            self.blocks.append(Block(kind="table", text=text, html=html, element=table))

    def _cell(self, cell: Any) -> tuple[str, str]:
        """A cell's inline HTML and its text."""
        reader = _Reader(self._base_url, self._titles, self._run)
        reader.walk(cell, Place(), 0)
        told = [block for block in reader.blocks if block.kind not in WORDLESS]
        return "<br>".join(block.html for block in told), squeeze(" ".join(block.text for block in told))


def _embedded(embed: Embed, element: Any) -> Block:
    return Block(kind="embed", text=embed.text, html="", element=element, embed=embed)


def _is_unseen(element: Any) -> bool:
    """Whether an inline element is there for screen readers alone, or not shown at all."""
    return (
        bool(_UNSEEN.search(element.get("class") or "") or _NO_DISPLAY.search(element.get("style") or ""))
        or element.get("hidden") is not None
    )


def _leads_back(link: Any) -> bool:
    """Whether a link is the arrow that leads from a note back to where it belongs."""
    text = squeeze(link.text_content()).replace("\ufe0e", "")
    return bool(text) and not text.strip("↩↑⏎⤴^ ") and (link.get("href") or "").startswith("#")


def _formula(math: Any) -> str:
    """A formula as text: as its writer typed it where the page tells that, else its symbols in a row."""
    typed = math.get("alttext") or math.findtext(".//annotation[@encoding='application/x-tex']")
    return squeeze(typed or "") or squeeze(" ".join(math.itertext()))


def _trimmed(html: str) -> str:
    """The inline HTML without breaks and spaces at its ends."""
    parts = html.split("<br>")
    told = [at for at, part in enumerate(parts) if part.strip()]
    return "<br>".join(parts[told[0] : told[-1] + 1]).strip() if told else ""


def _place_of(element: Any, tag: str, place: Place) -> Place:
    if tag in _HEADINGS and place.kind not in ("quote", "caption"):
        return Place(kind=_HEADINGS[tag])
    if tag == "blockquote":
        return Place(kind="quote", group=id(element))
    if tag == "pre":
        return Place(kind="pre")
    if tag == "li" and not _is_layout(element):
        parent = element.getparent()
        ordered = parent is not None and parent.tag == "ol"
        told = (parent.get("start") or "") if ordered else ""
        start = int(told) if told.isascii() and told.isdecimal() and len(told) < 5 else 1
        return Place(kind="li", group=id(parent), ordered=ordered, level=place.level + 1, start=start)
    if tag in ("dt", "dd") and place.kind == "p":
        return Place(kind="dt" if tag == "dt" else "dd", group=id(element.getparent()))
    if tag == "figcaption" or (place.kind == "p" and _CAPTION_CLASS.search(element.get("class") or "")):
        return Place(kind="caption")
    if tag in ("ul", "ol") and place.kind != "quote":
        return Place(level=place.level)
    if tag in ("li", "nav", "aside", "section", "article") and place.kind != "quote":
        return Place()
    return place


def _is_layout(item: Any) -> bool:
    """Whether a list item is a piece of layout: it holds paragraphs, headings or pictures of its own."""
    if len(item) == 0:
        return False
    inner = item.xpath("count(.//p | .//h1 | .//h2 | .//h3 | .//h4 | .//figure | .//img)")
    return bool(inner > 1)


def _start_tag(element: Any, tag: str) -> str:
    kept = {"a": ("href",), "abbr": ("title",)}.get(tag, ())
    attributes = [(name, element.get(name)) for name in (*kept, "dir", "lang")]
    return f"<{tag}" + "".join(f' {name}="{escape(value)}"' for name, value in attributes if value) + ">"
