"""Bylines: the names of those who wrote it, out of what pages make of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from newsbell.domain.cleaning import vocabulary
from newsbell.domain.cleaning.dates import written_date
from newsbell.domain.cleaning.jsonld import by_id, listed, text_of
from newsbell.domain.cleaning.page import Page
from newsbell.domain.text import fold, squeeze

MAX_AUTHORS = 12
_MAX_NAME = 60
_BY = re.compile(rf"^(?:{vocabulary.BY})(?:\s*[:：]\s*|\s+)(?=\S)", re.IGNORECASE)
_SPLIT = re.compile(
    r"\s*[,;|/•·]\s*|\s+(?:and|und|et|y|e|en|i|и|та|ve|&|with|mit|avec|con|com)\s+|\n", re.IGNORECASE
)
_AND = re.compile(r"\s+(?:and|und|et|y|e|i|и|та|ve|og|och|&)\s+", re.IGNORECASE)
_DATED = re.compile(r",?\s+(?:on|am|le|el|il|em|den|dnia)\s+(?=\w)")
_ACCOUNT = re.compile(r"/author/(?:admin|administrator|editor|webmaster)\d*/?$")  # nobody's name
_ADDRESS = re.compile(r"https?:|www\.|\.(?:com|org|net|html?)\b/|\S+@\S+\.\w+|^@\w+$")
_TRAILING = re.compile(r"\s*(?:\([^)]*\)|[|–—-]\s+.*|\bin\s+[A-Z]\w+$)\s*$")

_META_NAMES = (
    "author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator",
    "dcsext.author", "articleauthor", "cxenseparse:author", "twitter:creator:name", "og:article:author",
)  # fmt: skip
_PATHS = (
    "//*[@rel='author']",
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author']",
    "//*[contains(@class, 'author-name') or contains(@class, 'author__name')]",
    "//*[contains(@class, 'byline') or contains(@class, 'Byline')]",
    "//*[contains(@class, 'author') or contains(@class, 'Author')]",
    "//a[contains(@href, '/author/') or contains(@href, '/autor') or contains(@href, '/auteur')]",
)


def byline_of(page: Page, site_name: str = "") -> tuple[str, ...]:
    """The writers a page names: in JSON-LD, then in its meta elements, then beside the headline. The site's
    own name is a byline only where no person is named.
    """
    first: tuple[str, ...] = ()
    publisher = _publisher(page, site_name)
    for names in (_from_nodes(page), _from_meta(page), _from_markup(page)):
        found = clean_names(names)
        people = tuple(name for name in found if not _is_publisher(name, publisher))
        if people:
            return people
        first = first or found
    return first


def is_unsigned(byline: Sequence[str], page: Page, site_name: str) -> bool:
    """Whether a byline names nobody but the site."""
    publisher = _publisher(page, site_name)
    return all(_is_publisher(name, publisher) for name in byline)


def signed_by(line: str) -> tuple[str, ...]:
    """The names on a line that holds nothing else: "Ada Example / Bo Beispiel"; () for any other line."""
    if len(line) > 80 or re.search(r"[\d.!?:;“”\"]", line):
        return ()
    names = [squeeze(name) for name in _SPLIT.split(line)]
    return clean_names(names) if all(_is_full_name(name) for name in names) else ()


def _is_full_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() and word.isascii() for word in words)


def _publisher(page: Page, site_name: str) -> frozenset[str]:
    """What the site calls itself, by its letters alone."""
    named = by_id(page.nodes, page.article.get("publisher"))
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    names = (site_name, text_of(named), host, host.partition(".")[0], *page.meta.get("og:site_name", ()))
    return frozenset(filter(None, map(_letters, names)))


def _is_publisher(name: str, publisher: frozenset[str]) -> bool:
    letters, first = _letters(name), name.split(maxsplit=1)[0]
    if first.isupper() and _letters(first) in publisher:  # "KTV Editor-at-large"
        return True
    return letters in publisher or any(len(one) >= 6 and letters.startswith(one) for one in publisher)


def _letters(name: str) -> str:
    return re.sub(r"\W+", "", fold(name))


def names_in(line: str) -> tuple[str, ...]:
    """The names in a byline as people write it: "By Ada Example and Bo Beispiel, Kyiv correspondent"."""
    return clean_names(_SPLIT.split(_BY.sub("", _undated(squeeze(line)))))


def is_dated_byline(line: str) -> bool:
    """Whether a line names who wrote it and when: "By Ada Example on Monday, 3 May 2021"."""
    if not _BY.match(line):
        return False
    names = _undated(line)
    return names != line and is_byline(names)


def _undated(line: str) -> str:
    """A byline without the date behind it."""
    for found in _DATED.finditer(line):
        if written_date(line[found.end() :]):
            return line[: found.start()]
    return line


def is_byline(line: str, known: Iterable[str] = ()) -> bool:
    """Whether a line is a byline: "By" and a name or two, or nothing but names known already."""
    line = _undated(squeeze(line)[:151])
    if not line or len(line) > 150 or line[-1] in "!?:":
        return False
    rest = fold(_BY.sub("", line))
    for name in known:
        rest = rest.replace(fold(name), " ")
    if not re.search(r"\w", re.sub(r"\b(?:and|und|et|y|e|en|i|и|та|ve)\b", " ", rest)):
        return True
    begins = _BY.match(line)
    if not begins or line[-1] == ".":
        return False
    names = _SPLIT.split(line[begins.end() :])
    return (
        bool(names_in(line)) and all(_looks_like_name(name) for name in names[:1]) and len(line.split()) <= 16
    )


def clean_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names without "By", roles, addresses and doubles, in their order."""
    kept: dict[str, str] = {}
    for raw in names:
        name = _BY.sub("", squeeze(raw).strip(' ,;|·•-–—"')) if len(raw) < 500 else ""
        name = _TRAILING.sub("", name).strip(" ,;|·•")
        if not name or len(name) > _MAX_NAME or len(name.split()) > 7 or _ADDRESS.search(name):
            continue
        if (
            not re.search(r"[^\W\d_]{2}", name)
            or {fold(word) for word in name.split()} <= vocabulary.NOT_A_NAME
        ):
            continue
        kept.setdefault(fold(name), name)
    return tuple(kept.values())[:MAX_AUTHORS]


