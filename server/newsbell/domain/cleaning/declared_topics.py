"""The topics a page declares, out of every place where pages do."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

from newsbell.domain.article import TopicMention
from newsbell.domain.cleaning.jsonld import listed
from newsbell.domain.cleaning.metadata import Metadata
from newsbell.domain.cleaning.page import Page
from newsbell.domain.cleaning.tag_links import tag_links
from newsbell.domain.cleaning.topic_weighing import weigh
from newsbell.domain.text import squeeze
from newsbell.domain.topics import fold

_LISTING = re.compile(r"\s*[,;|，、；،]\s*")
_LINE = re.compile(r"\s*[,;|/•·，、]\s*|\s+[-–]\s+|(?<=\w)\s+(?=#)")
_MOST_NAMES = 200  # of one source


def declared_topics(
    page: Page, metadata: Metadata, text: str, topic_lines: Iterable[str] = ()
) -> tuple[TopicMention, ...]:
    """What the page declares to be about, surest first, at most MAX_TOPICS.

    A topic is surer the more places name it, and if the article's text does. Rows of links are believed
    only where nothing else names a topic, for a site has many of them.
    """
    text = f"{metadata.title}\n{text}"
    refused = {fold(metadata.site_name), fold(metadata.title)}
    sections = {fold(name) for name in _sections(page)}
    found = weigh(_sources(page, topic_lines), text=text, sections=sections, refused=refused)
    if any(topic.weight >= 0.5 for topic in found):
        return found
    return weigh({"links": tag_links(page.tree, text)}, text=text, refused=refused) or found


def named_in(line: str) -> list[str]:
    """The names of a "Topics:" line, parted by commas, bars or dots."""
    return [part for part in _LINE.split(squeeze(line).rstrip(".")) if part]


def _sources(page: Page, topic_lines: Iterable[str]) -> dict[str, list[str]]:
    article = page.article
    return {
        "keywords": _names(article.get("keywords")),
        "about": [*_names(article.get("about")), *_names(article.get("mentions"))],
        "news_keywords": _metas(page, "news_keywords"),
        "meta": _metas(page, "keywords", "parsely-tags", "sailthru.tags", "dc.subject", "cxenseparse:tags"),
        "tags": _metas(page, "article:tag", "og:article:tag", "og:video:tag", "article:tags"),
        "line": [name for line in topic_lines for name in named_in(line)],
    }


def _names(value: Any) -> list[str]:
    """The names in a value of JSON-LD: texts (which may list several) and objects (which do not)."""
    found: list[str] = []
    for one in listed(value)[:_MOST_NAMES]:
        if isinstance(one, dict):
            found.extend(
                text for text in listed(one.get("name") or one.get("termCode")) if isinstance(text, str)
            )
        elif isinstance(one, str):
            found.extend(_split(one))
    return found[:_MOST_NAMES]


def _metas(page: Page, *names: str) -> list[str]:
    return [part for name in names for text in page.meta.get(name, ()) for part in _split(text)][:_MOST_NAMES]


def _split(text: str) -> list[str]:
    return _LISTING.split(html.unescape(html.unescape(text)))


def _sections(page: Page) -> list[str]:
    names = ("article:section", "og:article:section", "section", "category")
    return [*_names(page.article.get("articleSection")), *_metas(page, *names)]
