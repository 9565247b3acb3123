"""From a page, an address or plain text to a stored article and the duty to ring for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from newsbell.config import Settings
from newsbell.domain.article import Article, CleanArticle, TopicMention
from newsbell.domain.cleaning import clean_restoring
from newsbell.domain.stories import text_digest
from newsbell.domain.text import squeeze
from newsbell.domain.topics import MAX_TOPICS, final_topics, recognise
from newsbell.errors import GoneError, MalformedError, RefusedError
from newsbell.services.articles import MAX_TITLE
from newsbell.services.ports import Cleaner, Hints, PageFetcher
from newsbell.services.topics import checked_names
from newsbell.storage import articles as store
from newsbell.storage import delivery, stories
from newsbell.storage import topics as topic_store
from newsbell.storage.articles import Tombstone, TopicLink
from newsbell.storage.database import Connection, Database
from newsbell.storage.statements import take_turn

Notify = Literal["auto", "yes", "no"]

ALERT_LIFETIME = timedelta(hours=24)
"""How long an alert is worth ringing: a push service and a retry give up after that."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of an import. `created`: it is new here; `updated`: it was known and has changed.
    `alert_id`: the alert that was stored with it; `reason` says "rung", or why not, in words.
    """

    article: Article
    created: bool
    updated: bool
    alert_id: int | None
    reason: str

    @property
    def rung(self) -> bool:
        """Whether an alert was stored with it."""
        return self.alert_id is not None


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is imported: `content` (a page's bytes, or text), or the address to fetch where it is None."""

    url: str = ""
    content: bytes | str | None = None
    content_type: str | None = None


def import_article(
    db: Database,
    settings: Settings,
    source: Source,
    *,
    topics: Sequence[str] = (),
    only_these_topics: bool = False,
    title: str | None = None,
    notify: Notify = "auto",
    fetcher: PageFetcher | None = None,
    hints: Hints | None = None,
    cleaner: Cleaner = clean_restoring,
    now: datetime,
) -> Imported:
    """Clean the page, store it under its topics and, where it is due, the alert with it: one transaction.
    After it `hints` is told of the alert.

    `topics` come beside those found in the page, or with `only_these_topics` in place of them. The same
    article (by canonical URL) is updated in place and does not ring again. Raises errors of our tree for
    anything that cannot be an article, and then the store is as it was.
    """
    names = checked_names(topics, limit=MAX_TOPICS)
    source = fetched(source, fetcher)
    cleaned = with_title(clean_source(source, cleaner), title)
    with db.read() as conn:
        known = topic_store.known(conn)
    if only_these_topics:
        mentions = final_topics((), (), names, known=known)
    else:
        mentions = final_topics(cleaned.topics, recognise(cleaned, known), names, known=known)
    cleaned = replace(cleaned, topics=mentions, canonical_url=identity(cleaned))
    original = source.content.encode() if isinstance(source.content, str) else source.content
    with db.transaction() as conn:
        # From the first look on nobody else changes articles: what is found here is what is changed here.
        take_turn(conn)
        imported = _store(conn, settings, cleaned, original, notify, now, exact=only_these_topics)
    if hints is not None and imported.alert_id is not None:
        hints.alert_stored(imported.alert_id)
    return imported


def clean_only(
    db: Database | None,
    source: Source,
    *,
    fetcher: PageFetcher | None = None,
    cleaner: Cleaner = clean_restoring,
) -> CleanArticle:
    """The cleaned article, nothing stored; with a store, the topics known there are recognised too."""
    cleaned = clean_source(fetched(source, fetcher), cleaner)
    known = []
    if db is not None:
        with db.read() as conn:
            known = topic_store.known(conn)
    return replace(cleaned, topics=final_topics(cleaned.topics, recognise(cleaned, known), known=known))


def fetched(source: Source, fetcher: PageFetcher | None) -> Source:
    """The source with its content; an address alone is fetched."""
    if source.content is not None:
        return source
    if not source.url:
        raise MalformedError("Give a page, a text or an address to import.", field="url")
    if fetcher is None:
        raise RefusedError("Nothing is fetched here; give the page itself.", field="url")
    page = fetcher.fetch_page(source.url)
    return Source(url=page.url, content=page.content, content_type=page.content_type)


def clean_source(source: Source, cleaner: Cleaner) -> CleanArticle:
    assert source.content is not None, "fetched() comes first"
    return cleaner(source.content, source.url, content_type=source.content_type)


def with_title(cleaned: CleanArticle, title: str | None) -> CleanArticle:
    """The article under the title an editor gave it."""
    if title is None:
        return cleaned
    text = squeeze(title)
    if not text or len(text) > MAX_TITLE:
        raise MalformedError(f"The title has 1 to {MAX_TITLE} characters.", field="title")
    return replace(cleaned, title=text)


