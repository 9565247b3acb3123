"""Topics: their names, their slugs, and which of them an article is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from newsbell.domain import text as texts
from newsbell.domain.article import TopicMention
from newsbell.domain.slugs import slugify

__all__ = [
    "MAX_NAME",
    "MAX_TOPICS",
    "MAX_UNION",
    "StoredTopic",
    "clean_name",
    "final_topics",
    "fold",
    "slugify",
]

MAX_TOPICS = 20  # of one article
MAX_UNION = 50  # joined in one feed or list; who follows more takes several
MAX_NAME = 60
MAX_WORDS = 8

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'") | dict.fromkeys("‐‑‒–—", "-"))
_EDGES = " \t\n\"“”„«»‹›‘’'`,;:|•·*_-–—/\\<>=~^"
_CODE = re.compile(
    r"""https?:|www\.|\S+@\S+\.\S+      # addresses
      | [=<>{}\[\]\\|^~]|\w_\w|\S:\S    # keys and values, markup
      | ^[0-9a-f]{8,}$                  # digests
      | ^\d+$|^(?=\S*\d)(?=\S*[a-z])[a-z0-9-]{20,}$  # bare numbers, identifiers
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?…。！？]\s+\S+\s+\S|\w{2,}[.…。]$")


@dataclass(frozen=True, kw_only=True)
class StoredTopic:
    """A stored topic. `revision` rises with each change of what it lists; `articles` counts what
    it lists, a story once.
    """

    id: int
    name: str
    slug: str
    aliases: tuple[str, ...]
    revision: int
    articles: int


@lru_cache(maxsize=131_072)
def fold(name: str) -> str:
    """The form in which names of topics compare: case, width, kinds of dash and apostrophe, and the
    hashtag's sign set aside. fold(fold(x)) == fold(x).
    """
    folded = texts.fold(texts.fold(name).translate(_APOSTROPHES))
    return folded.lstrip("# ") or folded


def clean_name(text: str) -> str | None:
    """The name as it is shown, of at most 60 characters, or None where the text can be no topic's name:
    a sentence, a code, an address, a bare number, nothing.
    """
    name = texts.squeeze(unicodedata.normalize("NFC", texts.squeeze(text))) if len(text) <= 1000 else ""
    name = name.strip(_EDGES)
    if name[:1] == "#" and name.lstrip("#").strip():
        name = name.lstrip("#").strip(_EDGES)
    if not name or len(name) > MAX_NAME or len(name.split()) > MAX_WORDS:
        return None
    if not any(unicodedata.category(character)[0] in "LNS" for character in name):
        return None
    return None if _CODE.search(name) or _is_sentence(name) else name


def _is_sentence(name: str) -> bool:
    # "U.S.", "St. Louis" and "Yahoo!" are names; "It rained." and "Rain. More of it" are not.
    return len(name.split()) > 2 and bool(_SENTENCE.search(name))


def final_topics(
    declared: Iterable[TopicMention],
    recognised: Iterable[TopicMention] = (),
    editor: Iterable[str] = (),
    *,
    names: Mapping[str, str] | None = None,
) -> tuple[TopicMention, ...]:
    """One topic for each thing meant, the editor's first, then the declared ones, surest first, at most
    MAX_TOPICS. `names` has the names of known topics by each of
    their folded names, and a mention takes the known topic's name; a topic that is both declared and
    recognised keeps the surer weight.
    """
    known = names or {}
    chosen = [
        TopicMention(name=name, origin="editor", weight=1.0) for name in map(clean_name, editor) if name
    ]
    merged: dict[str, TopicMention] = {}
    for mention in (*chosen, *declared, *recognised):
        name = known.get(fold(mention.name), mention.name)
        first = merged.setdefault(fold(name), replace(mention, name=name))
        if mention.weight > first.weight:
            merged[fold(name)] = replace(first, weight=mention.weight)
    order = {"editor": 0, "declared": 1, "recognised": 2}
    return tuple(sorted(merged.values(), key=lambda one: (order[one.origin], -one.weight)))[:MAX_TOPICS]
