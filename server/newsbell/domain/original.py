"""Where an article is from, as far as that may become a link."""

from __future__ import annotations

from urllib.parse import urlsplit

from newsbell.domain.article import Article
from newsbell.domain.text import strip_controls

CUT_OFF = "The site shows only the beginning of this article."
"""What readers are told of an article whose `cut_off` is true."""


def original_url(article: Article) -> str:
    """The page the article is from, "" where there is none. Nothing but http(s) becomes a link."""
    addresses = map(strip_controls, (article.url, article.canonical_url))
    return next((address for address in addresses if web_host(address)), "")


def web_host(address: str) -> str:
    """The host of an http(s) address, "" for any other text."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
