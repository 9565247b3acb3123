"""Entries of a feed, made from stored articles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from newsbell.domain.article import Article, Picture
from newsbell.domain.language import direction
from newsbell.domain.lead_picture import lead_stands_in_body
from newsbell.domain.original import CUT_OFF, original_url, web_host
from newsbell.domain.paths import article_path, topic_path
from newsbell.domain.payload import shorten, story_tag
from newsbell.domain.text import squeeze, strip_controls
from newsbell.web.feeds.document import FeedEntry, FeedPicture, FeedTopic

MAX_SUMMARY = 400
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # RFC 5646 section 2.1, near enough


@dataclass(frozen=True, kw_only=True)
class EntryRules:
    """What an entry depends on beside its article.

    `picture_url` gives the absolute address under which we serve a picture; `rewrite` gives HTML in which
    every picture has such an address. `full_text` False gives out summary and link only.
    """

    base_url: str
    full_text: bool
    picture_url: Callable[[str], str]
    rewrite: Callable[[str], str]


def entry_of(article: Article, rules: EntryRules) -> FeedEntry:
    """The entry of an article. Control characters are taken out once more: one would fail a whole feed."""
    language = article.language if _LANGUAGE_TAG.fullmatch(article.language) else ""
    summary = article.summary or shorten(article.body_text[: 4 * MAX_SUMMARY], MAX_SUMMARY)
    address = original_url(article)
    return FeedEntry(
        id=article.uuid.urn,
        story=story_tag(article.story_id),
        url=rules.base_url + article_path(article),
        original_url=address,
        title=squeeze(article.title) or address or article.uuid.urn,
        summary=squeeze(summary),
        content_html=_content(article, language, rules) if rules.full_text else None,
        authors=_names(article.byline),
        site_name=squeeze(article.site_name),
        language=language,
        topics=tuple(
            FeedTopic(name=squeeze(topic.name), slug=topic.slug, url=rules.base_url + topic_path(topic.slug))
            for topic in article.topics
        ),
        picture=_picture(article.lead_image, rules),
        published=article.sort_at.replace(microsecond=0),
        updated=max(article.updated_at, article.sort_at).replace(microsecond=0),
    )


def _names(byline: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in map(squeeze, byline) if name))


def _picture(picture: Picture | None, rules: EntryRules) -> FeedPicture | None:
    if picture is None:
        return None
    return FeedPicture(
        url=strip_controls(rules.picture_url(picture.url)),
        caption=squeeze(picture.caption),
        credit=squeeze(picture.credit),
    )


def _content(article: Article, language: str, rules: EntryRules) -> str | None:
    """Where it is from, the lead picture unless the text has it, then the text, then its other homes."""
    body = strip_controls(article.body_html)
    if not body.strip():
        return None
    before, after = _origin(article) + _figure(article, rules), _cut_off(article) + _homes(article)
    text = strip_controls(before) + rules.rewrite(body) + strip_controls(after)
    if not language:
        return text
    return f'<div lang="{language}" dir="{direction(language)}">{text}</div>'


def _origin(article: Article) -> str:
    address = original_url(article)
    site = escape(article.site_name or web_host(address))
    source = f'<a href="{escape(address)}">{site}</a>' if address else site
    line = " · ".join(part for part in (source, escape(", ".join(_names(article.byline)))) if part)
    return f"<p>{line}</p>" if line else ""


def _cut_off(article: Article) -> str:
    return f'<p lang="en" dir="ltr"><em>{CUT_OFF}</em></p>' if article.cut_off else ""


def _homes(article: Article) -> str:
    """Where else the story is: a story stands in a feed once."""
    links = [
        f'<a href="{escape(home.url)}">{escape(home.site_name or host)}</a>'
        for home in article.also_at
        if (host := web_host(home.url))
    ]
    return f'<p lang="en" dir="ltr">Also at {", ".join(links)}</p>' if links else ""


def _figure(article: Article, rules: EntryRules) -> str:
    picture = article.lead_image
    if picture is None or lead_stands_in_body(article):
        return ""
    caption = escape(" · ".join(part for part in (picture.caption, picture.credit) if part))
    image = f'<img src="{escape(rules.picture_url(picture.url))}" alt="{escape(picture.caption)}">'
    return f"<figure>{image}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"
