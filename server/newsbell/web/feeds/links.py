"""Addresses of feeds: read from a request, written for pages, and led to the one form each feed has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsbell.domain.article import Position
from newsbell.domain.paths import feed_path
from newsbell.domain.topics import MAX_UNION
from newsbell.errors import NotFoundError, RefusedError
from newsbell.web.feeds.document import FeedFormat
from newsbell.web.paging import position_text

_NAMES = {FeedFormat.RSS: "RSS", FeedFormat.ATOM: "Atom", FeedFormat.JSON: "JSON Feed"}


@dataclass(frozen=True, kw_only=True)
class FeedLink:
    """A link of a page to a feed: the attributes of <link> and of the Link header (RFC 8288)."""

    rel: str
    type: str
    title: str
    href: str


def feed_links(base_url: str, slugs: Sequence[str], title: str) -> tuple[FeedLink, ...]:
    """What a page says in its head so that feed readers find its feeds: one link a format, RSS first.
    No slugs: every article. `base_url` "" gives addresses relative to the host.
    """
    return tuple(
        FeedLink(
            rel="alternate",
            type=form.media_type,
            title=f"{title} ({_NAMES[form]})",
            href=base_url + feed_path(sorted(set(slugs)), form),
        )
        for form in FeedFormat
    )


def page_path(slugs: Sequence[str], form: FeedFormat, before: Position | None = None) -> str:
    """The path of a page of a feed."""
    path = feed_path(slugs, form)
    return f"{path}?before={position_text(before)}" if before else path


def read_name(name: str) -> tuple[tuple[str, ...], FeedFormat]:
    """The slugs (none: every article) and the format of "russia+ukraine.rss".

    `NotFoundError` for another ending, `RefusedError` for more topics than a feed joins.
    """
    joined, _, ending = name.rpartition(".")
    if ending not in set(FeedFormat):
        raise NotFoundError("Feeds end in .rss, .atom or .json.", code="feed_not_found")
    if joined == "all":
        return (), FeedFormat(ending)
    slugs = tuple(dict.fromkeys(joined.split("+")))
    if len(slugs) > MAX_UNION:
        raise RefusedError(f"A feed joins at most {MAX_UNION} topics.", code="too_many_topics")
    return slugs, FeedFormat(ending)


def feed_name(slugs: Sequence[str], form: FeedFormat) -> str:
    """The one name of a feed, as `read_name` takes it: slugs in order, each once."""
    return f"{'+'.join(slugs) or 'all'}.{form}"
