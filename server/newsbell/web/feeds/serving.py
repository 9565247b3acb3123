"""The bytes of a page of a feed: from the cache, or read, rendered, encoded and kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from newsbell.domain.article import Position
from newsbell.services import media
from newsbell.services.feeds import FeedState, feed_page
from newsbell.web import limits
from newsbell.web.context import Context
from newsbell.web.feeds.cache import FeedCache, FeedKey
from newsbell.web.feeds.document import FeedFormat
from newsbell.web.feeds.entries import EntryRules
from newsbell.web.feeds.pages import document_of
from newsbell.web.feeds.render import render
from newsbell.web.feeds.responses import encode
from newsbell.web.paging import position_text

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a request asks of a feed: its format, the page `before` a place (None: the first), the coding."""

    form: FeedFormat
    before: Position | None
    encoding: str


def key_of(context: Context, state: FeedState, wanted: Wanted, encoding: str | None = None) -> FeedKey:
    """What the bytes asked for depend on, the feed being in that state."""
    return FeedKey(
        topics=tuple((topic.id, topic.revision) for topic in state.topics),
        revision=state.revision,
        form=wanted.form,
        before=position_text(wanted.before) if wanted.before else "",
        base_url=context.settings.base_url,
        full_text=context.settings.full_text,
        pictures=hashlib.sha256(context.media_key).hexdigest()[:16],
        encoding=encoding or wanted.encoding,
    )


def content_of(
    context: Context, cache: FeedCache, state: FeedState, wanted: Wanted
) -> tuple[bytes, FeedState]:
    """The bytes asked for, and the state of the feed they show: a later one than the state given, where
    something changed since.
    """
    kept = cache.get(key_of(context, state, wanted))
    if kept is not None:
        return kept, state
    with cache.turn(key_of(context, state, wanted, "identity")):
        return _made(context, cache, state, wanted)


def _made(context: Context, cache: FeedCache, state: FeedState, wanted: Wanted) -> tuple[bytes, FeedState]:
    kept = cache.get(key_of(context, state, wanted))
    if kept is not None:
        return kept, state
    plain, stands = cache.get(key_of(context, state, wanted, "identity")), True
    if plain is None:
        plain, state, stands = _rendered(context, state, wanted)
        # A page at a place that somebody made up is asked for by nobody else, and would push out others.
        if stands:
            cache.put(key_of(context, state, wanted, "identity"), plain)
    if wanted.encoding == "identity":
        return plain, state
    encoded = encode(plain, wanted.encoding)
    if stands:
        cache.put(key_of(context, state, wanted), encoded)
    return encoded, state


@limits.rendering
def _rendered(context: Context, state: FeedState, wanted: Wanted) -> tuple[bytes, FeedState, bool]:
    slugs = [topic.slug for topic in state.topics]
    page = feed_page(context.db, slugs, before=wanted.before, limit=PER_PAGE)
    document = document_of(page, form=wanted.form, before=wanted.before, rules=_rules(context))
    return render(document, wanted.form), page.state, page.stands


def _rules(context: Context) -> EntryRules:
    origin, secret = context.settings.base_url, context.media_key

    def picture_url(url: str) -> str:
        own = url.startswith(origin + "/")
        return url if own else media.media_address(secret, url, base=origin)

    def rewrite(html: str) -> str:
        return media.rewrite_pictures(html, base=origin, secret=secret, own_origin=origin)

    return EntryRules(
        base_url=origin, full_text=context.settings.full_text, picture_url=picture_url, rewrite=rewrite
    )
