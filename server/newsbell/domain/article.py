"""An article: as cleaned from a page, and as stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Origin = Literal["declared", "recognised", "editor"]
Part = Literal["title", "summary", "topics", "body"]
"""What of an article an editor can put right for good."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture at its original address, with the words the page gave it; `alt` says what it shows to who
    does not see it.
    """

    url: str
    caption: str = ""
    credit: str = ""
    alt: str = ""


@dataclass(frozen=True, kw_only=True)
class Removal:
    """Something cleaning took out: the rule's name and the text, so that nothing is cut silently."""

    rule: str
    text: str


@dataclass(frozen=True, kw_only=True)
class TopicMention:
    """A topic of an article: its display name, where it comes from, and how sure that is (0 to 1)."""

    name: str
    origin: Origin
    weight: float


@dataclass(frozen=True, kw_only=True)
class CleanArticle:
    """What cleaning a page gives. Nothing here is stored yet.

    `url` is where the page was found, `canonical_url` the article's identity: normalised, and equal
    for every address of the same article. Both are "" for text that came without an address.
    `body_text` has the standfirst first, paragraphs parted by one line break, no captions.
    `body_html` is sanitised; its links and pictures are absolute http(s) addresses of the original.
    `topics` holds what the page declares, surest first; recognised ones are added with the known topics
    (`newsbell.domain.recognition.recognise`).
    `language` is what the page declares, else what its text surely is in, else "". `cut_off` says that the
    site gives only the beginning of the article, and asks for money or a name for the rest.
    """

    url: str
    canonical_url: str
    title: str
    summary: str
    byline: tuple[str, ...]
    body_html: str
    body_text: str
    lead_image: Picture | None
    site_name: str
    language: str
    published_at: datetime | None
    modified_at: datetime | None
    topics: tuple[TopicMention, ...]
    removals: tuple[Removal, ...]
    cut_off: bool = False


@dataclass(frozen=True, kw_only=True)
class ArticleTopic:
    """A stored topic of a stored article."""

    name: str
    slug: str
    origin: Origin
    weight: float


@dataclass(frozen=True, kw_only=True)
class Home:
    """Another article of the same story: nearly the same text on another page. `url` is the original's."""

    id: int
    url: str
    site_name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Article:
    """A stored article. `id` stands in addresses, `uuid` in feeds (urn:uuid:…) and never changes.

    `sort_at` = min(published_at or stored_at, stored_at), never null, is the order of lists and feeds.
    `updated_at` is when the stored row last changed (aware UTC, like every time here).
    `pinned` parts are an editor's and stay when the article is cleaned again; so do the removals in
    `restored`, which are back in the text. Without `original_kept` it cannot be
    cleaned again from what is stored.
    `also_at` are the other articles of its story, the oldest first, at most twenty.
    """

    id: int
    uuid: UUID
    story_id: int
    url: str
    canonical_url: str
    title: str
    summary: str
    byline: tuple[str, ...]
    body_html: str
    body_text: str
    lead_image: Picture | None
    site_name: str
    language: str
    published_at: datetime | None
    modified_at: datetime | None
    stored_at: datetime
    updated_at: datetime
    sort_at: datetime
    topics: tuple[ArticleTopic, ...]
    removals: tuple[Removal, ...]
    pinned: tuple[Part, ...] = ()
    restored: tuple[Removal, ...] = ()
    original_kept: bool = False
    cut_off: bool = False
    also_at: tuple[Home, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Position:
    """A place in the order of lists: newest `sort_at` first, then the highest id. Pages go `before` one."""

    sort_at: datetime
    id: int