def identity(cleaned: CleanArticle) -> str:
    """What makes two imports the same article: the canonical URL, or for text without an address its
    own words.
    """
    if cleaned.canonical_url:
        return cleaned.canonical_url
    digest = hashlib.sha256(text_digest(cleaned.body_text, cleaned.title).encode()).hexdigest()
    return f"urn:newsbell:text:{digest[:32]}"


def _store(
    conn: Connection,
    settings: Settings,
    cleaned: CleanArticle,
    original: bytes | None,
    notify: Notify,
    now: datetime,
    *,
    exact: bool,
) -> Imported:
    existing = store.find_by_canonical_url(conn, cleaned.canonical_url)
    if isinstance(existing, Tombstone):
        raise GoneError(
            f"This article was removed on {existing.removed_at:%d %B %Y} and is not imported again.",
            code="article_removed",
        )
    if existing is None:
        article = _add(conn, cleaned, original, now)
        created = updated = True
    else:
        article, updated = _update(conn, existing, cleaned, original, now, exact=exact)
        created = False
    reason = _reason_not_to_ring(settings, article, notify, created=created, now=now)
    alert_id = _ring(conn, article, now) if reason is None else None
    return Imported(
        article=article,
        created=created,
        updated=updated and not created,
        alert_id=alert_id,
        reason=reason or ("its story was rung before" if alert_id is None else "rung"),
    )


def _add(conn: Connection, cleaned: CleanArticle, original: bytes | None, now: datetime) -> Article:
    digest = text_digest(cleaned.body_text, cleaned.title)
    story = stories.find_story(conn, digest)
    if story is None:
        story = stories.add_story(conn, digest, now)
    links = _links(conn, cleaned.topics, now)
    return store.add(conn, cleaned, topics=links, story_id=story, original=original, now=now)


def _update(
    conn: Connection,
    existing: Article,
    cleaned: CleanArticle,
    original: bytes | None,
    now: datetime,
    *,
    exact: bool,
) -> tuple[Article, bool]:
    """Bring a known article up to date; topics an editor gave it stay, unless these are `exact`. Nothing is
    written, and no feed changes, where nothing changed.
    """
    kept = [] if exact else [topic.name for topic in existing.topics if topic.origin == "editor"]
    named = [mention.name for mention in cleaned.topics if mention.origin == "editor"]
    given = checked_names([*kept, *named], limit=MAX_TOPICS)
    links = _links(conn, final_topics(cleaned.topics, (), given), now)
    before = {(topic.slug, topic.origin) for topic in existing.topics}
    after = {(link.topic.slug, link.origin) for link in links}
    if before == after and _content(existing) == _content(cleaned):
        return existing, False
    # Whoever saves this edited text from another site saves the same story.
    stories.add_text(conn, existing.story_id, text_digest(cleaned.body_text, cleaned.title))
    updated = store.update(
        conn, existing.id, cleaned, topics=links, story_id=existing.story_id, original=original, now=now
    )
    return updated, True


def _links(conn: Connection, mentions: Sequence[TopicMention], now: datetime) -> list[TopicLink]:
    """The stored topics of these mentions; two names of one topic are one link, the surer one's."""
    topics = topic_store.ensure(conn, [mention.name for mention in mentions], now)
    links: dict[int, TopicLink] = {}
    for topic, mention in zip(topics, mentions, strict=True):
        links.setdefault(topic.id, TopicLink(topic=topic, origin=mention.origin, weight=mention.weight))
    return list(links.values())


def _content(article: Article | CleanArticle) -> tuple[object, ...]:
    """What a reader would notice as a change, beside the topics."""
    return (
        article.title,
        article.summary,
        article.byline,
        article.body_html,
        article.lead_image,
        article.site_name,
        article.language,
        article.published_at,
        article.modified_at,
    )


def _reason_not_to_ring(
    settings: Settings, article: Article, notify: Notify, *, created: bool, now: datetime
) -> str | None:
    if notify == "no":
        return "notify is no"
    if not article.topics:
        return "it has no topic"
    if notify == "yes":
        return None
    if not created:
        return "it was known already"
    age = now - (article.published_at or now).astimezone(UTC)
    if age > settings.alert_max_age:
        return f"it is older than {settings.alert_max_age / timedelta(hours=1):g} hours"
    return None


def _ring(conn: Connection, article: Article, now: datetime) -> int | None:
    """The alert for the article's story; None where the story was rung before."""
    ids = [found.id for topic in article.topics if (found := topic_store.get_by_slug(conn, topic.slug))]
    return delivery.add_alert(
        conn, article.story_id, article.id, ids, now=now, expires_at=now + ALERT_LIFETIME
    )
