"""A page of a feed as a document, made from a page of stored articles."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from newsbell.domain.article import Position
from newsbell.domain.paths import topic_path
from newsbell.domain.text import squeeze
from newsbell.domain.topics import StoredTopic
from newsbell.services.feeds import FeedPage
from newsbell.web.feeds.document import FeedDocument, FeedEntry, FeedFormat
from newsbell.web.feeds.entries import EntryRules, entry_of
from newsbell.web.feeds.links import page_path

NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
"""When a store without articles changed last: Atom wants a date, and the present would change each time."""


def document_of(
    page: FeedPage, *, form: FeedFormat, before: Position | None, rules: EntryRules
) -> FeedDocument:
    """The page of a feed that starts `before` a position (None: the first page)."""
    topics = page.state.topics
    slugs = [topic.slug for topic in topics]
    entries = tuple(entry_of(article, rules) for article in page.articles)
    paged = before is not None or page.next is not None
    return FeedDocument(
        id=_feed_id(rules.base_url, topics),
        title=_title(topics),
        description=_description(topics),
        home_url=rules.base_url + (topic_path(slugs[0]) if len(slugs) == 1 else "/"),
        self_url=rules.base_url + page_path(slugs, form, before),
        first_url=rules.base_url + page_path(slugs, form) if paged else None,
        next_url=rules.base_url + page_path(slugs, form, page.next) if page.next else None,
        language=_language(entries),
        updated=(page.state.changed_at or NOTHING_YET).replace(microsecond=0),
        entries=entries,
    )


def _feed_id(base_url: str, topics: Sequence[StoredTopic]) -> str:
    """Stays when a topic is renamed, and is the same for all pages and formats of the feed."""
    name = f"{base_url}/feeds/#" + "+".join(str(number) for number in sorted(topic.id for topic in topics))
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn


def _title(topics: Sequence[StoredTopic]) -> str:
    return " · ".join(part for part in (" + ".join(_names(topics)), "Newsbell") if part)


def _description(topics: Sequence[StoredTopic]) -> str:
    names = _names(topics)
    return (
        f"The latest articles about {' or '.join(names)}." if names else "The latest articles on every topic."
    )


def _names(topics: Sequence[StoredTopic]) -> list[str]:
    return [squeeze(topic.name) for topic in topics]


def _language(entries: Sequence[FeedEntry]) -> str:
    languages = {entry.language for entry in entries}
    return languages.pop() if len(languages) == 1 else ""
