"""Our extension of feedgen: what feedgen 1.0.0 cannot say, or says wrongly.

- RSS drops every author without an e-mail address: names go out as dc:creator.
- RSS carries the self link only: the other pages of RFC 5005 are added as atom:link.
- Atom entries lose rel, type and the rest of their links (two links without rel are two alternates,
  which RFC 4287 section 4.1.2 forbids): they are written anew.
- Neither carries a language per entry, or a picture whose size in bytes is not known.
"""

from __future__ import annotations

from lxml import etree

from newsbell.web.feeds.document import FeedDocument, FeedEntry, FeedFormat, FeedPicture

ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAME = "newsbell"


class FeedExtension:
    """The part of the extension for the whole feed; feedgen makes it, `document` is set afterwards."""

    document: FeedDocument

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DUBLIN_CORE, "media": MEDIA}

    def extend_rss(self, root: etree._Element) -> etree._Element:
        channel = root[0]
        for relation, url in self.document.paging:
            link = etree.SubElement(channel, f"{{{ATOM}}}link")
            link.attrib.update({"href": url, "rel": relation, "type": FeedFormat.RSS.media_type})
        return root

    def extend_atom(self, root: etree._Element) -> etree._Element:
        return root


class EntryExtension:
    """The part of the extension for one entry; feedgen makes it, `entry` is set afterwards."""

    entry: FeedEntry

    def extend_rss(self, item: etree._Element) -> etree._Element:
        entry = self.entry
        for name in entry.authors:
            _child(item, DUBLIN_CORE, "creator", name)
        _child(item, DUBLIN_CORE, "publisher", entry.site_name)
        _child(item, DUBLIN_CORE, "source", entry.original_url)
        _child(item, DUBLIN_CORE, "language", entry.language)
        _add_picture(item, entry.picture)
        return item

    def extend_atom(self, item: etree._Element) -> etree._Element:
        entry = self.entry
        for link in item.findall("link"):
            item.remove(link)
        _link(item, "alternate", entry.url)
        if entry.original_url:
            _link(item, "via", entry.original_url)
        if entry.language:
            item.set(XML_LANG, entry.language)
        _add_picture(item, entry.picture)
        return item


def _link(item: etree._Element, relation: str, url: str) -> None:
    link = etree.SubElement(item, "link")
    link.attrib.update({"rel": relation, "type": "text/html", "href": url})


def _add_picture(item: etree._Element, picture: FeedPicture | None) -> None:
    """Media RSS 1.5.1, media:content: unlike an enclosure it may leave out the length in bytes."""
    if picture is None:
        return
    content = etree.SubElement(item, f"{{{MEDIA}}}content")
    content.attrib.update({"url": picture.url, "medium": "image"})
    _child(content, MEDIA, "description", picture.caption)
    _child(content, MEDIA, "credit", picture.credit)


def _child(parent: etree._Element, namespace: str, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{{{namespace}}}{name}").text = text
