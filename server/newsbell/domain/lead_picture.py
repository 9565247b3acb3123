"""The lead picture is shown once: above the text, unless the text has it."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

from newsbell.domain.article import Article


def lead_stands_in_body(article: Article) -> bool:
    """Whether the body already shows the lead picture; a size asked for in the query makes no other one."""
    if article.lead_image is None:
        return False
    parser = _Pictures()
    parser.feed(article.body_html)
    return _without_query(article.lead_image.url) in map(_without_query, parser.addresses)


class _Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.addresses += [value for name, value in attrs if name == "src" and value]


def _without_query(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", address
    return parts.netloc.lower(), parts.path
