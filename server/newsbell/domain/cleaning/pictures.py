"""Pictures: which address an image really has, and its caption and credit."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from newsbell.domain.article import Picture
from newsbell.domain.cleaning import vocabulary
from newsbell.domain.cleaning.embeds import is_tracker
from newsbell.domain.cleaning.sanitise import absolute
from newsbell.domain.text import squeeze

_SOURCES = (
    "data-src", "data-original", "data-lazy-src", "data-full-src", "data-hi-res-src", "data-large-file",
    "data-orig-file", "data-lazy", "data-lazyload", "data-echo", "data-flickity-lazyload", "data-imgix-src",
    "data-img-src", "data-url", "data-image", "src",
)  # fmt: skip
_SOURCE_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set", "data-lazy-load-srcset")
# An address that stands for the picture until the real one is there: a few pixels wide, or blurred.
_STAND_IN = re.compile(
    r"[?&/,](?:w|width|resize|rw)[=_:-]?\d{1,2}(?:\D|$)|blur|lqip|[-_/]\d{2}x\d{1,2}[._]"
    r"|[-_/]\d{2}(?:w|px)?\.(?:jpe?g|png|webp)",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"(?:^|/)(?:count(?:er)?|hit|beacon|track(?:ing)?|tr|impression|view)(?:\.gif|\.png|/?$)"
)
_ICON_CLASS = re.compile(
    r"(?:^|[\s_-])(?:icon|avatar|logo|emoji|smiley|wp-smiley|badge|gravatar)(?:$|[\s_-])"
)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NO_ALT = re.compile(
    r"^(?:image|img|photo|picture|foto|bild|imagen|immagine|afbeelding|zdjęcie)?[\s_-]*\d*$|^\S+\.\w{3,4}$|^[\w-]*\d{4,}\w*$"
    r"|^\w+(?:[-_]\w+){3,}$",
    re.IGNORECASE,
)
_DECORATION = re.compile(
    r"(?:^|[/_.-])(?:logos?|icons?|avatars?|sprite|spacer|pixel|blank|placeholder|1x1|tracking|badge|button|emoji"
    r"|gravatar)(?:[/_.-]|\d*\.\w+$)|(?-i:(?<=[a-z])(?:Icon|Logo|Avatar))\d*\.\w+$",
    re.IGNORECASE,
)
_CREDIT_NAMES = re.compile(r"credit|copyright|photographer|agency|source|author|attribution", re.IGNORECASE)
_CREDIT_END = re.compile(
    rf"(?:^|[\s.|/(\[])\(?(?:(?:{vocabulary.CREDIT})\s*[:：]|©)\s*(?P<name>[^()]{{2,120}})\)?\s*\.?$",
    re.IGNORECASE,
)
_BRACKETED_END = re.compile(
    r"[(\[](?P<name>[^()\[\]]{2,80}(?:/| via |photo|reuters|getty|afp|foto|images)[^()\[\]]{0,80})"
    r"[)\]]\s*\.?$",
    re.IGNORECASE,
)
_LEADING_LABEL = re.compile(rf"^[(\[]?(?:{vocabulary.CREDIT})?\s*[:：©|-]+\s*", re.IGNORECASE)
_COUNTED = re.compile(r"^(?:\[\d{1,3}/\d{1,3}\]|\(\d{1,3}/\d{1,3}\))\s*")  # "[1/5]" of a gallery
_CANDIDATE = re.compile(r"(\S+?)(?:\s+([\d.]+)([wx]))?\s*(?:,\s+|,(?=https?:|/)|$)")
_MIN_SIDE = 100
_WIDTH = "800"  # for addresses in which a script sets it
_LONGEST_SET = 4_000
_MAX_CAPTION = 1_000


def picture_of(element: Any, base_url: str) -> Picture | None:
    """The picture of an img or picture element, without words; None for icons, logos and pixels."""
    image = element if element.tag in ("img", "amp-img") else element.find(".//img")
    if image is None or _is_small(image) or _is_marked(image):
        return None
    url = _best_source(image, element, base_url)
    if not url or is_decoration(url) or is_tracker(url) or _COUNTER.search(urlsplit(url).path.lower()):
        return None
    return Picture(url=url, alt=_alt(image))


def figure_of(figure: Any, base_url: str) -> Picture | None:
    """The picture of a figure element with its caption and credit; None if it holds no picture."""
    for image in figure.iter("picture", "img", "amp-img"):
        found = picture_of(image, base_url)
        if found is not None:
            caption, credit = _words_of(figure)
            return replace(found, caption=caption, credit=credit)
    return None


def split_caption(text: str) -> tuple[str, str]:
    """A caption's text as (caption, credit), where it names its source at the end."""
    text = _COUNTED.sub("", squeeze(text)[:_MAX_CAPTION])
    for pattern in (_CREDIT_END, _BRACKETED_END):
        found = pattern.search(text)
        if found:
            return text[: found.start()].strip(" |/–-"), clean_credit(found["name"])
    return text, ""


