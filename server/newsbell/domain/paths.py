"""The addresses of things, as paths under the base URL; the one place that knows their form."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from newsbell.domain.article import Article
from newsbell.domain.topics import slugify


def article_path(article: Article) -> str:
    """/articles/<id>/<slug of the title>; only the id counts, the slug is for people."""
    return f"/articles/{article.id}/{quote(slugify(article.title))}"


def topic_path(slug: str) -> str:
    return f"/topics/{quote(slug)}"


def feed_path(slugs: Sequence[str], extension: str) -> str:
    """/feeds/<a>+<b>.<extension>, the union of topics; none means every article."""
    return f"/feeds/{'+'.join(quote(slug) for slug in slugs) or 'all'}.{extension}"


def subscribe_path(slugs: Sequence[str]) -> str:
    return f"/subscribe?topics={','.join(quote(slug) for slug in slugs)}" if slugs else "/subscribe"
