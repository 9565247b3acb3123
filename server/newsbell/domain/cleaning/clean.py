"""clean(): from a page to an article."""

from __future__ import annotations

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import declared_topics
from newsbell.domain.cleaning.body import Body, read_body
from newsbell.domain.cleaning.detecting import detected_language
from newsbell.domain.cleaning.lead_image import lead_image
from newsbell.domain.cleaning.metadata import Metadata, read_metadata
from newsbell.domain.cleaning.page import parse_page
from newsbell.domain.cleaning.people import byline_of, is_unsigned
from newsbell.domain.cleaning.plain import clean_text
from newsbell.domain.cleaning.removals import Removals
from newsbell.domain.cleaning.render import to_html, to_text
from newsbell.domain.cleaning.source import read_source
from newsbell.domain.cleaning.worth import first_words
from newsbell.domain.identity import canonical_url, normalise_url


def clean(source: str | bytes, url: str = "", *, content_type: str | None = None) -> CleanArticle:
    """The article of a page, HTML or plain text, found at `url` ("" where that is not known).

    `content_type` is the HTTP header's value, if there was one; without it the content tells. Nothing is
    fetched. Raises TooLargeError, UnsupportedTypeError, MalformedError ("bad_encoding", "bad_url") or
    RefusedError ("empty", "no_article").
    """
    address = normalise_url(url) if url else ""
    content = read_source(source, content_type)
    return clean_html(content.text, address) if content.is_html else clean_text(content.text, address)


def clean_html(text: str, url: str = "") -> CleanArticle:
    """The article of an HTML page; `url` normalised or ""."""
    page = parse_page(text, url)
    metadata = read_metadata(page)
    byline = byline_of(page, metadata.site_name)
    removals = Removals()
    if page.dropped_links:
        removals.add("index of links", f"{page.dropped_links} links")
    body = read_body(page, metadata, byline, removals)
    if body.signed and is_unsigned(byline, page, metadata.site_name):
        byline = body.signed
    body_text = to_text(body.blocks)
    return CleanArticle(
        url=page.url,
        canonical_url=canonical_url(page.url, page.canonical()),
        title=metadata.title or first_words(body_text),
        summary=_summary(body, metadata),
        byline=byline,
        body_html=to_html(body.blocks, page.base_url),
        body_text=body_text,
        lead_image=lead_image(page, body),
        site_name=metadata.site_name,
        language=metadata.language or detected_language(body_text),
        published_at=metadata.published_at,
        modified_at=metadata.modified_at,
        topics=declared_topics.declared_topics(page, metadata, body_text, body.topic_lines, byline),
        removals=removals.listed(),
        cut_off=body.cut_off,
    )


def _summary(body: Body, metadata: Metadata) -> str:
    if body.standfirst:
        return body.standfirst
    if metadata.descriptions:
        return metadata.descriptions[0]
    return next((block.text for block in body.blocks if block.kind == "p"), "")[:1_000]
