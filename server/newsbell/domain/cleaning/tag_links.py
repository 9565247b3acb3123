"""Topics that a page shows as a row of links, marked rel=tag, by their addresses or by their list's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from newsbell.domain.cleaning.blocks import names_of
from newsbell.domain.cleaning.vocabulary import TOPICS_LABEL
from newsbell.domain.text import fold, squeeze

_MOST = 15  # a longer row is an index of the site
_ADDRESS = re.compile(
    r"/(?:tags?|topics?|themen?|thema|temas?|tematy|temat|keywords?|sujets?|tagi|etiquetas?|stichwort(?:e|er)?"
    r"|schlagwort(?:e|er)?|tema|onderwerp|argoment[io]|mot-cle|etiket(?:ler)?|konu|keyword|hashtag)/[^/]+",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:tags?|topics?|keywords?|themen|temas|taglist|tag-?cloud|hashtags?)(?:$|[\s_-])"
)
_LEVELS = 4
_LONG = 7  # words: what is longer is a headline
_LINKED = 0.7  # of a paragraph that is a row of links
_LABEL = re.compile(rf"{TOPICS_LABEL}\s*[:：]?$", re.IGNORECASE)
_SITE = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|header|footer|breadcrumbs?|trending|sidebar|related|teaser\w*|most-?\w*)"
    r"(?:$|[\s_-])"
)


def tag_links(tree: Any, text: str) -> list[str]:
    """The texts of the links, from the rows that stand in the article or under it."""
    tagged = tree.xpath("//a[contains(concat(' ', @rel, ' '), ' tag ')]")
    marked = _texts(_apart_from_site([link for link in tagged if not _in_prose(link)]))
    if marked and len(marked) <= _MOST:
        return marked
    folded = fold(text)
    scored = [(_score(links, folded), _texts(links)) for links in map(_apart_from_site, _rows(tree))]
    return (
        max(scored, key=lambda pair: pair[0], default=(0.0, []))[1] if scored and max(scored)[0] > 0 else []
    )


def kickers(tree: Any) -> list[str]:
    """The short line above the headline, which many sites give instead of topics."""
    named = tree.xpath(
        "//*[contains(@class, 'kicker') or contains(@class, 'eyebrow') or contains(@class, 'topic')]"
    )
    shown = [
        element for element in named[:40] if any(parent.tag == "header" for parent in element.iterancestors())
    ]
    inside = [
        element for element in shown if any(parent.tag == "article" for parent in element.iterancestors())
    ]
    texts = [squeeze(str(text)) for element in inside[:3] for text in element.xpath(".//text()")]
    return list(dict.fromkeys(text for text in texts if 3 <= len(text) <= 40 and len(text.split()) <= 4))[:4]


def _rows(tree: Any) -> Iterable[list[Any]]:
    """Short links, by the list around them."""
    rows: dict[Any, list[Any]] = {}
    for link in tree.iter("a"):
        if link.get("href") and 0 < len((link.text_content() or "").strip()) <= 60:
            rows.setdefault(_list_around(link), []).append(link)
    return rows.values()


def _score(links: list[Any], folded_text: str) -> float:
    """How much a row looks like the article's topics: most of all by the names the article's text has too."""
    names = _texts(links)
    if not 0 < len(names) <= _MOST or any(len(name.split()) > _LONG for name in names):
        return 0.0
    held = sum(1 for name in names if fold(name).lstrip("#") in folded_text)
    if _in_prose(links[0]):
        return 0.0
    if _is_labelled(links[0]):
        return held + 1.0
    told = any(_ADDRESS.search(link.get("href")) for link in links) or bool(
        _NAMED.search(names_of(links[0], 3))
    )
    if told:
        return held + 0.5 if held else 0.0
    return held / 2 if held >= 2 and held >= 0.6 * len(names) else 0.0


def _is_labelled(link: Any) -> bool:
    """Whether a link's list stands after the word for topics: "Topics:", "More on"."""
    for element in islice((link, *link.iterancestors()), _LEVELS):
        before = element.getprevious()
        label = squeeze(before.text_content()) if before is not None and isinstance(before.tag, str) else ""
        if 0 < len(label) <= 40 and _LABEL.match(fold(label)):
            return True
    return False


def _in_prose(link: Any) -> bool:
    """Whether a link stands in running text."""
    prose = ("p", "td", "h1", "h2", "h3", "h4", "figcaption", "blockquote")
    around = next((parent for parent in link.iterancestors() if parent.tag in prose), None)
    if around is None:
        return False
    linked = sum(len(squeeze(one.text_content())) for one in around.iter("a"))
    return linked < _LINKED * len(squeeze(around.text_content()))


def _list_around(link: Any) -> Any:
    around = link.getparent()
    while around is not None and around.tag in ("li", "span", "b", "strong", "dd"):
        around = around.getparent()
    while around is not None and around.getparent() is not None and _is_only_link(around):
        around = around.getparent()
    return around


def _is_only_link(around: Any) -> bool:
    return len(list(islice(around.iter("a"), 2))) == 1


def _apart_from_site(links: list[Any]) -> list[Any]:
    around: dict[Any, tuple[bool, str]] = {}  # by the links' parents, which many share
    return [link for link in links if not _is_of_site(link, around)]


def _is_of_site(link: Any, around: dict[Any, tuple[bool, str]]) -> bool:
    parent = link.getparent()
    if parent not in around:
        around[parent] = _is_framed(parent), names_of(parent, 3)
    framed, names = around[parent]
    names = f"{names_of(link, 1)} {names}"
    if not framed and not _SITE.search(names):
        return False
    return not (_NAMED.search(names) and "article" in names_of(link, 7))


def _is_framed(element: Any) -> bool:
    """Whether an element is in the site's menus, its foot, or a head that is not the article's."""
    around = {parent.tag for parent in (element, *element.iterancestors())} if element is not None else set()
    return not around.isdisjoint(("nav", "footer")) or ("header" in around and "article" not in around)


def _texts(links: list[Any]) -> list[str]:
    found = (squeeze(link.text_content()) for link in links[:60])
    return list(dict.fromkeys(text for text in found if 0 < len(text) <= 60))
