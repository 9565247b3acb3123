"""All topics, and the articles of one."""

from __future__ import annotations

from flask import Response, request

from newsbell.domain.paths import topic_path
from newsbell.errors import NotFoundError
from newsbell.services.articles import list_articles
from newsbell.services.topics import find_topic, list_topics
from newsbell.web.context import current
from newsbell.web.pages.articles import PER_PAGE
from newsbell.web.pages.pictures import thumbnails
from newsbell.web.pages.respond import page, redirect
from newsbell.web.paging import position_text, read_after, read_position

_TOPICS_PER_PAGE = 300
_NUL = "\x00"  # PostgreSQL has no text with it, so no topic is called that


def directory() -> Response:
    """Every topic that an article has, by name, with how many."""
    after = read_after(request.args.get("after"))
    found = list_topics(current().db, after=after, limit=_TOPICS_PER_PAGE)
    return page("topics.html", topics=found.topics, more=found.next, first=after is None)


def topic(slug: str) -> Response:
    """The articles of a topic, newest first. An address from before a renaming leads to the new one."""
    if _NUL in slug:
        raise NotFoundError("There is no such topic here.", code="topic_not_found")
    db = current().db
    found = find_topic(db, slug)
    if found.moved:
        return redirect(topic_path(found.topic.slug), 301)
    before = read_position(request.args.get("before"))
    listed = list_articles(db, topics=[found.topic.slug], before=before, limit=PER_PAGE)
    return page(
        "topic.html",
        topic=found.topic,
        articles=listed.articles,
        pictures=thumbnails(listed.articles),
        older=position_text(listed.next) if listed.next else None,
        first=before is None,
    )
