"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from newsbell.web.feeds.document import FeedDocument, FeedEntry

VERSION = "https://jsonfeed.org/version/1.1"


def json_bytes(document: FeedDocument) -> bytes:
    """The page as JSON Feed 1.1 in UTF-8."""
    feed = {
        "version": VERSION,
        "title": document.title,
        "home_page_url": document.home_url,
        "feed_url": document.self_url,
        "description": document.description,
        "next_url": document.next_url,
        "language": document.language,
        "authors": [{"name": "Newsbell"}],
        "items": [_item(entry) for entry in document.entries],
    }
    return json.dumps(_present(feed), ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: FeedEntry) -> dict[str, Any]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.original_url,
        "title": entry.title,
        "content_html": entry.content_html,
        # An item has content_html or content_text; the summary stands in where the text is not given out.
        "content_text": None if entry.content_html else entry.summary or entry.title,
        "summary": entry.summary,
        "image": entry.picture and entry.picture.url,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": name} for name in entry.authors or (entry.site_name,) if name],
        "tags": [topic.name for topic in entry.topics],
        "language": entry.language,
        # "Extensions": such names are left to publishers. Who rings from a feed rings once for a story.
        "_newsbell": {"story": entry.story},
    }
    return _present(item)


def _present(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known; an empty list of items is known."""
    return {name: value for name, value in values.items() if value or name == "items"}
