"""The rules of the formats, as checks: each returns what is wrong, in words, and nothing for a valid feed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML = "{http://www.w3.org/XML/1998/namespace}"

_RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


def parse(content: bytes) -> etree._Element:
    """The root of an XML document; raises where it is not well-formed."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def texts(parent: etree._Element, path: str) -> list[str]:
    return [element.text or "" for element in parent.findall(path)]


def rss_faults(content: bytes) -> list[str]:
    """RSS 2.0 with the best practices of the RSS Advisory Board's profile that machines can check."""
    root = parse(content)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None or len(root) != 1:
        return ["not an RSS 2.0 document with one channel"]
    required = ("title", "link", "description", "lastBuildDate")
    return [
        *_missing(channel, required),
        *_repeated(channel, (*required, "language")),
        *_relative([*texts(channel, "link"), *_hrefs(channel.findall(f"{ATOM}link"))]),
        *_odd_dates(channel, ("lastBuildDate", "item/pubDate"), is_rfc_822),
        *_missing_self(channel),
        *_doubles(texts(channel, "item/guid"), "guid"),
        *(fault for item in channel.findall("item") for fault in _item_faults(item)),
    ]


def _item_faults(item: etree._Element) -> Iterator[str]:
    required = ("title", "link", "guid", "pubDate")
    yield from _missing(item, required)
    yield from _repeated(item, (*required, "description", f"{CONTENT}encoded"))
    yield from _relative(texts(item, "link"))
    yield from _relative([content.get("url", "") for content in item.findall(f"{MEDIA}content")])
    if item.findall("author"):
        yield "author without an e-mail address"
    for enclosure in item.findall("enclosure"):
        if not {"url", "length", "type"} <= set(enclosure.keys()):
            yield "an enclosure without length or type"


def atom_faults(content: bytes) -> list[str]:
    """RFC 4287, sections 4.1.1, 4.1.2 and 4.2."""
    root = parse(content)
    if root.tag != f"{ATOM}feed":
        return ["not an Atom document"]
    entries = root.findall(f"{ATOM}entry")
    return [
        *_doubles(texts(root, f"{ATOM}entry/{ATOM}id"), "id"),
        *_missing_self(root),
        *(fault for element in (root, *entries) for fault in _common_faults(element)),
        *(fault for entry in entries for fault in _entry_faults(entry, root)),
    ]


def _common_faults(element: etree._Element) -> Iterator[str]:
    """What feeds and entries have in common."""
    required = [f"{ATOM}{name}" for name in ("id", "title", "updated")]
    single = [f"{ATOM}{name}" for name in ("published", "content", "summary", "subtitle", "generator")]
    yield from _missing(element, required)
    yield from _repeated(element, required + single)
    yield from _relative(_hrefs(element.findall(f"{ATOM}link")))
    kinds = [f"{link.get('type')} {link.get('hreflang')}" for link in _alternates(element)]
    yield from _doubles(kinds, "alternate link")
    yield from _odd_dates(element, (f"{ATOM}updated", f"{ATOM}published"), is_rfc_3339)
    for author in element.findall(f"{ATOM}author"):
        yield from _missing(author, (f"{ATOM}name",))
    if not all(category.get("term") for category in element.findall(f"{ATOM}category")):
        yield "a category without a term"


def _entry_faults(entry: etree._Element, feed: etree._Element) -> Iterator[str]:
    contents = entry.findall(f"{ATOM}content")
    for content in contents:
        if content.get("type") not in ("text", "html", "xhtml"):
            yield f"content of type {content.get('type')}"
    if not contents and not _alternates(entry):
        yield "neither content nor an alternate link"
    if not entry.findall(f"{ATOM}author") and not feed.findall(f"{ATOM}author"):
        yield "an entry without an author"


def _alternates(element: etree._Element) -> list[etree._Element]:
    """A link without rel is an alternate one (RFC 4287 section 4.2.7.2)."""
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]


def json_faults(content: bytes) -> list[str]:
    """JSON Feed 1.1, "Top-level" and "Items"."""
    feed = json.loads(content)
    faults = [] if feed.get("version") == "https://jsonfeed.org/version/1.1" else ["wrong version"]
    faults += [f"no {name}" for name in ("title", "items") if name not in feed]
    faults += _relative(_values(feed, "home_page_url", "feed_url", "next_url"))
    faults += _doubles([item["id"] for item in feed["items"]], "id")
    for item in feed["items"]:
        if not item.get("content_html") and not item.get("content_text"):
            faults.append("an item without content")
        faults += _relative(_values(item, "url", "external_url", "image"))
        dates = _values(item, "date_published", "date_modified")
        faults += [f"{date} is no RFC 3339 date" for date in dates if not is_rfc_3339(date)]
        faults += [f"{name} says nothing" for name, value in item.items() if not value]
    return faults


def is_rfc_822(text: str) -> bool:
    return bool(_RFC_822.fullmatch(text)) and parsedate_to_datetime(text).tzinfo is not None


def is_rfc_3339(text: str) -> bool:
    return bool(_RFC_3339.fullmatch(text)) and datetime.fromisoformat(text).tzinfo is not None


def _values(json_object: dict[str, Any], *names: str) -> list[str]:
    return [json_object[name] for name in names if name in json_object]


def _missing(parent: etree._Element, names: Iterable[str]) -> list[str]:
    return [f"{parent.tag} has no {name}" for name in names if not "".join(texts(parent, name)).strip()]


def _missing_self(parent: etree._Element) -> list[str]:
    return [] if parent.findall(f"{ATOM}link[@rel='self']") else ["no link rel=self"]


def _repeated(parent: etree._Element, names: Iterable[str]) -> list[str]:
    return [f"{parent.tag} has {name} more than once" for name in names if len(parent.findall(name)) > 1]


def _odd_dates(parent: etree._Element, paths: Iterable[str], is_date: Callable[[str], bool]) -> list[str]:
    found = [text for path in paths for text in texts(parent, path)]
    return [f"{text} is no date of this format" for text in found if not is_date(text)]


def _relative(urls: Iterable[str]) -> list[str]:
    return [f"{url!r} is not absolute" for url in urls if not _absolute(url)]


def _absolute(url: str) -> bool:
    """RFC 3986 with http(s) and a host; characters of other scripts have to be percent-encoded."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isascii() and " " not in url


def _doubles(values: list[str], what: str) -> list[str]:
    return [] if len(values) == len(set(values)) else [f"the same {what} twice"]


def _hrefs(links: Iterable[etree._Element]) -> list[str]:
    return [link.get("href", "") for link in links]
