"""What a page says about its article: title, description, dates, site name, language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from newsbell.domain.cleaning.dates import is_date_line, parse_date, says_updated, written_date
from newsbell.domain.cleaning.jsonld import by_id, text_of
from newsbell.domain.cleaning.page import Page
from newsbell.domain.cleaning.people import is_dated_byline
from newsbell.domain.cleaning.values import plain_text
from newsbell.domain.text import fold, squeeze

MAX_TITLE = 300
MAX_SUMMARY = 1_000
_SEPARATOR = re.compile(r"\s+[|•·»«–—-]\s+|\s*[|｜：]\s*|\s+::\s+|[-－](?=[^-－]{2,20}$)")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}|[A-Za-z]{4}))?(?:[-_][\w-]*)?$")
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx", "xx"})  # ISO 639-2: undetermined, several, none
# Where pages put things, surest first.
_TITLES = ("og:title", "twitter:title", "title", "dc.title")
_SITE_NAMES = ("application-name", "apple-mobile-web-app-title", "al:ios:app_name")
_DESCRIPTIONS = (
    "og:description", "description", "twitter:description", "dc.description", "sailthru.description",
    "lead",
)  # fmt: skip
_LANGUAGES = ("og:locale", "content-language", "language", "dc.language")
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "date",
    "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date",
    "cxenseparse:recs:publishtime", "article.published", "published_at", "last-modified",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "lastmod",
    "dcterms.modified",
)  # fmt: skip
_LINES = ("p", "li", "div", "span", "time", "dd", "small")
_MOST_LINES = 5_000
_DATE_CLASS = "contains(translate(@class, 'PUBLISHDATMRZ', 'publishdatmrz'), '{}')"
_MARKED_DATES = "//*[@itemprop='datePublished'] | //time | //*[{}]".format(
    " or ".join(map(_DATE_CLASS.format, ("publish", "date", "datum", "tarih", "fecha")))
)


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """`titles` are every title the page gives, the chosen one among them; `descriptions` every description,
    longest first.
    """

    title: str
    titles: tuple[str, ...]
    site_name: str
    language: str
    descriptions: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None


def read_metadata(page: Page) -> Metadata:
    site_name = _site_name(page)
    title, titles = _titles(page, site_name)
    return Metadata(
        title=title,
        titles=titles,
        site_name=_without_sections(site_name, page.url),
        language=_language(page),
        descriptions=_descriptions(page),
        published_at=_published(page),
        modified_at=_modified(page),
    )


def _titles(page: Page, site_name: str) -> tuple[str, tuple[str, ...]]:
    """The title, and every title."""
    headings = [squeeze(heading.text_content()) for heading in page.tree.xpath("//h1")[:20]]
    headings = [heading for heading in headings if 3 <= len(heading) <= MAX_TITLE]
    named = [
        text_of(page.article.get("headline")),
        page.first_meta(*_TITLES),
        squeeze(page.tree.findtext(".//title") or ""),
    ]
    candidates = [_without_site(plain_text(text), site_name, headings) for text in named if text]
    # The headline for machines is the newsroom's own; others are bent for search and for networks.
    believed = [fold(text) for text in (candidates[:1] if named[0] else candidates)]
    shown = next((heading for heading in headings if fold(heading) in believed), "")
    best = shown or next(iter(candidates), headings[0] if headings else "")
    return best[:MAX_TITLE], tuple(dict.fromkeys(filter(None, (best[:MAX_TITLE], *candidates))))


def _without_site(title: str, site_name: str, headings: list[str]) -> str:
    """The title without " | The Site": what a heading of the page has less, or what names the site."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    for heading in headings:
        if fold(title).startswith(fold(heading)) and len(heading) > len(title) // 3:
            return heading
    site = _letters(site_name)
    if site and len(parts[-1]) <= 60 and (site in _letters(parts[-1]) or _letters(parts[-1]) in site):
        return title[: title.rindex(parts[-1])].rstrip(" |｜：•·»–—-－:")
    if site and site == _letters(parts[0]):
        return title[title.index(parts[1], len(parts[0])) :]
    return title


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+|\.(?:com|org|net|de|co\.uk)$", "", fold(text))


