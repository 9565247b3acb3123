"""The latest articles, and one article to read."""

from __future__ import annotations

from collections import Counter

from flask import Response, request

from newsbell.domain.article import Article, ArticleTopic
from newsbell.domain.lead_picture import lead_stands_in_body
from newsbell.domain.original import CUT_OFF
from newsbell.domain.paths import article_path
from newsbell.domain.reading import reading_minutes
from newsbell.domain.slugs import slugify
from newsbell.services.articles import get_article, list_articles
from newsbell.web.context import current
from newsbell.web.pages.body import body_for_page
from newsbell.web.pages.pictures import picture_path, thumbnails
from newsbell.web.pages.respond import page, redirect
from newsbell.web.paging import position_text, read_position

PER_PAGE = 30
_WAYS_IN = 18


def latest() -> Response:
    """Every article, newest first; what to do next where there is none."""
    before = read_position(request.args.get("before"))
    found = list_articles(current().db, before=before, limit=PER_PAGE)
    if not found.articles and before is None:
        return page("welcome.html")
    return page(
        "latest.html",
        articles=found.articles,
        pictures=thumbnails(found.articles),
        topics=_in_the_news(found.articles),
        older=position_text(found.next) if found.next else None,
        first=before is None,
    )


def article(article_id: int, slug: str = "") -> Response:
    """One article. Only the id counts; an old or missing slug leads to the one of today."""
    context = current()
    found = get_article(context.db, article_id)
    if slug != slugify(found.title):
        return redirect(article_path(found), 302)
    full = context.settings.full_text
    lead = found.lead_image if full and not lead_stands_in_body(found) else None
    return page(
        "article.html",
        article=found,
        full=full,
        body=body_for_page(found) if full else "",
        opened=bool(full and found.summary) and found.body_text.startswith(found.summary),
        minutes=reading_minutes(found.body_text),
        cut_off=CUT_OFF,
        lead=lead,
        lead_picture=picture_path(lead.url) if lead else None,
    )


def _in_the_news(articles: list[Article]) -> list[ArticleTopic]:
    """The topics of these articles, the most carried first: a way in that costs no query."""
    carried = Counter(topic.slug for article in articles for topic in article.topics)
    topics = {topic.slug: topic for article in articles for topic in article.topics}
    return [topics[slug] for slug, _ in carried.most_common(_WAYS_IN)]
