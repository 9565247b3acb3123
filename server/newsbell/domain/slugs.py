"""Slugs: a topic's name as it stands in addresses. Letters of every script stay letters."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from newsbell.domain.text import fold

MAX_SLUG = 80
RESERVED = frozenset({"all"})  # /feeds/all.rss is every article

# Symbols that tell one name from another: C++ and C#, .NET and Net.
_SPOKEN = {
    "+": "plus",
    "#": "sharp",
    "&": "and",
    "@": "at",
    "%": "percent",
    "$": "dollar",
    "€": "euro",
    "*": "star",
}
_LEADING_DOT = re.compile(r"(?<!\S)\.(?=\w)")
_HASHTAG = re.compile(r"^#+(?=\w)")


def slugify(name: str) -> str:
    """The slug of a name: 1 to 80 letters, marks, digits and single hyphens. A slug is its own slug.

    Never "all" and never empty; no "+", ",", "/" or "." (feeds join topics by "+" and end in ".rss").
    Names that differ only in what a slug leaves out ("a b", "a-b") share one; storage numbers the second.
    """
    folded = _LEADING_DOT.sub("dot ", _HASHTAG.sub("", fold(name)))
    slug = _joined("".join(_slug_character(character) for character in folded))
    if not slug:
        slug = _joined(" ".join(_character_name(character) for character in folded))
    slug = slug or "topic-" + _digest(folded)
    if slug in RESERVED:
        slug = "topic-" + slug
    return slug if len(slug) <= MAX_SLUG else _cut(slug)


def _slug_character(character: str) -> str:
    if character in _SPOKEN:
        return f" {_SPOKEN[character]} "
    if character in "'’ʼ":  # an apostrophe parts no word: "women's" is one
        return ""
    return character if unicodedata.category(character)[0] in "LNM" else " "


def _joined(text: str) -> str:
    words = (_without_loose_marks(word) for word in text.split())
    return unicodedata.normalize("NFC", "-".join(word for word in words if word))


def _without_loose_marks(word: str) -> str:
    """A mark needs a letter before it; one at the start of a word would hang on the hyphen."""
    start = next(
        (at for at, character in enumerate(word) if unicodedata.category(character)[0] != "M"), len(word)
    )
    return word[start:]


def _character_name(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    return re.sub(r"[^a-z0-9]+", " ", name)


def _cut(slug: str) -> str:
    """Two long names that begin alike must not meet in one slug, so the end is a digest of the whole."""
    digest = _digest(slug)
    head = slug[: MAX_SLUG - len(digest) - 1].rstrip("-")
    return f"{head}-{digest}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
