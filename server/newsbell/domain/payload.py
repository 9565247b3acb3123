"""The words of a notification, in the declarative form of Web Push.

The form (`{"web_push": 8030, "notification": {…}}`, W3C Push API, "declarative push message") is shown by
Safari without a service worker, and by ours elsewhere. The length is bounded because a push service may
refuse more than 4096 bytes of ciphertext (RFC 8030 section 7.2), and because Apple's and some older
services take less; 2,700 bytes of plain text pass everywhere.
"""

from __future__ import annotations

import json
from typing import Any

from newsbell.domain.article import Article
from newsbell.domain.language import direction
from newsbell.domain.original import original_url
from newsbell.domain.paths import article_path

MAX_PAYLOAD = 2_700
_MAX_TITLE = 160
_MAX_BODY = 240
_MAX_SITE = 60
ICON = "/static/icons/icon-192.png"


def alert_payload(article: Article, base_url: str) -> bytes:
    """The message that rings for an article: its title, where it is from, and where a click leads.

    Its `data` names the article as the JSON Feed does (`id`, `date_published`, `external_url`), so that
    whoever shows it can list it as unread without asking for the feed, which would tell that it came.
    """
    summary = shorten(article.summary or article.body_text.partition("\n")[0], _MAX_BODY)
    # The site comes first, because Firefox shows only the first 200 characters.
    body = "\n".join(part for part in (shorten(article.site_name, _MAX_SITE), summary) if part)
    return _encode(
        title=shorten(article.title, _MAX_TITLE),
        body=body,
        navigate=base_url + article_path(article),
        tag=story_tag(article.story_id),
        lang=article.language,
        icon=base_url + ICON,
        data={
            "id": article.uuid.urn,
            "date_published": article.sort_at.replace(microsecond=0).isoformat(),
            "external_url": original_url(article),
        },
    )


def preview_payload(base_url: str) -> bytes:
    """The message of "send myself a test"."""
    return _encode(
        title="Newsbell can reach you",
        body="This is the test you asked for. Stories on your topics will look like this.",
        navigate=base_url + "/subscription",
        tag="newsbell-test",
        lang="en",
        icon=base_url + ICON,
    )


def story_tag(story_id: int) -> str:
    """The notification's `tag` and the push `Topic` (RFC 8030 section 5.4: at most 32 base64url
    characters): a repeat of the same story replaces the first instead of ringing beside it.
    """
    return f"story-{story_id}"


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut between words where that keeps most of it."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:–—-") + "…"


def _encode(
    *,
    title: str,
    body: str,
    navigate: str,
    tag: str,
    lang: str,
    icon: str,
    data: dict[str, str] | None = None,
) -> bytes:
    notification: dict[str, Any] = {
        "title": title,
        "body": body,
        "navigate": navigate,
        "tag": tag,
        "dir": direction(lang),
        "icon": icon,
    }
    if lang:
        notification["lang"] = lang
    if data:
        notification["data"] = data
    while True:
        payload = json.dumps(
            {"web_push": 8030, "notification": notification}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        if len(payload) <= MAX_PAYLOAD:
            return payload
        if data and data.pop("external_url", ""):
            continue  # the feed has it; the words are what the reader sees
        if not notification["body"]:
            return payload
        # Scripts of three or four bytes a character can pass the bound: give up half of the body.
        notification["body"] = (
            shorten(notification["body"], max(2, len(notification["body"]) // 2))
            if len(notification["body"]) > 8
            else ""
        )
