"""RSS 2.0 and Atom 1.0, written by feedgen and our extension of it."""

from __future__ import annotations

import threading
from html import escape
from typing import Any

from feedgen.feed import FeedGenerator

from newsbell import __version__
from newsbell.web.feeds.document import FeedDocument, FeedEntry, FeedFormat
from newsbell.web.feeds.extension import NAME, EntryExtension, FeedExtension

# feedgen writes RFC 822 dates by switching the locale of the whole process to C and back: two threads that
# did so at once could leave it switched.
_LOCALE_LOCK = threading.Lock()


def rss_bytes(document: FeedDocument) -> bytes:
    """The page as RSS 2.0 in UTF-8."""
    feed = _generator(document, FeedFormat.RSS)
    feed.description(document.description)
    for entry in document.entries:
        item = _item(feed, entry)
        item.guid(entry.id, permalink=False)
        if entry.summary:
            item.description(escape(entry.summary, quote=False))  # RSS reads a description as HTML
        if entry.content_html is not None:
            item.content(entry.content_html)
        # RSS knows a taxonomy by `domain`; ours is the topic's own page.
        item.category([{"term": topic.name, "scheme": topic.url} for topic in entry.topics])
    with _LOCALE_LOCK:
        return bytes(feed.rss_str())


def atom_bytes(document: FeedDocument) -> bytes:
    """The page as Atom 1.0 (RFC 4287) in UTF-8."""
    feed = _generator(document, FeedFormat.ATOM)
    feed.id(document.id)
    feed.subtitle(document.description)
    feed.author(name="Newsbell")  # section 4.1.1: somebody must stand for entries that name nobody
    for relation, url in document.paging:
        feed.link(href=url, rel=relation, type=FeedFormat.ATOM.media_type)
    for entry in document.entries:
        item = _item(feed, entry)
        item.id(entry.id)
        if entry.summary:
            item.summary(entry.summary)
        if entry.content_html is not None:
            item.content(entry.content_html, type="html")
        item.author([{"name": name} for name in entry.authors or (entry.site_name,) if name])
        item.category(
            [
                {"term": topic.slug, "label": topic.name, "scheme": topic.url.rpartition("/")[0] + "/"}
                for topic in entry.topics
            ]
        )
    return bytes(feed.atom_str())


def _generator(document: FeedDocument, form: FeedFormat) -> Any:
    """A feed with what both formats share. Every date is set: feedgen's defaults are the present."""
    feed = FeedGenerator()
    feed.register_extension(NAME, FeedExtension, EntryExtension)
    getattr(feed, NAME).document = document
    feed.title(document.title)
    feed.link(href=document.self_url, rel="self", type=form.media_type)
    # The RSS channel's link is the last one given.
    feed.link(href=document.home_url, rel="alternate", type="text/html")
    feed.updated(document.updated)
    feed.generator("Newsbell", version=__version__)
    if document.language:
        feed.language(document.language)
    return feed


def _item(feed: Any, entry: FeedEntry) -> Any:
    item = feed.add_entry(order="append")
    getattr(item, NAME).entry = entry
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    item.published(entry.published)
    item.updated(entry.updated)
    return item
