"""The reader's pages; every route of theirs stands here."""

from __future__ import annotations

from flask import Blueprint

from newsbell.domain import paths
from newsbell.domain.language import direction
from newsbell.domain.original import original_url
from newsbell.web.feeds.links import feed_links
from newsbell.web.pages import articles, identity, subscribe, topics, words

blueprint = Blueprint("pages", __name__)

blueprint.add_url_rule("/", "latest", articles.latest)
blueprint.add_url_rule("/topics", "topics", topics.directory)
blueprint.add_url_rule("/topics/<slug>", "topic", topics.topic)
# The bound is PostgreSQL's integer; a longer number is an address that never was.
_ARTICLE = "/articles/<int(max=2147483647):article_id>"
blueprint.add_url_rule(_ARTICLE, "article_without_slug", articles.article)
blueprint.add_url_rule(f"{_ARTICLE}/<slug>", "article", articles.article)
blueprint.add_url_rule("/manifest.webmanifest", "manifest", identity.manifest)
blueprint.add_url_rule("/favicon.ico", "favicon", identity.favicon)
blueprint.register_blueprint(subscribe.blueprint)


@blueprint.app_context_processor
def _helpers() -> dict[str, object]:
    return {
        "article_path": paths.article_path,
        "direction": direction,
        "feed_links": feed_links,
        "feed_path": paths.feed_path,
        "machine": words.machine,
        "moment": words.moment,
        "home_address": words.home_address,
        "home_name": words.home_name,
        "original": original_url,
        "rule_words": words.rule,
        "source": words.source,
        "subscribe_path": paths.subscribe_path,
        "topic_path": paths.topic_path,
    }
