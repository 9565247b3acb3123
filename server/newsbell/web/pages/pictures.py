"""Pictures of a page: asked of nobody but us."""

from __future__ import annotations

from collections.abc import Sequence

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
