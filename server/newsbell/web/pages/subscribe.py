"""The pages on which a reader is subscribed and stops, and the service worker behind them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request

from newsbell.domain.paths import feed_path
from newsbell.domain.topics import StoredTopic, clean_name
from newsbell.services import topics as service
from newsbell.web.context import current
from newsbell.web.pages.respond import page

blueprint = Blueprint("subscribe", __name__)

_MAX_NAMED = 50
_MAX_OFFERED = 100


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A topic to tick: `value` is sent to the API. A topic nobody knows yet has no feed and no articles."""

    value: str
    name: str
    ticked: bool
    articles: int = 0
    feed: str = ""


@blueprint.get("/subscribe")
def subscribe() -> Response:
    """The topics named ticked, and those listed here to tick as well: several in `topics`, parted by commas,
    and one in each `topic`, whose name may have a comma.
    """
    keys = [*request.args.get("topics", "").split(","), *request.args.getlist("topic")]
    named, unusable = _named([key.strip() for key in keys if key.strip()][:_MAX_NAMED])
    slugs = {choice.value for choice in named}
    offered = service.list_topics(current().db, limit=_MAX_OFFERED).topics
    others = [_choice(topic, ticked=False) for topic in offered if topic.slug not in slugs]
    return page("subscribe.html", choices=[*named, *others], unusable=unusable)


def _named(keys: list[str]) -> tuple[list[Choice], list[str]]:
    """The topics meant, each once, and what can be no topic's name."""
    known = service.known_topics(current().db, keys)
    choices: dict[str, Choice] = {}
    unusable = []
    for key in keys:
        name = clean_name(key)
        if key in known:
            choices.setdefault(known[key].slug, _choice(known[key], ticked=True))
        elif name is not None:
            choices.setdefault(name, Choice(value=name, name=name, ticked=True))
        else:
            unusable.append(key[:80])
    return list(choices.values()), unusable


def _choice(topic: StoredTopic, *, ticked: bool) -> Choice:
    return Choice(
        value=topic.slug,
        name=topic.name,
        ticked=ticked,
        articles=topic.articles,
        feed=feed_path([topic.slug], "rss"),
    )


@blueprint.get("/subscription")
def subscription() -> Response:
    """The same for everybody: what a browser follows is asked by its own script, with its own token."""
    return page("subscription.html")


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """At the root, so that its scope is the whole site; asked for again each time, so that a new release
    takes over (Service Workers section 6.1.1).
    """
    response = current_app.send_static_file("sw.js")
    response.headers["Cache-Control"] = "no-cache"
    return response
