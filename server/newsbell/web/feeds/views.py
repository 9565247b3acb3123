"""GET /feeds/<name> and /feeds.opml.

Each feed has one address: its slugs in order, each once and under its present name. Every other spelling
(another order, a topic that was renamed or merged) is led there by a 301, upon which feed readers change
their subscription; format and page are kept. A topic that somebody follows and that no article has yet is
an empty feed; a topic nobody knows is a 404.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

from flask import Blueprint, Response, current_app, redirect, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from newsbell.domain.topics import StoredTopic
from newsbell.services.feeds import feed_state
from newsbell.services.topics import list_topics
from newsbell.storage.database import Database
from newsbell.web.context import current
from newsbell.web.cors import any_origin
from newsbell.web.feeds import responses
from newsbell.web.feeds.cache import FeedCache
from newsbell.web.feeds.links import feed_name, page_path, read_name
from newsbell.web.feeds.opml import MEDIA_TYPE, opml_bytes
from newsbell.web.feeds.serving import Wanted, content_of, key_of
from newsbell.web.paging import read_position

MAX_OPML = 2_000
"""Topics in /feeds.opml, the first by name: a feed reader would ask for each of them."""

_CACHE = "newsbell.feeds"

blueprint = Blueprint("feeds", __name__)
blueprint.after_request(any_origin("GET", "HEAD"))


@blueprint.record
def _give_cache(state: BlueprintSetupState) -> None:
    state.app.extensions[_CACHE] = FeedCache()


@blueprint.get("/feeds/<name>")
def feed(name: str) -> AnyResponse:
    """A page of a feed. While it is as the client has it, it costs a look at revisions and no article."""
    slugs, form = read_name(name)
    wanted = Wanted(
        form=form,
        before=read_position(request.args.get("before")),
        encoding=responses.wanted_encoding(),
    )
    context = current()
    state = feed_state(context.db, slugs)
    present = [topic.slug for topic in state.topics]
    if name != feed_name(present, form):
        moved = redirect(page_path(present, form, wanted.before), 301)
        moved.headers["Cache-Control"] = "public, max-age=3600"  # a name can change back
        return moved
    etag = key_of(context, state, wanted).etag
    now = context.clock()
    if responses.is_unchanged(etag, responses.last_modified(state.changed_at, now), now):
        return responses.not_modified(etag)
    content, state = content_of(context, current_app.extensions[_CACHE], state, wanted)
    return responses.answer(
        content,
        media_type=form.media_type,
        encoding=wanted.encoding,
        etag=key_of(context, state, wanted).etag,
        modified=responses.last_modified(state.changed_at, now),
    )


@blueprint.get("/feeds.opml")
def opml() -> Response:
    """Every listed topic's feed, for a feed reader to import."""
    context = current()
    content = opml_bytes(islice(_listed(context.db), MAX_OPML), context.settings.base_url)
    encoding = responses.wanted_encoding()
    etag = hashlib.sha256(encoding.encode() + content).hexdigest()[:32]
    if responses.is_unchanged(etag, None, context.clock()):
        return responses.not_modified(etag)
    return responses.answer(
        responses.encode(content, encoding), media_type=MEDIA_TYPE, encoding=encoding, etag=etag
    )


def _listed(db: Database) -> Iterator[StoredTopic]:
    page = list_topics(db)
    yield from page.topics
    while page.next is not None:
        page = list_topics(db, after=page.next)
        yield from page.topics
