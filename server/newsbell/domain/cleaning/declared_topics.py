"""The topics a page declares, out of every place where pages do, weighed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from newsbell.domain.article import TopicMention
from newsbell.domain.cleaning import vocabulary
from newsbell.domain.cleaning.jsonld import listed
from newsbell.domain.cleaning.metadata import Metadata, plain_text
from newsbell.domain.cleaning.page import Page
from newsbell.domain.text import squeeze
from newsbell.domain.topics import MAX_TOPICS, clean_name, fold

_LISTING = re.compile(r"\s*[,;|，、；،]\s*")
_KEYED = re.compile(r"^(?P<key>[\w .-]{1,25})\s*[:=]\s*(?P<value>.+)$")
_SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+){1,}$")
_IDENTIFIER = re.compile(r"\d{4,}|^[a-z]{1,4}\d+|^\w+[A-Z]\w*[a-z][A-Z]|^[A-Z]{2,}\d|[a-f0-9]{8}-", re.ASCII)
_WEIGHTS = {
    "keywords": 0.5,
    "about": 0.5,
    "news_keywords": 0.5,
    "meta": 0.4,
    "tags": 0.5,
    "links": 0.4,
    "line": 0.6,
}


def declared_topics(
    page: Page, metadata: Metadata, text: str, topic_lines: Iterable[str] = ()
) -> tuple[TopicMention, ...]:
    """What the page declares to be about, surest first, at most MAX_TOPICS.

    A topic is surer the more places name it, and if the article's text does.
    """
    sources = {
        "keywords": _names(page.article.get("keywords")),
        "about": [*_names(page.article.get("about")), *_names(page.article.get("mentions"))],
        "news_keywords": _metas(page, "news_keywords"),
        "meta": _metas(page, "keywords", "parsely-tags", "sailthru.tags", "dc.subject", "cxenseparse:tags"),
        "tags": _metas(page, "article:tag", "og:article:tag", "og:video:tag", "article:tags"),
        "links": _tag_links(page),
        "line": [name for line in topic_lines for name in named_in(line)],
    }
    sections = {fold(name) for name in _sections(page)}
    refused = {fold(metadata.site_name), fold(metadata.title), ""}
    return weigh(sources, text=f"{metadata.title}\n{text}", sections=sections, refused=refused)


def weigh(
    sources: dict[str, list[str]], *, text: str, sections: Iterable[str] = (), refused: Iterable[str] = ()
) -> tuple[TopicMention, ...]:
    """Declared names, cleaned and weighed: by how many sources agree, and whether the text has the words."""
    shown: dict[str, str] = {}
    votes: Counter[str] = Counter()
    for source, names in sources.items():
        for name in dict.fromkeys(filter(None, map(_cleaned, names))):
            key = fold(name)
            shown[key] = _nicer(shown.get(key, name), name)
            votes[key] += round(100 * _WEIGHTS[source])
    out = set(refused) | vocabulary.NOT_TOPICS
    folded = f" {fold(text)} "
    found = [
        TopicMention(
            name=name,
            origin="declared",
            weight=min(1.0, round(_weight(key, votes[key], folded, set(sections)), 2)),
        )
        for key, name in shown.items()
        if key not in out
    ]
    return tuple(sorted(found, key=lambda topic: -topic.weight))[:MAX_TOPICS]


def named_in(line: str) -> list[str]:
    """The names of a "Topics:" line, parted by commas, bars or dots."""
    return [
        part
        for part in re.split(r"\s*[,;|/•·，、]\s*|\s+[-–]\s+|(?<=\w)\s+(?=#)", squeeze(line).rstrip("."))
        if part
    ]


def _weight(key: str, votes: int, folded_text: str, sections: set[str]) -> float:
    weight = votes / 100 + (0.3 if key in folded_text else 0.0)
    return weight * (0.5 if key in sections else 1.0)


def _cleaned(raw: str) -> str | None:
    text = plain_text(raw) if len(raw) <= 1_000 else ""
    keyed = _KEYED.match(text)
    if keyed:
        text = (
            keyed["value"]
            if re.search(r"tag|topic|keyword|subject|person|place|organi|thema", keyed["key"], re.IGNORECASE)
            else ""
        )
    if _SLUG.match(text) and len(text) > 30:
        return None
    if _IDENTIFIER.search(text) and " " not in text:
        return None
    return clean_name(text)


def _nicer(one: str, other: str) -> str:
    """Of two spellings the one with capitals: "Climate change" rather than "climate change"."""
    return other if one.islower() and not other.islower() else one


def _names(value: Any) -> list[str]:
    found: list[str] = []
    for one in listed(value)[:200]:
        name = one.get("name") or one.get("termCode") if isinstance(one, dict) else one
        for text in listed(name):
            if isinstance(text, str):
                found.extend(_LISTING.split(text) if not isinstance(one, dict) else [text])
    return found


def _metas(page: Page, *names: str) -> list[str]:
    return [part for name in names for text in page.meta.get(name, ()) for part in _LISTING.split(text)][:200]


def _tag_links(page: Page) -> list[str]:
    """rel=tag links (the microformat), and links in a list that calls itself tags or topics."""
    links = page.tree.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]")
    if not links:
        links = page.tree.xpath(
            "//*[self::ul or self::div or self::section or self::p or self::nav][contains(concat(' ', translate(@class, '-_', '  '), ' '), ' tags ')"
            " or contains(concat(' ', translate(@class, '-_', '  '), ' '), ' topics ')]//a"
        )
    found = [squeeze(link.text_content()) for link in links[:60]]
    return [text for text in found if 0 < len(text) <= 60]


def _sections(page: Page) -> list[str]:
    return [
        *_names(page.article.get("articleSection")),
        *_metas(page, "article:section", "og:article:section", "section", "category"),
    ]