def _site_name(page: Page) -> str:
    publisher = by_id(page.nodes, page.article.get("publisher"))
    named = plain_text(page.first_meta("og:site_name") or text_of(publisher) or page.first_meta(*_SITE_NAMES))
    if named and len(named) <= 80:
        return named
    return (urlsplit(page.url).hostname or "").removeprefix("www.")


def _without_sections(site_name: str, url: str) -> str:
    """The name alone of a site that calls itself "The Site | News | Sport": the part that is in its address,
    or the first of several.
    """
    parts = [part for part in map(squeeze, site_name.split(" | ")) if part]
    host = _letters(urlsplit(url).hostname or "")
    named = next((part for part in parts if _letters(part) and _letters(part) in host), None)
    return named or (parts[0] if len(parts) > 2 else site_name)


def _language(page: Page) -> str:
    told = [
        page.tree.get("lang"),
        page.tree.get("xml:lang"),
        text_of(page.article.get("inLanguage")),
        page.first_meta(*_LANGUAGES),
    ]
    for value in told:
        found = _LANGUAGE.match(squeeze(value or ""))
        if found and found[1].lower() not in _NO_LANGUAGE:
            language, region = found[1].lower(), found[2] or ""
            return (
                f"{language}-{region.upper() if len(region) == 2 else region.title()}" if region else language
            )
    return ""


def _descriptions(page: Page) -> tuple[str, ...]:
    values = [text_of(page.article.get(key)) for key in ("description", "alternativeHeadline")]
    values += [text for name in _DESCRIPTIONS for text in page.meta.get(name, ())]
    found: dict[str, str] = {}
    for value in values:
        text = plain_text(value)
        if len(text) >= 20 and len(text.split()) >= 3:
            found.setdefault(fold(text), text[:MAX_SUMMARY])
    return tuple(sorted(found.values(), key=len, reverse=True))


def _published(page: Page) -> datetime | None:
    values = [text_of(page.article.get(key)) for key in ("datePublished", "dateCreated", "uploadDate")]
    values += [text for name in _PUBLISHED for text in page.meta.get(name, ())]
    values += [text_of(node.get("datePublished")) for node in page.nodes[:50]]
    return _first_date(values) or _labelled_date(page) or _marked_date(page)


def _modified(page: Page) -> datetime | None:
    values = [text_of(page.article.get("dateModified"))]
    return _first_date(values + [text for name in _MODIFIED for text in page.meta.get(name, ())])


def _first_date(values: list[str]) -> datetime | None:
    return next((date for value in values if value and (date := parse_date(value))), None)


def _labelled_date(page: Page) -> datetime | None:
    """The first date in a line of its own that says it is that of publication."""
    body = page.tree.find("body")
    for element in islice((body if body is not None else page.tree).iter(*_LINES), _MOST_LINES):
        text = squeeze(element.text_content()) if len(element) <= 3 else ""
        if not 8 <= len(text) <= 80 or says_updated(text):
            continue
        if is_date_line(text, alone=True) or is_dated_byline(text):
            date = written_date(text)
            if date is not None:
                return date
    return None


def _marked_date(page: Page) -> datetime | None:
    """The first date marked up in the page that is not said to be of a change."""
    changed: datetime | None = None
    marked = page.tree.xpath(_MARKED_DATES)
    for element in marked[:40]:
        text = squeeze(element.text_content())[:200]
        machine = element.get("datetime") or element.get("content") or ""
        date = parse_date(machine) or (parse_date(text) if len(text) <= 100 else None)
        if date is not None and not says_updated(text):
            return date
        changed = changed or date
    return changed
