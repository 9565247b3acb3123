"""The JSON API under /api/v1: its routes in one list."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response

from newsbell import __version__
from newsbell.services.vapid import current_key
from newsbell.web.api import answers, articles, links, subscriptions, topics, uploads
from newsbell.web.api.cors import PREFIX, allow_any_origin
from newsbell.web.context import current

FEATURES = ("articles", "topics", "subscriptions", "links", "feeds")
"""What a client may count on here; names are added with what they name."""

_ARTICLE = "/articles/<int:article_id>"
_SUBSCRIPTION = "/subscriptions/<int:subscription_id>"


def describe() -> Response:
    """GET /api/v1: what this server is, and the key a browser subscribes with."""
    return answers.public(
        {
            "name": "Newsbell",
            "version": __version__,
            "features": FEATURES,
            "vapid_key": current_key(current().db).public_key,
        }
    )


ROUTES: tuple[tuple[str, str, str, Callable[..., Response]], ...] = (
    ("GET", "", "describe", describe),
    ("GET", "/topics", "topics", topics.index),
    ("GET", "/articles", "articles", articles.index),
    ("POST", "/articles", "save_article", articles.create),
    ("GET", _ARTICLE, "article", articles.show),
    ("PATCH", _ARTICLE, "correct_article", articles.correct),
    ("DELETE", _ARTICLE, "remove_article", articles.remove),
    ("POST", "/subscriptions", "subscribe", subscriptions.create),
    ("GET", _SUBSCRIPTION, "subscription", subscriptions.show),
    ("PATCH", _SUBSCRIPTION, "change_subscription", subscriptions.change),
    ("DELETE", _SUBSCRIPTION, "unsubscribe", subscriptions.end),
    ("POST", f"{_SUBSCRIPTION}/test", "test_subscription", subscriptions.ring_once),
    ("PUT", f"{_SUBSCRIPTION}/endpoint", "move_subscription", subscriptions.move),
    ("POST", "/links", "offer_link", links.offer),
    ("POST", "/links/claim", "claim_link", links.claim),
)

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
for method, path, name, view in ROUTES:
    blueprint.add_url_rule(path, name, view, methods=[method])
blueprint.after_request(uploads.discard_rest)
blueprint.after_app_request(allow_any_origin)
