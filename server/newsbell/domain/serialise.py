"""The one serialiser of an article: the JSON that the command line, the API and `clean` give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from newsbell.domain.article import Article, ArticleTopic, CleanArticle, Picture, Removal, TopicMention
from newsbell.domain.reading import reading_minutes
from newsbell.domain.topics import slugify


def article_json(article: Article | CleanArticle, *, full_text: bool = True) -> dict[str, Any]:
    """An article as a JSON object: dates in ISO 8601 with their zone, null for what is not known.

    Without `full_text` its text, and what was cut from it, are empty. `id` is the stored article's number,
    `uuid` its identity in feeds; both are null for an article that was cleaned and not stored, as are
    `stored_at` and `updated_at`.
    """
    stored = article if isinstance(article, Article) else None
    return {
        "id": stored.id if stored else None,
        "uuid": str(stored.uuid) if stored else None,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "summary": article.summary,
        "byline": list(article.byline),
        "site_name": article.site_name,
        "language": article.language,
        "reading_minutes": reading_minutes(article.body_text),
        "cut_off": article.cut_off,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "modified_at": article.modified_at.isoformat() if article.modified_at else None,
        "stored_at": stored.stored_at.isoformat() if stored else None,
        "updated_at": stored.updated_at.isoformat() if stored else None,
        "lead_image": _picture(article.lead_image),
        "topics": [topic.name for topic in article.topics],
        "topic_details": _details(article.topics),
        "body_html": article.body_html if full_text else "",
        "body_text": article.body_text if full_text else "",
        "removals": _removals(article.removals) if full_text else [],
        "restored": _removals(stored.restored) if stored and full_text else [],
        "pinned": list(stored.pinned) if stored else [],
        "can_clean_again": stored.original_kept if stored else False,
        "also_at": [
            {"id": home.id, "url": home.url, "site_name": home.site_name, "title": home.title}
            for home in (stored.also_at if stored else ())
        ],
    }


class Saved(Protocol):
    """What came of saving an article (`newsbell.services.importing.Imported`)."""

    @property
    def article(self) -> Article: ...
    @property
    def created(self) -> bool: ...
    @property
    def updated(self) -> bool: ...
    @property
    def rung(self) -> bool: ...
    @property
    def reason_code(self) -> str: ...
    @property
    def reason(self) -> str: ...


def saved_json(saved: Saved) -> dict[str, Any]:
    """The article, and what came of saving it: the answer to every import."""
    return {
        **article_json(saved.article),
        "created": saved.created,
        "updated": saved.updated,
        "rung": saved.rung,
        "reason_code": saved.reason_code,
        "reason": saved.reason,
    }


def _removals(removals: Sequence[Removal]) -> list[dict[str, str]]:
    return [{"rule": removal.rule, "text": removal.text} for removal in removals]


def _picture(picture: Picture | None) -> dict[str, str] | None:
    return {"url": picture.url, "caption": picture.caption, "credit": picture.credit} if picture else None


def _details(topics: Sequence[ArticleTopic | TopicMention]) -> list[dict[str, Any]]:
    return [
        {
            "name": topic.name,
            "slug": topic.slug if isinstance(topic, ArticleTopic) else slugify(topic.name),
            "origin": topic.origin,
            "weight": topic.weight,
        }
        for topic in topics
    ]
