"""Articles and documents of our own making, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from newsbell.domain.article import Article, ArticleTopic, Picture, Position
from newsbell.domain.topics import StoredTopic, slugify
from newsbell.services.feeds import FeedPage, FeedState
from newsbell.web.feeds.document import FeedDocument, FeedFormat
from newsbell.web.feeds.entries import EntryRules
from newsbell.web.feeds.pages import document_of

BASE_URL = "https://bell.example"
NOON = datetime(2025, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)

RULES = EntryRules(
    base_url=BASE_URL,
    full_text=True,
    picture_url=lambda url: f"{BASE_URL}/media/signed/{url.rpartition('/')[2]}",
    rewrite=lambda html: html.replace("https://harbour.example/pictures/", f"{BASE_URL}/media/signed/"),
)


def topic(name: str, number: int = 1, revision: int = 1) -> StoredTopic:
    return StoredTopic(id=number, name=name, slug=slugify(name), aliases=(), revision=revision, articles=1)


def named(name: str) -> ArticleTopic:
    return ArticleTopic(name=name, slug=slugify(name), origin="declared", weight=1.0)


def article(number: int = 1, **changes: Any) -> Article:
    """An article stored an hour after its publication; a higher number is older."""
    published = NOON - timedelta(minutes=number)
    values: dict[str, Any] = {
        "id": number,
        "uuid": UUID(int=number),
        "story_id": number,
        "url": f"https://harbour.example/news/{number}?page=1&part=2",
        "canonical_url": f"https://harbour.example/news/{number}",
        "title": f"The ferry sails again, part {number}",
        "summary": "After a winter in dock the old ferry crosses the bay.",
        "byline": ("Ada Marsh", "Jon Reed"),
        "body_html": "<p>The ferry left at dawn.</p><p>It came back at noon &amp; was greeted.</p>",
        "body_text": "The ferry left at dawn.\nIt came back at noon & was greeted.",
        "lead_image": Picture(
            url="https://harbour.example/pictures/ferry.jpg", caption="The ferry", credit="A. Marsh"
        ),
        "site_name": "Harbour News",
        "language": "en",
        "published_at": published,
        "modified_at": None,
        "stored_at": published + timedelta(hours=1),
        "updated_at": published + timedelta(hours=1),
        "sort_at": published,
        "topics": (named("Ferries"), named("The Bay")),
        "removals": (),
    }
    return Article(**(values | changes))


def page(*articles: Article, topics: tuple[StoredTopic, ...] = (), more: bool = False) -> FeedPage:
    last = articles[-1] if more else None
    return FeedPage(
        state=FeedState(topics=topics, revision=1, changed_at=NOON),
        articles=articles,
        next=Position(sort_at=last.sort_at, id=last.id) if last else None,
    )


def document(
    *articles: Article,
    form: FeedFormat = FeedFormat.RSS,
    topics: tuple[StoredTopic, ...] = (),
    more: bool = False,
    before: Position | None = None,
    rules: EntryRules = RULES,
) -> FeedDocument:
    return document_of(page(*articles, topics=topics, more=more), form=form, before=before, rules=rules)
