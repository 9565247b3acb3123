"""The one door to the renderers: a document and a format in, bytes out."""

from __future__ import annotations

from newsbell.web.feeds.document import FeedDocument, FeedFormat
from newsbell.web.feeds.json_feed import json_bytes
from newsbell.web.feeds.xml_feeds import atom_bytes, rss_bytes

RENDERER_VERSION = 2
"""Raise it with every change of what a renderer writes: it stands in the entity tags."""


_WRITERS = {FeedFormat.RSS: rss_bytes, FeedFormat.ATOM: atom_bytes, FeedFormat.JSON: json_bytes}


def render(document: FeedDocument, form: FeedFormat) -> bytes:
    """The document in that format, UTF-8; equal documents give equal bytes."""
    return _WRITERS[form](document)
