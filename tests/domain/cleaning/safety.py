"""What must hold of everything that cleaning gives, whatever the page was."""

from __future__ import annotations

import re
from typing import Any

import lxml.html

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import sanitise

_DANGEROUS = frozenset({
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "form",
    "input", "button", "select", "textarea", "meta", "base", "link", "template", "noscript", "video",
    "audio", "portal",
})  # fmt: skip
_LINKS = ("href", "src", "action", "formaction", "data", "poster", "srcset")
_ADDRESS = re.compile(r"https?://|mailto:|#note-[A-Za-z0-9-]{1,60}$")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def dangers(html: str) -> list[str]:
    """Elements and attributes that could run, load a frame, send a form or lead to no web address."""
    found: list[str] = []
    parts: list[Any] = list(lxml.html.fragments_fromstring(html)) if html.strip() else []
    for part in parts:
        if isinstance(part, str):
            continue
        for element in part.iter():
            if not isinstance(element.tag, str) or element.tag in _DANGEROUS:
                found.append(str(element.tag))
                continue
            found += [
                f"{element.tag} {name}={value}"
                for name, value in element.attrib.items()
                if name.startswith("on") or name == "style" or (name in _LINKS and not _ADDRESS.match(value))
            ]
    return found


def check(article: CleanArticle, base_url: str = "") -> None:
    """Raise AssertionError where an article breaks a promise."""
    assert dangers(article.body_html) == []
    assert sanitise(article.body_html, base_url) == article.body_html, (
        "cleaning a cleaned body changes nothing"
    )
    shown = (article.title, article.summary, article.body_text, article.body_html, *article.byline)
    assert not _CONTROLS.search("".join((*shown, *(topic.name for topic in article.topics))))
    for address in (article.url, article.canonical_url, article.lead_image.url if article.lead_image else ""):
        assert not address or _ADDRESS.match(address), address
