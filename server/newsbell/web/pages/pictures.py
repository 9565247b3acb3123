"""Pictures of a page: asked of nobody but us, and each shown once."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

from newsbell.domain.article import Article
from newsbell.services.media import MAX_ADDRESS, media_address
from newsbell.web.context import current


def picture_path(url: str) -> str | None:
    """Where our pages load the picture at `url` from: /media/…, or its own path if it is ours anyway.
    None for what cannot be fetched.
    """
    own = current().settings.base_url + "/"
    if url.startswith(own):
        return url.removeprefix(own.rstrip("/"))
    if len(url) > MAX_ADDRESS or not url.startswith(("http://", "https://")):
        return None
    return media_address(current().media_key, url)


def thumbnails(articles: Sequence[Article]) -> dict[int, str | None]:
    """The lead picture's path for each article's id, None where there is nothing to show."""
    shown = current().settings.full_text
    return {
        article.id: picture_path(article.lead_image.url) if shown and article.lead_image else None
        for article in articles
    }


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
