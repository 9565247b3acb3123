"""From a page, an address or plain text to a stored article and the duty to ring for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from newsbell.config import Settings
from newsbell.domain.article import Article, CleanArticle, Part, Removal
from newsbell.domain.cleaning import clean_restoring
from newsbell.domain.known import NOTHING
from newsbell.domain.recognition import recognise
from newsbell.domain.stories import text_digest
from newsbell.domain.topics import MAX_TOPICS, final_topics
from newsbell.errors import ConflictError, GoneError, MalformedError, RefusedError
from newsbell.services.known import topics_known
from newsbell.services.ports import Cleaner, Hints, PageFetcher
from newsbell.services.stories import StoryText, remember_text, story_of, text_of
from newsbell.services.topics import checked_names
from newsbell.services.versions import checked_title, links_of, put_version
from newsbell.storage import articles as store
from newsbell.storage import delivery
from newsbell.storage import topics as topic_store
from newsbell.storage.articles import KeptPage, Tombstone
from newsbell.storage.database import Connection, Database
from newsbell.storage.statements import take_turn

Notify = Literal["auto", "yes", "no"]
ReasonCode = Literal["rung", "notify_no", "no_topic", "known", "too_old", "story_rung"]

ALERT_LIFETIME = timedelta(hours=24)
"""How long an alert is worth ringing: a push service and a retry give up after that."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of an import. `created`: it is new here; `updated`: it was known and has changed.
    `alert_id`: the alert that was stored with it; `reason` says "rung", or why not, in words, and
    `reason_code` for programs.
    """

    article: Article
    created: bool
    updated: bool
    alert_id: int | None
    reason_code: ReasonCode
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


@dataclass(frozen=True, kw_only=True)
class _Coming:
    """A page on its way into the store. `pinned`: the parts of it that an editor gave."""

    cleaned: CleanArticle
    text: StoryText
    original: KeptPage
    restored: tuple[Removal, ...]
    pinned: frozenset[Part]


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
    with db.read() as conn:
        names = checked_names(conn, topics, limit=MAX_TOPICS)
    source = fetched(source, fetcher)
    cleaned = with_title(clean_source(source, cleaner), title)
    cleaned = replace(cleaned, canonical_url=identity(cleaned))
    with db.read() as conn:
        known = topics_known(db, conn)
        seen = store.find_by_canonical_url(conn, cleaned.canonical_url)
    restored = seen.restored if isinstance(seen, Article) else ()
    if restored:
        again = with_title(clean_source(source, cleaner, restored), title)
        cleaned = replace(again, canonical_url=cleaned.canonical_url)
    if only_these_topics:
        mentions = final_topics((), (), names, names=known.names)
    else:
        mentions = final_topics(cleaned.topics, recognise(cleaned, known), names, names=known.names)
    coming = _Coming(
        cleaned=replace(cleaned, topics=mentions),
        text=text_of(cleaned),
        original=_as_bytes(source),
        restored=restored,
        pinned=_given_parts(title, only_these_topics=only_these_topics),
    )
    with db.transaction() as conn:
        # From the first look on nobody else changes articles: what is found here is what is changed here.
        take_turn(conn)
        imported = _store(conn, settings, coming, notify, now)
    if hints is not None and imported.alert_id is not None:
        hints.alert_due(imported.alert_id)
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
    known = NOTHING
    if db is not None:
        with db.read() as conn:
            known = topics_known(db, conn)
    return replace(cleaned, topics=final_topics(cleaned.topics, recognise(cleaned, known), names=known.names))


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


def clean_source(source: Source, cleaner: Cleaner, restored: Sequence[Removal] = ()) -> CleanArticle:
    assert source.content is not None, "fetched() comes first"
    return cleaner(source.content, source.url, content_type=source.content_type, restored=restored)


def with_title(cleaned: CleanArticle, title: str | None) -> CleanArticle:
    """The article under the title an editor gave it."""
    if title is None:
        return cleaned
    return replace(cleaned, title=checked_title(title))


def identity(cleaned: CleanArticle) -> str:
    """What makes two imports the same article: the canonical URL, or for text without an address its
    own words.
    """
    if cleaned.canonical_url:
        return cleaned.canonical_url
    digest = hashlib.sha256(text_digest(cleaned.body_text, cleaned.title).encode()).hexdigest()
    return f"urn:newsbell:text:{digest[:32]}"


def _given_parts(title: str | None, *, only_these_topics: bool) -> frozenset[Part]:
    given: set[Part] = set()
    if title is not None:
        given.add("title")
    if only_these_topics:
        given.add("topics")
    return frozenset(given)


def _as_bytes(source: Source) -> KeptPage:
    """The page as it is kept, with what it takes to read it again."""
    assert source.content is not None, "fetched() comes first"
    if isinstance(source.content, bytes):
        return KeptPage(content=source.content, content_type=source.content_type or "")
    media_type = (source.content_type or "").partition(";")[0]
    return KeptPage(
        content=source.content.encode("utf-8", "replace"), content_type=f"{media_type}; charset=utf-8"
    )


def _store(conn: Connection, settings: Settings, coming: _Coming, notify: Notify, now: datetime) -> Imported:
    existing = store.find_by_canonical_url(conn, coming.cleaned.canonical_url)
    if isinstance(existing, Tombstone):
        raise GoneError(
            f"This article was removed on {existing.removed_at:%d %B %Y} and is not imported again.",
            code="article_removed",
        )
    if existing is None:
        article = _add(conn, coming, now)
        created = updated = True
    else:
        article, updated = _update(conn, existing, coming, now)
        created = False
    quiet = _why_quiet(settings, article, notify, created=created, now=now)
    alert_id = _ring(conn, article, now) if quiet is None else None
    code, words = quiet or (_STORY_RUNG if alert_id is None else _RUNG)
    return Imported(
        article=article,
        created=created,
        updated=updated and not created,
        alert_id=alert_id,
        reason_code=code,
        reason=words,
    )


def _add(conn: Connection, coming: _Coming, now: datetime) -> Article:
    cleaned = coming.cleaned
    story = story_of(conn, coming.text, cleaned.published_at, now)
    added = store.add(
        conn,
        cleaned,
        topics=links_of(conn, cleaned.topics, now),
        story_id=story,
        original=coming.original.content,
        original_type=coming.original.content_type,
        pinned=sorted(coming.pinned),
        now=now,
    )
    remember_text(conn, story, added.id, coming.text)
    return added


def _update(conn: Connection, existing: Article, coming: _Coming, now: datetime) -> tuple[Article, bool]:
    if existing.restored != coming.restored:
        raise ConflictError("An editor is correcting this article; try again.", code="article_changed")
    if coming.pinned:
        pinned = coming.pinned.union(existing.pinned)
        store.correct(conn, existing.id, pinned=pinned, restored=existing.restored)
        # What is given now is the pinned state from now on.
        before = tuple(part for part in existing.pinned if part not in coming.pinned)
        existing = replace(existing, pinned=before)
    keep_topics = "topics" not in coming.pinned
    return put_version(
        conn,
        existing,
        coming.cleaned,
        coming.text,
        original=coming.original,
        keep_topics=keep_topics,
        now=now,
    )


_Reason = tuple[ReasonCode, str]
_RUNG: _Reason = ("rung", "rung")
_STORY_RUNG: _Reason = ("story_rung", "its story was rung before")


def _why_quiet(
    settings: Settings, article: Article, notify: Notify, *, created: bool, now: datetime
) -> _Reason | None:
    """Why nobody is to be told of the article; None where its followers are."""
    if notify == "no":
        return "notify_no", "notify is no"
    if not article.topics:
        return "no_topic", "it has no topic"
    if notify == "yes":
        return None
    if not created:
        return "known", "it was known already"
    age = now - (article.published_at or now).astimezone(UTC)
    if age > settings.alert_max_age:
        return "too_old", f"it is older than {settings.alert_max_age / timedelta(hours=1):g} hours"
    return None


def _ring(conn: Connection, article: Article, now: datetime) -> int | None:
    """The alert for the article's story; None where the story was rung before."""
    ids = [found.id for topic in article.topics if (found := topic_store.get_by_slug(conn, topic.slug))]
    return delivery.add_alert(
        conn, article.story_id, article.id, ids, now=now, expires_at=now + ALERT_LIFETIME
    )
