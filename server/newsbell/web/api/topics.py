"""GET /api/v1/topics: every topic that an article has, by name."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request

from newsbell.services.topics import list_topics
from newsbell.web.api import answers, query
from newsbell.web.context import current
from newsbell.web.paging import read_after


def index() -> Response:
    """Slugs and names, so that a client can find the topics of a page without telling us which."""
    limit = query.limit(usual=500, most=1000)
    page = list_topics(current().db, after=read_after(request.args.get("after")), limit=limit)
    following = None
    if page.next is not None:
        onward = urlencode({"after": page.next, "limit": limit})
        following = f"{current().settings.base_url}/api/v1/topics?{onward}"
    topics = [
        {"name": topic.name, "slug": topic.slug, "aliases": topic.aliases, "articles": topic.articles}
        for topic in page.topics
    ]
    return answers.public({"topics": topics, "next": following})
