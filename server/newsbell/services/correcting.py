"""What an editor puts right in a stored article, and cleaning again, which leaves that as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from newsbell.domain.article import Article, CleanArticle, Part, Removal, TopicMention
from newsbell.domain.cleaning import clean_restoring, html_to_text, sanitise
from newsbell.domain.recognition import recognise
from newsbell.domain.text import squeeze
from newsbell.domain.topics import MAX_TOPICS, final_topics
from newsbell.errors import MalformedError, NotFoundError, RefusedError
from newsbell.services.articles import existing, get_article
from newsbell.services.known import topics_known
from newsbell.services.ports import Cleaner
from newsbell.services.stories import catch_up, text_of
from newsbell.services.topics import checked_names
from newsbell.services.versions import (
    checked_title,
    cleaned_again,
    editors_topics,
    kept_links,
    put_version,
    same_corrections,
    with_pins,
)
from newsbell.storage import articles as store
from newsbell.storage import topics as topic_store
from newsbell.storage.articles import TopicLink
from newsbell.storage.database import Connection, Database
from newsbell.storage.statements import take_turn

MAX_SUMMARY = 5_000
MAX_BODY = 500_000
"""Characters of HTML that an editor may give an article as its text."""
PARTS: tuple[Part, ...] = get_args(Part)
_PAGE = 200
_FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class ArticlePatch:
    """What an editor corrects; None leaves a part as it is. A part that is given is pinned: it stays when the
    page is imported or cleaned again.

    `topics` replaces all of them. `body_html` is the whole text; what is not allowed in it is left out.
    `restore` names removals to put back, by their place in the article's `removals` (from 0) or as they are.
    `restored` and `pinned` say which stay put back, and pinned: what is left out is cleaning's again.
    """

    title: str | None = None
    summary: str | None = None
    topics: Sequence[str] | None = None
    body_html: str | None = None
    restore: Sequence[int | Removal] = ()
    restored: Collection[Removal] | None = None
    pinned: Collection[Part] | None = None


def correct_article(
    db: Database,
    article_id: int,
    patch: ArticlePatch,
    now: datetime,
    *,
    cleaner: Cleaner = clean_restoring,
) -> Article:
    """Apply an editor's correction. It never rings: the story was rung when it was saved, or was not meant to
    ring.

    Raises RefusedError: "body_pinned" where a removal is put back into a text that an editor wrote,
    "not_restorable" where the removal is no text of the page, "original_not_kept"; and what the cleaner
    raises.
    """
    seen = get_article(db, article_id)
    restored = _restored(seen, patch)
    again = None
    if set(restored) != set(seen.restored):
        again = _cleaned_with(db, cleaner, seen, patch, restored)
    with db.transaction() as conn:
        take_turn(conn)
        article = existing(conn, article_id)
        if again is not None:
            same_corrections(seen, article)
        store.correct(
            conn,
            article_id,
            pinned=_pinned(article, patch),
            restored=restored if again is not None else article.restored,
        )
        corrected = _as_clean(article) if again is None else with_pins(article, again)
        return store.update(
            conn,
            article_id,
            _with_patch(corrected, patch),
            topics=_links(conn, article, patch, now),
            original=None,
            now=now,
        )


def clean_again(
    db: Database, article_id: int, now: datetime, *, cleaner: Cleaner = clean_restoring
) -> tuple[Article, bool]:
    """Clean the page of an article once more, by the rules of today, and say whether that changed anything.

    What an editor pinned or restored stays, and nothing rings. Raises RefusedError "original_not_kept", and
    what the cleaner raises; the article is as it was then.
    """
    seen = get_article(db, article_id)
    cleaned = cleaned_again(db, cleaner, seen, seen.restored)
    with db.read() as conn:
        known = topics_known(db, conn)
    mentions = final_topics(
        cleaned.topics, recognise(cleaned, known), editors_topics(seen), names=known.names
    )
    cleaned = replace(cleaned, topics=mentions)
    text = text_of(cleaned)
    with db.transaction() as conn:
        take_turn(conn)
        article = existing(conn, article_id)
        same_corrections(seen, article)
        catch_up(conn, article, text)
        return put_version(conn, article, cleaned, text, original=None, now=now)


def article_numbers(db: Database) -> Iterator[int]:
    """The ids of all articles there are, in their order; read page by page, so that many cost no memory."""
    after = 0
    while True:
        with db.read() as conn:
            page = store.numbers(conn, after=after, limit=_PAGE)
        if not page:
            return
        yield from page
        after = page[-1]


def _restored(article: Article, patch: ArticlePatch) -> tuple[Removal, ...]:
    """The removals that are put back after the patch."""
    kept = article.restored
    if patch.restored is not None:
        if unknown := set(patch.restored) - set(article.restored):
            raise MalformedError(f"This was not put back: {unknown.pop().text}", field="restored")
        kept = tuple(removal for removal in kept if removal in patch.restored)
    found = [_removal(article, wanted) for wanted in patch.restore]
    return tuple(dict.fromkeys((*kept, *found)))


def _removal(article: Article, wanted: int | Removal) -> Removal:
    if isinstance(wanted, Removal):
        if wanted in article.removals or wanted in article.restored:
            return wanted
    elif 0 <= wanted < len(article.removals):
        return article.removals[wanted]
    raise NotFoundError(
        "Nothing like that was taken out of this article.", code="removal_not_found", field="restore"
    )


def _cleaned_with(
    db: Database, cleaner: Cleaner, article: Article, patch: ArticlePatch, restored: Sequence[Removal]
) -> CleanArticle:
    if "body" in _pinned(article, patch):
        raise RefusedError(
            "An editor wrote this article's text; put the words back there.",
            code="body_pinned",
            field="restore",
        )
    again = cleaned_again(db, cleaner, article, restored)
    cut = {removal.text for removal in again.removals}
    if lost := [removal for removal in restored if removal.text in cut]:
        raise RefusedError(
            f"This cannot be put back, because it is no text of the page: {lost[0].text}",
            code="not_restorable",
            field="restore",
        )
    return again


def _pinned(article: Article, patch: ArticlePatch) -> set[Part]:
    given: dict[Part, object] = {
        "title": patch.title,
        "summary": patch.summary,
        "topics": patch.topics,
        "body": patch.body_html,
    }
    kept = article.pinned if patch.pinned is None else patch.pinned
    return {*kept, *(part for part, value in given.items() if value is not None)}


def _with_patch(cleaned: CleanArticle, patch: ArticlePatch) -> CleanArticle:
    if patch.title is not None:
        cleaned = replace(cleaned, title=checked_title(patch.title))
    if patch.summary is not None:
        summary = squeeze(patch.summary)
        if len(summary) > MAX_SUMMARY:
            raise MalformedError(f"The summary has {MAX_SUMMARY} characters at most.", field="summary")
        cleaned = replace(cleaned, summary=summary)
    if patch.body_html is not None:
        body = _body(patch.body_html, cleaned.url)
        cleaned = replace(
            cleaned, body_html=body, body_text=html_to_text(_FIGURE.sub("", body)), cut_off=False
        )
    return cleaned


def _body(html: str, url: str) -> str:
    if len(html) > MAX_BODY:
        raise MalformedError(f"The text has {MAX_BODY} characters at most.", field="body_html")
    body = sanitise(html, url)
    if not html_to_text(body):
        raise MalformedError("There is no text in it.", field="body_html")
    return body


def _links(conn: Connection, article: Article, patch: ArticlePatch, now: datetime) -> list[TopicLink]:
    if patch.topics is None:
        return kept_links(conn, article)
    names = checked_names(conn, patch.topics, limit=MAX_TOPICS)
    return [
        TopicLink(topic=topic, origin="editor", weight=1.0) for topic in topic_store.ensure(conn, names, now)
    ]


def _as_clean(article: Article) -> CleanArticle:
    return CleanArticle(
        url=article.url,
        canonical_url=article.canonical_url,
        title=article.title,
        summary=article.summary,
        byline=article.byline,
        body_html=article.body_html,
        body_text=article.body_text,
        lead_image=article.lead_image,
        site_name=article.site_name,
        language=article.language,
        published_at=article.published_at,
        modified_at=article.modified_at,
        topics=tuple(
            TopicMention(name=topic.name, origin=topic.origin, weight=topic.weight)
            for topic in article.topics
        ),
        removals=article.removals,
        cut_off=article.cut_off,
    )
