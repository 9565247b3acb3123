"""A page: its tree, and what its head says, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import lxml.html
from lxml import etree

from newsbell.domain.cleaning.addresses import reveal
from newsbell.domain.cleaning.jsonld import Node, article_node, read_nodes
from newsbell.domain.identity import normalise_url
from newsbell.domain.text import squeeze, strip_controls
from newsbell.errors import MalformedError, RefusedError, TooLargeError

MAX_ELEMENTS = 100_000
_INDEX = 300  # links
_HEAD = frozenset({"base", "link", "meta", "noscript", "script", "style", "template", "title"})
_MAX_DEPTH = 200  # libxml2 drops what is nested more than 256 deep
_NESTING = re.compile(
    r"<(/?)(?:div|section|article|span|font|center|b|i|em|strong|blockquote|table)\b[^<>]*>", re.IGNORECASE
)
_ENCODING_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# Browsers read on after these (HTML section 13.2.6.4.22); libxml2 does not.
_EARLY_END = re.compile(r"</(?:body|html)\s{0,9}>", re.IGNORECASE)
_SAVED_FROM = re.compile(
    r"(?:<!doctype[^>]{0,200}>\s*)?<!--\s*saved from url=\(\d+\)(https?://\S+)\s*-->", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A parsed page. `meta` maps the names (small letters) of meta elements to their contents, in order."""

    url: str
    base_url: str
    tree: Any
    meta: dict[str, list[str]]
    nodes: list[Node]
    article: Node
    dropped_links: int

    def first_meta(self, *names: str) -> str:
        """The first content that is not empty, by the order of the names."""
        return next((text for name in names for text in self.meta.get(name, ()) if text), "")

    def canonical(self) -> str | None:
        links = self.tree.xpath(
            "//link[contains(concat(' ', translate(@rel, 'CANOIL', 'canoil'), ' '), ' canonical ')]/@href"
        )
        return str(links[0]) if links else self.first_meta("og:url") or None


def parse_page(text: str, url: str) -> Page:
    """The page's tree and head. Raises TooLargeError for more than 100,000 elements, RefusedError with
    code "no_article" where there is nothing to parse.
    """
    address = url or _saved_from(text)
    text = _EARLY_END.sub("", _ENCODING_DECLARATION.sub("", strip_controls(text)))
    tree = _tree(_flattened(text))
    dropped_links = _without_indexes(tree)
    reveal(tree)
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise TooLargeError("The page has more than 100,000 elements.", field="content")
    base = tree.xpath("//base/@href")
    nodes = read_nodes(
        [script.text_content() for script in tree.xpath("//script[contains(@type, 'ld+json')]")]
    )
    return Page(
        url=address,
        base_url=_joined(address, str(base[0])) if base else address,
        tree=tree,
        meta=_meta(tree),
        nodes=nodes,
        article=article_node(nodes),
        dropped_links=dropped_links,
    )


def _saved_from(text: str) -> str:
    """The address a browser writes into a page it saves, or ""."""
    found = _SAVED_FROM.match(text.lstrip()[:5_000])
    try:
        return normalise_url(found[1]) if found else ""
    except MalformedError:
        return ""


def _tree(text: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_pis=True, remove_comments=True, huge_tree=True)
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise RefusedError("There is no article on this page.", code="no_article", field="content") from error
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise MalformedError("The page cannot be parsed.", field="content") from error
    _move_to_body(tree)
    return tree


def _move_to_body(tree: Any) -> None:
    """What is no part of a head ends it (HTML section 13.2.6.4.4), but libxml2 leaves elements younger than
    itself in a head that nothing closes.
    """
    head, body = tree.find("head"), tree.find("body")
    strays = [one for one in head if one.tag not in _HEAD] if head is not None else []
    if not strays:
        return
    if body is None:
        body = etree.SubElement(tree, "body")
    strays[-1].tail = (strays[-1].tail or "") + (body.text or "")
    body.text = None
    body[:0] = strays


def _without_indexes(tree: Any) -> int:
    """Take out the longest lists of links, which cost seconds and are no article; how many links went."""
    dropped = 0
    for element in list(tree.iter("ul", "ol", "table", "nav", "footer", "select")):
        links = list(element.iter("a", "option"))
        linked = sum(len(link.text_content()) for link in links) if len(links) > _INDEX else 0
        if linked > 0.7 * len(element.text_content()):
            dropped += len(links)
            element.drop_tree()
    return dropped


def _flattened(text: str) -> str:
    """Nesting that no writer makes by hand is taken out before the parser gives up on it."""
    depth = deepest = 0
    for tag in _NESTING.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return _NESTING.sub("<p>", text) if deepest > _MAX_DEPTH else text


def _meta(tree: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = squeeze(element.get("content") or "")
        for name in {
            element.get("property"),
            element.get("name"),
            element.get("itemprop"),
            element.get("http-equiv"),
        }:
            if name and content:
                found.setdefault(squeeze(name).lower(), []).append(content)
    return found


def _joined(url: str, base: str) -> str:
    try:
        joined = urljoin(url, base)
    except ValueError:
        return url
    return joined if joined.startswith(("http://", "https://")) else url