def clean_credit(text: str) -> str:
    """A credit without its label: "Photo: Ada Example" is "Ada Example"."""
    text = squeeze(text).strip(" ()[]|")
    return _LEADING_LABEL.sub("", text).strip(" ()[]|.:") or text


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses show one picture in two sizes: equal paths, or an equal long name or number."""
    return bool(keys_of(one) & keys_of(other))


def is_decoration(url: str) -> bool:
    path = urlsplit(url).path
    return bool(_DECORATION.search(path)) or path.lower().endswith((".svg", ".ico"))


def keys_of(url: str) -> set[str]:
    """What two addresses of one picture share at least one of."""
    decoded = unquote(unquote(url))
    path = urlsplit(decoded).path
    name = re.sub(r"\.\w{3,4}$", "", path.rpartition("/")[2])
    numbers = {
        token for token in re.findall(r"[A-Za-z0-9]{8,}", decoded) if len(re.findall(r"\d", token)) >= 4
    }
    telling = len(name) >= 12 or len(re.findall(r"\d", name)) >= 5
    return {path, *([name] if telling else []), *numbers} - {"", "/"}


def _words_of(figure: Any) -> tuple[str, str]:
    caption = figure.find(".//figcaption")
    holder = caption if caption is not None else figure
    credited = [
        element
        for element in holder.iter()
        if isinstance(element.tag, str) and element is not holder
        and _CREDIT_NAMES.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}")
        and 0 < len(squeeze(element.text_content())) <= 200
    ]  # fmt: skip
    whole = _visible_text(holder)
    if not credited:
        return split_caption(whole)
    credit = squeeze(credited[-1].text_content())
    at = whole.rfind(credit)
    rest = (whole[:at] + whole[at + len(credit) :]) if at >= 0 else whole
    return squeeze(rest).strip(" |/–-")[:_MAX_CAPTION], clean_credit(credit)


def _visible_text(element: Any) -> str:
    parts = element.xpath(
        ".//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::button)]"
    )
    return squeeze(" ".join(str(part) for part in parts)).replace(" .", ".").replace(" ,", ",")


def _is_small(image: Any) -> bool:
    sides = [re.match(r"\d+", squeeze(image.get(side) or "")) for side in ("width", "height")]
    return any(side is not None and int(side[0][:6]) < _MIN_SIDE for side in sides)


def _is_marked(image: Any) -> bool:
    """Whether a picture is named an icon, or is not shown."""
    return bool(
        _ICON_CLASS.search((image.get("class") or "").lower()) or _UNSEEN.search(image.get("style") or "")
    )


def _alt(image: Any) -> str:
    """What the page says the picture shows; a file's name says nothing."""
    alt = squeeze(image.get("alt") or "")[:_MAX_CAPTION]
    return "" if _NO_ALT.match(alt) else alt


def _best_source(image: Any, element: Any, base_url: str) -> str | None:
    stand_in = None
    for name in _SOURCES:
        link = (image.get(name) or "").replace("{width}", _WIDTH)
        url = absolute(link, base_url) if link else None
        if url and not is_decoration(url):
            if not _STAND_IN.search(url.partition("://")[2].partition("/")[2]):
                return url
            stand_in = stand_in or url
    return _from_sets(image, element, base_url) or stand_in


def _from_sets(image: Any, element: Any, base_url: str) -> str | None:
    holders = [image, *(element.iter("source") if element is not image else ())]
    sets = [holder.get(name) for holder in holders for name in _SOURCE_SETS if holder.get(name)]
    return next((url for text in sets if (url := _largest(text, base_url))), None)


def _largest(source_set: str, base_url: str) -> str | None:
    """The widest candidate of a srcset (HTML section 4.8.4.2.1)."""
    found = [
        (float(size.strip(".") or 1) if size.count(".") < 2 else 1.0, url)
        for url, size, _ in _CANDIDATE.findall(source_set[:_LONGEST_SET])
    ]
    ordered = sorted(found, key=lambda pair: -pair[0])
    return next((url for _, link in ordered if (url := absolute(link, base_url))), None)
