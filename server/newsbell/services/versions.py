"""Another version of a stored article: what an editor put right holds, and only a change is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from newsbell.domain.article import Article, CleanArticle, Removal, TopicMention
from newsbell.domain.text import squeeze
from newsbell.domain.topics import MAX_TOPICS, final_topics
from newsbell.errors import ConflictError, MalformedError, RefusedError
from newsbell.services.ports import Cleaner
from newsbell.services.stories import StoryText, remember_text
from newsbell.services.topics import checked_names
from newsbell.storage import articles as store
from newsbell.storage import topics as topic_store
from newsbell.storage.articles import KeptPage, TopicLink
from newsbell.storage.database import Connection, Database

MAX_TITLE = 500


def checked_title(title: str) -> str:
    """The title an editor gave, on one line."""
    text = squeeze(title)
    if not text or len(text) > MAX_TITLE:
        raise MalformedError(f"The title has 1 to {MAX_TITLE} characters.", field="title")
    return text


def put_version(
    conn: Connection,
    existing: Article,
    cleaned: CleanArticle,
    text: StoryText,
    *,
    original: KeptPage | None,
    keep_topics: bool = True,
    now: datetime,
) -> tuple[Article, bool]:
    """Put what a page says now in the place of what is stored, and say whether that changed anything; if not,
    nothing is written. Pinned parts stay, and with `keep_topics` so do topics an editor gave.

    `cleaned` must have been cleaned with the restorations of `existing`. From a page that came again (an
    `original`) other removals alone are no change: its lists of other articles are new every hour.
    """
    links = _links_of_version(conn, existing if keep_topics else replace(existing, topics=()), cleaned, now)
    version = with_pins(existing, cleaned)
    before = {(topic.slug, topic.origin) for topic in existing.topics}
    same_topics = before == {(link.topic.slug, link.origin) for link in links}
    same_removals = original is not None or existing.removals == version.removals
    if same_topics and same_removals and _content(existing) == _content(version):
        return existing, False
    remember_text(conn, existing.story_id, existing.id, text)
    updated = store.update(
        conn,
        existing.id,
        version,
        topics=links,
        original=original.content if original else None,
        original_type=original.content_type if original else "",
        now=now,
    )
    return updated, True


def with_pins(existing: Article, cleaned: CleanArticle) -> CleanArticle:
    """The cleaned article with the pinned parts as they are stored."""
    if "title" in existing.pinned:
        cleaned = replace(cleaned, title=existing.title)
    if "summary" in existing.pinned:
        cleaned = replace(cleaned, summary=existing.summary)
    if "body" in existing.pinned:
        cleaned = replace(
            cleaned,
            body_html=existing.body_html,
            body_text=existing.body_text,
            cut_off=existing.cut_off,
        )
    return cleaned


def links_of(conn: Connection, mentions: Sequence[TopicMention], now: datetime) -> list[TopicLink]:
    """The stored topics of these mentions; two names of one topic are one link, the surer one's."""
    topics = topic_store.ensure(conn, [mention.name for mention in mentions], now)
    links: dict[int, TopicLink] = {}
    for topic, mention in zip(topics, mentions, strict=True):
        links.setdefault(topic.id, TopicLink(topic=topic, origin=mention.origin, weight=mention.weight))
    return list(links.values())


def kept_links(conn: Connection, article: Article) -> list[TopicLink]:
    """The topics an article has, to give them to it again."""
    return [
        TopicLink(topic=topic, origin=kept.origin, weight=kept.weight)
        for kept in article.topics
        if (topic := topic_store.get_by_slug(conn, kept.slug))
    ]


def editors_topics(article: Article) -> list[str]:
    return [topic.name for topic in article.topics if topic.origin == "editor"]


def cleaned_again(
    db: Database, cleaner: Cleaner, article: Article, restored: Collection[Removal]
) -> CleanArticle:
    """What cleaning makes now of the page that was kept. Raises RefusedError "original_not_kept", and what
    the cleaner raises.
    """
    with db.read() as conn:
        kept = store.kept_page(conn, article.id)
    if kept is None:
        raise RefusedError(
            "The page of this article was not kept, because it is too large; import it again instead.",
            code="original_not_kept",
        )
    cleaned = cleaner(
        kept.content, article.url, content_type=kept.content_type or None, restored=tuple(restored)
    )
    return replace(cleaned, url=article.url, canonical_url=article.canonical_url)


def same_corrections(before: Article, now: Article) -> None:
    """ConflictError where an editor corrected the article between two looks at it."""
    if (before.pinned, before.restored) != (now.pinned, now.restored):
        raise ConflictError("An editor is correcting this article; try again.", code="article_changed")


def _links_of_version(
    conn: Connection, existing: Article, cleaned: CleanArticle, now: datetime
) -> list[TopicLink]:
    named = [mention.name for mention in cleaned.topics if mention.origin == "editor"]
    given = checked_names(conn, [*editors_topics(existing), *named], limit=MAX_TOPICS)
    if "topics" in existing.pinned:
        links = [*kept_links(conn, existing), *links_of(conn, final_topics((), (), given), now)]
        return list({link.topic.id: link for link in links}.values())
    return links_of(conn, final_topics(cleaned.topics, (), given), now)


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
        article.cut_off,
    )
