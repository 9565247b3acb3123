"""What HTML of others may stay: a small whitelist, by nh3 (ammonia), and plain text out of HTML."""

from __future__ import annotations

import html as entities
import re
from urllib.parse import urljoin, urlsplit

import nh3

from newsbell.domain.text import squeeze, strip_controls

_TAGS = frozenset({
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "q", "cite",
    "pre", "code", "em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "small", "sub", "sup",
    "abbr", "bdi", "bdo", "br", "hr", "a", "figure", "figcaption", "img", "table", "caption", "thead",
    "tbody", "tfoot", "tr", "th", "td", "ruby", "rt", "rp",
})  # fmt: skip
# Dropped with all they hold; of every other unknown tag the text stays.
_DROPPED = frozenset({
    "script", "style", "template", "noscript", "iframe", "frame", "frameset", "object", "embed", "applet",
    "svg", "math", "canvas", "audio", "video", "form", "button", "input", "select", "textarea", "option",
    "head", "title",
})  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
    "li": {"id"},
    "p": {"id"},
    "dd": {"id"},
    "abbr": {"title"},
}
_LINKS = {("a", "href"): ("http", "https", "mailto"), ("img", "src"): ("http", "https")}
_MOST_PASSES = 4
_NUMBERS = frozenset({"width", "height", "colspan", "rowspan", "start"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NOTE = re.compile(r"note-[A-Za-z0-9-]{1,60}")  # what an article's own references lead to
_PARAGRAPH_ENDS = re.compile(
    r"(?i)<(?:br|hr|/(?:p|h[1-6]|li|blockquote|tr|figcaption|pre|dt|dd|div))\b[^>]*>"
)
_CELL_ENDS = re.compile(r"(?i)</t[dh]>(?=\s*<t[dh]\b)")
_MARKUP = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


def sanitise(html: str, base_url: str = "") -> str:
    """The HTML with the whitelist's tags and attributes only; sanitising it again changes nothing.

    Links are absolute http, https or mailto addresses (relative ones are resolved against `base_url`, and
    without one dropped) with rel="noopener noreferrer nofollow"; pictures have http(s) addresses.
    """
    cleaned = _cleaned(strip_controls(html), base_url)
    for _ in range(_MOST_PASSES):  # what an unknown tag kept apart may nest as no parser would read it back
        again = _cleaned(cleaned, base_url)
        if again == cleaned:
            break
        cleaned = again
    return cleaned


def _cleaned(html: str, base_url: str) -> str:
    def allowed(tag: str, attribute: str, value: str) -> str | None:
        return _attribute(tag, attribute, value, base_url)

    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=allowed,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto"},
    )
    return strip_controls(cleaned)


def absolute(link: str, base_url: str, schemes: tuple[str, ...] = ("http", "https")) -> str | None:
    """The link as an absolute address of one of the schemes, or None."""
    try:
        joined = urljoin(base_url, squeeze(link)) if base_url else squeeze(link)
        parts = urlsplit(joined)
        if parts.scheme not in schemes or not (parts.hostname or (parts.scheme == "mailto" and parts.path)):
            return None
    except ValueError:
        return None
    return joined.replace(" ", "%20")


def html_to_text(html: str) -> str:
    """The text of sanitised HTML, paragraphs parted by one line break."""
    html = _PARAGRAPH_ENDS.sub("\n", _CELL_ENDS.sub(" | ", html))
    text = entities.unescape(_MARKUP.sub("", html))
    return "\n".join(line for line in map(squeeze, text.split("\n")) if line)


def _attribute(tag: str, attribute: str, value: str, base_url: str) -> str | None:
    if attribute == "id":
        return value if _NOTE.fullmatch(value) else None
    if attribute == "href" and value.startswith("#") and _NOTE.fullmatch(value[1:]):
        return value
    if (tag, attribute) in _LINKS:
        return absolute(value, base_url, _LINKS[tag, attribute])
    if attribute in _NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) < 5 else None
    if attribute == "dir":
        return value.lower() if value.lower() in ("ltr", "rtl", "auto") else None
    if attribute == "lang":
        return value if _LANGUAGE.fullmatch(value) else None
    if attribute == "scope":
        return value if value in ("row", "col", "rowgroup", "colgroup") else None
    if attribute == "alt":
        return squeeze(value)  # an empty one says that the picture needs no words
    return squeeze(value) or None
