"""The list of feeds, as OPML 2.0: what a feed reader imports to follow every topic at once."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from newsbell.domain.paths import feed_path, topic_path
from newsbell.domain.text import squeeze
from newsbell.domain.topics import StoredTopic
from newsbell.web.feeds.document import FeedFormat

MEDIA_TYPE = "text/x-opml"


def opml_bytes(topics: Iterable[StoredTopic], base_url: str) -> bytes:
    """A subscription list (OPML 2.0, "What is a subscription list?") of the topics' RSS feeds, UTF-8."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Topics of Newsbell"
    body = etree.SubElement(root, "body")
    for topic in topics:
        name = squeeze(topic.name)
        etree.SubElement(body, "outline").attrib.update(
            {
                "type": "rss",
                "text": name,
                "title": name,
                "xmlUrl": base_url + feed_path([topic.slug], FeedFormat.RSS),
                "htmlUrl": base_url + topic_path(topic.slug),
            }
        )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
