"""The topics a page declares, out of every place where pages do."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from newsbell.domain.article import TopicMention
from newsbell.domain.cleaning.jsonld import listed
from newsbell.domain.cleaning.metadata import Metadata
from newsbell.domain.cleaning.page import Page
from newsbell.domain.cleaning.tag_links import kickers, tag_links
from newsbell.domain.cleaning.topic_weighing import weigh
from newsbell.domain.text import squeeze
from newsbell.domain.topics import fold

_LISTING = re.compile(r"\s*[,;|，、；،]\s*")
_LINE = re.compile(r"\s*[,;|/•·，、]\s*|\s+[-–]\s+|(?<=\w)\s+(?=#)")
_TITLE_END = re.compile(r"\s+[|•·»–—-]\s+|\s*[|｜]\s*")
_AGREED = 0.6
_MOST_NAMES = 200  # of one source


def declared_topics(
    page: Page,
    metadata: Metadata,
    text: str,
    topic_lines: Iterable[str] = (),
    byline: Iterable[str] = (),
) -> tuple[TopicMention, ...]:
    """What the page declares to be about, surest first, at most MAX_TOPICS.

    A topic is surer the more places name it, and if the article's text does. Rows of links are believed
    only where nothing else names a topic, for a site has many of them; the section the article stands in
    is one only where it is all there is.
    """
    text = f"{metadata.title}\n{text}"
    refused = {
        fold(metadata.site_name),
        *map(fold, byline),
        fold(metadata.title),
        *_sites_in_titles(page, text),
    }
    sections = {fold(name) for name in _sections(page)}
    sources, links = _sources(page, topic_lines), tag_links(page.tree, text)
    sources = _shown(sources, links) or sources
    found = weigh(sources, text=text, sections=sections, refused=refused)
    if any(topic.weight >= 0.5 and fold(topic.name) not in sections for topic in found):
        return found
    sources["links"] = links
    sources["section"] = [] if links else [*_sections(page), *kickers(page.tree)]
    return weigh(sources, text=text, sections=sections, refused=refused)


def _shown(sources: dict[str, list[str]], links: list[str]) -> dict[str, list[str]]:
    """What the sources say of the topics that readers are shown, where the row of links is one of topics:
    most of its names are declared, and most of one declaration is in it. The rest is for machines.
    """
    shown = {fold(name) for name in links}
    both = {source: [name for name in names if fold(name) in shown] for source, names in sources.items()}
    agreed = {fold(name) for names in both.values() for name in names}
    whole = any(names and len(both[source]) >= _AGREED * len(names) for source, names in sources.items())
    return both if whole and len(agreed) >= max(2, _AGREED * len(shown)) else {}


def named_in(line: str) -> list[str]:
    """The names of a "Topics:" line, parted by commas, bars or dots."""
    return [part for part in _LINE.split(squeeze(line).rstrip(".")) if part]


def _sites_in_titles(page: Page, text: str) -> set[str]:
    """What stands at the end of the page's titles, where it is the site's name: it is in its address, or the
    article (its own title first) does not speak of it.
    """
    titles = [squeeze(page.tree.findtext(".//title") or ""), *page.meta.get("og:title", ())]
    ends = {fold(parts[-1]) for title in titles if len(parts := _TITLE_END.split(title)) > 1}
    letters, folded = _letters(urlsplit(page.url).hostname or ""), fold(text)
    return {end for end in ends if end not in folded or (_letters(end) and _letters(end) in letters)}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


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
