"""Topics: their names, their slugs, and which of them an article is about."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from newsbell.domain import text as texts
from newsbell.domain.article import CleanArticle, TopicMention
from newsbell.domain.phrases import Phrases
from newsbell.domain.slugs import slugify

__all__ = [
    "MAX_NAME",
    "MAX_TOPICS",
    "MAX_UNION",
    "StoredTopic",
    "clean_name",
    "final_topics",
    "fold",
    "recognise",
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


def recognise(article: CleanArticle, known: Sequence[StoredTopic]) -> tuple[TopicMention, ...]:
    """The known topics the article is about, surest first, at most MAX_TOPICS.

    A mention in the title or the standfirst is enough; one in the first paragraph needs another beside
    it; deep in the text it takes four. Words are matched whole, whatever their script, and names in
    capitals (WHO, US) only in capitals.
    """
    phrases = Phrases(
        (name, number) for number, topic in enumerate(known) for name in (topic.name, *topic.aliases)
    )
    lead, body = _lead_and_body(article)
    in_title, in_summary, in_lead = (
        set(phrases.find(text)) for text in (article.title, article.summary, lead)
    )
    counts = Counter(phrases.find(body))
    weights = {
        number: 0.6 * (number in in_title) + 0.45 * (number in in_summary) + 0.2 * (number in in_lead)
        + 0.1 * min(counts[number], 5)
        for number in in_title | in_summary | in_lead | counts.keys()
    }  # fmt: skip
    sure = sorted((-weight, number) for number, weight in weights.items() if weight > 0.39)
    return tuple(
        TopicMention(name=known[number].name, origin="recognised", weight=round(min(-weight, 1.0), 2))
        for weight, number in sure[:MAX_TOPICS]
    )


def _lead_and_body(article: CleanArticle) -> tuple[str, str]:
    """The first paragraph that is not the standfirst, and all paragraphs but the standfirst."""
    paragraphs = article.body_text.split("\n")
    if article.summary and texts.fold(paragraphs[0]) == texts.fold(article.summary):
        paragraphs = paragraphs[1:]
    return "".join(paragraphs[:1]), "\n".join(paragraphs)


def final_topics(
    declared: Iterable[TopicMention],
    recognised: Iterable[TopicMention] = (),
    editor: Iterable[str] = (),
    *,
    known: Sequence[StoredTopic] = (),
) -> tuple[TopicMention, ...]:
    """One topic for each thing meant, the editor's first, then the declared ones, surest first, at most
    MAX_TOPICS. A name or alias in `known` takes the known topic's name; a topic that is both declared and
    recognised keeps the surer weight.
    """
    names = {fold(name): topic.name for topic in known for name in (*topic.aliases, topic.name)}
    chosen = [
        TopicMention(name=name, origin="editor", weight=1.0) for name in map(clean_name, editor) if name
    ]
    merged: dict[str, TopicMention] = {}
    for mention in (*chosen, *declared, *recognised):
        name = names.get(fold(mention.name), mention.name)
        first = merged.setdefault(fold(name), replace(mention, name=name))
        if mention.weight > first.weight:
            merged[fold(name)] = replace(first, weight=mention.weight)
    order = {"editor": 0, "declared": 1, "recognised": 2}
    return tuple(sorted(merged.values(), key=lambda one: (order[one.origin], -one.weight)))[:MAX_TOPICS]
