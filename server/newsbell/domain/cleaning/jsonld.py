"""JSON-LD: the article a page describes to search engines (schema.org NewsArticle and its kin)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from newsbell.domain.text import squeeze

Node = dict[str, Any]

_ARTICLE_TYPES = frozenset({
    "article", "newsarticle", "blogposting", "liveblogposting", "reportagenewsarticle",
    "analysisnewsarticle", "opinionnewsarticle", "reviewnewsarticle", "backgroundnewsarticle",
    "advertisercontentarticle", "satiricalarticle", "report", "socialmediaposting", "techarticle",
    "scholarlyarticle", "review", "recipe",
})  # fmt: skip
_MAX_SCRIPTS = 40
_MAX_NODES = 2_000
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def read_nodes(scripts: list[str]) -> list[Node]:
    """Every object in the scripts, outer ones first. What is no JSON is passed over."""
    nodes: list[Node] = []
    for script in scripts[:_MAX_SCRIPTS]:
        nodes.extend(_walk(_parse(script)))
    return nodes[:_MAX_NODES]


def article_node(nodes: list[Node]) -> Node:
    """The node that describes the article: of an article's type, the one that says most; else {}."""
    articles = [node for node in nodes if types(node) & _ARTICLE_TYPES]
    told = ("headline", "datePublished", "author", "keywords", "description", "image")
    return max(articles, key=lambda node: sum(1 for key in told if node.get(key)), default={})


def types(node: Node) -> set[str]:
    return {str(name).rpartition("/")[2].lower() for name in listed(node.get("@type"))}


def listed(value: Any) -> list[Any]:
    """The value as a list: schema.org lets one stand for a list of one."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str:
    """The text of a value: itself, or an object's name, or the first of a list."""
    for one in listed(value):
        told = one.get("name") or one.get("@value") or one.get("headline") if isinstance(one, dict) else one
        if isinstance(told, str) and squeeze(told):
            return squeeze(html.unescape(told))
    return ""


def by_id(nodes: list[Node], value: Any) -> Any:
    """The node an {"@id": …} points at, where the page has it; else the value itself."""
    if isinstance(value, dict) and set(value) <= {"@id", "@type"} and "@id" in value:
        found = (node for node in nodes if node.get("@id") == value["@id"] and len(node) > len(value))
        return next(found, value)
    return value


def _parse(script: str) -> Any:
    text = _WRAPPING.sub("", _WRAPPING.sub("", script)).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text), html.unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any) -> Iterator[Node]:
    """Breadth first, without recursion: nesting is the page's to choose."""
    waiting = [value]
    seen = 0
    while waiting and seen < _MAX_NODES:
        following: list[Any] = []
        for one in waiting:
            if isinstance(one, dict):
                seen += 1
                yield one
                following.extend(part for part in one.values() if isinstance(part, dict | list))
            elif isinstance(one, list):
                following.extend(part for part in one if isinstance(part, dict | list))
        waiting = following
