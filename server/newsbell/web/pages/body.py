"""An article's sanitised body as it stands on our page."""

from __future__ import annotations

import lxml.html
from lxml.html import builder

from newsbell.domain.article import Article
from newsbell.services.media import address_pictures, parsed, written
from newsbell.web.context import current

_SCROLLING = {"class": "scroll", "role": "region", "aria-label": "Table", "tabindex": "0"}


def body_for_page(article: Article) -> str:
    """The body with pictures by our own address, and with wide tables and lines of code scrolling in
    boxes that a keyboard reaches (WCAG 2.1.1).
    """
    context = current()
    own = context.settings.base_url
    body = parsed(article.body_html)
    address_pictures(body, base="", secret=context.media_key, own_origin=own)
    for image in body.iter("img"):
        # As a path, so that it also loads for who came by another name of this host.
        if image.get("src", "").startswith(f"{own}/"):
            image.set("src", image.get("src", "").removeprefix(own))
    for table in list(body.iter("table")):
        _let_scroll(table)
    for code in body.iter("pre"):
        code.set("tabindex", "0")
    return written(body)


def _let_scroll(table: lxml.html.HtmlElement) -> None:
    box = builder.DIV(_SCROLLING)
    table.getparent().replace(table, box)
    box.tail, table.tail = table.tail, None
    box.append(table)