def _looks_like_name(text: str) -> bool:
    words = text.split()
    return 1 <= len(words) <= 6 and any(word[:1].isupper() or not word.isascii() for word in words)


def _from_nodes(page: Page) -> list[str]:
    found: list[str] = []
    for author in _authors(page.article.get("author")) or _authors(page.article.get("creator")):
        if _ACCOUNT.search(_address_of(author)):
            continue
        person = by_id(page.nodes, author)
        name = text_of(person.get("name") if isinstance(person, dict) else person)
        found.extend(_several(name))
    return found


def _address_of(author: Any) -> str:
    told = author.get("url") or author.get("@id") if isinstance(author, dict) else ""
    return told if isinstance(told, str) else ""


def _authors(value: Any) -> list[Any]:
    """The authors one by one: some pages give one object whose name is a list."""
    found: list[Any] = []
    for one in listed(value):
        names = listed(one.get("name")) if isinstance(one, dict) else []
        found.extend(names if len(names) > 1 else [one])
    return found


def _several(name: str) -> list[str]:
    """The names in one that holds several, parted by "and" or commas; "Ada Example, Reporter" is one."""
    name = _BY.sub("", name)
    parts = [part for part in _SPLIT.split(name) if part]
    if len(parts) > 1 and all(len(part.split()) >= 2 for part in parts):
        return parts
    joined = [part for part in _AND.split(name) if part]
    if len(joined) > 1 and all(len(part.split()) >= 2 for part in joined):
        return [_SPLIT.split(part)[0] for part in joined]  # a place or a role hangs on the last
    return [name]


def _from_meta(page: Page) -> list[str]:
    for name in _META_NAMES:
        found = [
            part for text in page.meta.get(name, ()) if not _ADDRESS.search(text) for part in _several(text)
        ]
        if clean_names(found):
            return found
    return []


def _from_markup(page: Page) -> list[str]:
    for path in _PATHS:
        found = [(one, names) for one in page.tree.xpath(path)[:12] if (names := _names_shown(one))]
        if found:
            listed_with = _list_around(found[0][0])
            return [name for one, names in found[:6] if _list_around(one) is listed_with for name in names]
    return []


def _names_shown(element: Any) -> list[str]:
    """The names an element shows, if it shows little else."""
    text = squeeze(element.text_content())
    if not 0 < len(text) < 120 or _ACCOUNT.search(element.get("href") or ""):
        return []
    names = [name for name in _SPLIT.split(_BY.sub("", text)) if 2 <= len(name.split()) <= 5]
    names = [name for name in names if fold(name) not in vocabulary.WHOLE and not re.search(r"\d", name)]
    return [name for name in names if _looks_like_name(name)]


def _list_around(element: Any) -> Any:
    around = element.getparent()
    while around is not None and around.tag in ("li", "span", "a") and around.getparent() is not None:
        around = around.getparent()
    return around
