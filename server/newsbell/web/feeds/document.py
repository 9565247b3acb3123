"""What a feed says, before it is written as RSS, Atom or JSON.

Everything here is ready to be written: text without control characters, times in aware UTC and whole
seconds, addresses absolute. The renderers add nothing of their own that could differ between two calls.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class FeedFormat(enum.StrEnum):
    """A format, by the ending of its address."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """RSS 2.0 (in use, never registered), RFC 4287 section 7, JSON Feed 1.1 "MIME type"."""
        return {
            FeedFormat.RSS: "application/rss+xml",
            FeedFormat.ATOM: "application/atom+xml",
            FeedFormat.JSON: "application/feed+json",
        }[self]


@dataclass(frozen=True, kw_only=True)
class FeedTopic:
    """A topic of an entry; `url` is its page here."""

    name: str
    slug: str
    url: str


@dataclass(frozen=True, kw_only=True)
class FeedPicture:
    """The lead picture, at our own /media address."""

    url: str
    caption: str
    credit: str


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """One article.

    `id` is urn:uuid:<article.uuid>, the same in every format and topic. `url`, what a reader's click opens,
    is our reader page: that is where the cleaned text lives, and it stays when the original goes behind a
    wall or away. The original is named beside it (`original_url`, "" for text that came without an address):
    dc:source in RSS, rel=via in Atom, external_url in JSON, and as the first line of the content.
    `story` is what a push for it is tagged with (JSON only): articles with one text are one story.
    `summary` is plain text; `content_html` is None where only summary and link are given out.
    """

    id: str
    story: str
    url: str
    original_url: str
    title: str
    summary: str
    content_html: str | None
    authors: tuple[str, ...]
    site_name: str
    language: str
    topics: tuple[FeedTopic, ...]
    picture: FeedPicture | None
    published: datetime
    updated: datetime


@dataclass(frozen=True, kw_only=True)
class FeedDocument:
    """One page of a feed, newest entry first; `language` is "" where the entries differ.

    `first_url` and `next_url` are other pages of it (RFC 5005 section 3), None where there is none. There is
    no `previous_url`: pages are found by what is older than a place, so that an article that comes in shifts
    none of them, and whoever walks a feed walks it from its first page.
    """

    id: str
    title: str
    description: str
    home_url: str
    self_url: str
    first_url: str | None = None
    next_url: str | None = None
    language: str = ""
    updated: datetime
    entries: tuple[FeedEntry, ...]

    @property
    def paging(self) -> tuple[tuple[str, str], ...]:
        """The links to other pages, as (relation, address), by the names of RFC 5005 section 3."""
        links = (("first", self.first_url), ("next", self.next_url))
        return tuple((relation, url) for relation, url in links if url)
