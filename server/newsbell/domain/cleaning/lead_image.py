"""The lead image: the one the page names, with the caption and credit that stand beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from newsbell.domain.article import Picture
from newsbell.domain.cleaning import pictures
from newsbell.domain.cleaning.body import Body
from newsbell.domain.cleaning.jsonld import by_id, listed, text_of
from newsbell.domain.cleaning.page import Page
from newsbell.domain.cleaning.sanitise import absolute


def lead_image(page: Page, body: Body) -> Picture | None:
    """The picture that stands for the article: the one the page names, at the address where it shows it;
    else the one shown between headline and text; else the one named and nowhere shown; else the first in
    the text. Its words come from the figure that shows it, else from JSON-LD, else from a "Featured Image
    Credit" line.
    """
    shown = [block.picture for block in body.blocks if block.picture]
    named = _named(page)
    twin = _twin(named, (*body.shown.around, *shown))
    chosen = twin or next(iter(body.shown.opening), None) or named or next(iter(shown), None)
    if chosen is None:
        return None
    url = named.url if named is not None and _path(named.url) == _path(chosen.url) else chosen.url
    figure = next(
        (picture for picture in (twin, *shown) if picture and pictures.same_picture(picture.url, url)), None
    )
    figure = figure or _figure_elsewhere(page, url)
    named = named if named is not None and pictures.same_picture(named.url, url) else None
    caption = (figure.caption if figure else "") or (named.caption if named else "")
    credit = (
        (figure.credit if figure else "")
        or (body.credits[0] if body.credits else "")
        or (named.credit if named else "")
    )
    return Picture(url=url, caption=caption, credit=credit)


def _path(url: str) -> str:
    return urlsplit(url).path


def _twin(named: Picture | None, shown: Iterable[Picture]) -> Picture | None:
    if named is None:
        return None
    return next((picture for picture in shown if pictures.same_picture(picture.url, named.url)), None)


def _named(page: Page) -> Picture | None:
    for name in (
        "og:image",
        "og:image:url",
        "og:image:secure_url",
        "twitter:image",
        "twitter:image:src",
        "image",
    ):
        for content in page.meta.get(name, ()):
            url = absolute(content, page.base_url)
            if url and not pictures.is_decoration(url):
                return Picture(url=url)
    for value in listed(page.article.get("image")) or listed(page.article.get("thumbnailUrl")):
        picture = _of_node(by_id(page.nodes, value), page.base_url)
        if picture is not None:
            return picture
    return None


def _of_node(value: Any, base_url: str) -> Picture | None:
    node = value if isinstance(value, dict) else {"url": value}
    for key in ("url", "contentUrl", "@id"):
        url = absolute(next((one for one in listed(node.get(key)) if isinstance(one, str)), ""), base_url)
        if url and not pictures.is_decoration(url):
            return Picture(
                url=url,
                caption=text_of(node.get("caption")),
                credit=text_of(node.get("creditText") or node.get("copyrightHolder")),
            )
    return None


def _figure_elsewhere(page: Page, url: str) -> Picture | None:
    """A figure outside of the text, such as the one above the headline."""
    for figure in page.tree.xpath("//figure")[:40]:
        picture = pictures.figure_of(figure, page.base_url)
        if picture is not None and pictures.same_picture(picture.url, url):
            return picture
    return None
