"""Which declared names are topics of the article, and how sure that is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from newsbell.domain.article import TopicMention
from newsbell.domain.cleaning import vocabulary
from newsbell.domain.cleaning.values import plain_text
from newsbell.domain.topics import MAX_TOPICS, clean_name, fold

_WEIGHTS = {
    "keywords": 50,
    "about": 40,
    "news_keywords": 50,
    "meta": 40,
    "tags": 50,
    "links": 40,
    "line": 70,
    "section": 30,
}
_HELD = 30  # where the article's text has the name
_ENOUGH = 0.3  # of the surest topic's weight, where several places name topics
_RUN = 3  # names
_KEYED = re.compile(r"^(?P<key>[\w .-]{1,25})\s*[:=]\s*(?P<value>.+)$")
_TELLING_KEY = re.compile(
    r"tag|topic|keyword|subject|person|people|place|locat|organi|thema|token|entit", re.IGNORECASE
)
_PATH = re.compile(r"^(?P<kind>[a-z_-]+)/(?P<value>[^/]+)$")
_SLUG = re.compile(r"^[a-z0-9]+(?:[-_][a-z0-9]+)+$")
_COUNTED = re.compile(r"^\(\d+\)\s*(?=\S)")
_HOST = re.compile(r"^(?:[\w-]+\.)+(?:com|org|net|info|[a-z]{2})$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\d{4,}\D|\D\d{5,}|^[a-z]{1,4}\d+$|[a-f0-9]{8}-|^[a-z]+[A-Z]\w*[A-Z]", re.ASCII)
_CAPITALS = re.compile(r"^[A-Z0-9]{2,8}$")


def weigh(
    sources: Mapping[str, Iterable[str]],
    *,
    text: str,
    sections: Collection[str] = (),
    refused: Collection[str] = (),
) -> tuple[TopicMention, ...]:
    """The topics among the names each source gives, surest first, at most MAX_TOPICS.

    `text` is title and body; `sections` and `refused` are folded names: sections count half, refused ones
    not at all. Out are codes, addresses, what every page of a site carries, and the title's own words.
    """
    folded, title = fold(text), fold(text.partition("\n")[0])
    out = {*refused, *vocabulary.NOT_TOPICS, ""}
    cleaned = {source: _cleaned(names, title, folded, out) for source, names in sources.items()}
    believed = {
        source: names for source, names in cleaned.items() if names and not _of_site(names, cleaned, folded)
    }
    shown: dict[str, str] = {}
    votes: Counter[str] = Counter()
    for source, names in believed.items():
        for key, name in names.items():
            shown[key] = _nicer(shown.get(key, name), name)
            votes[key] += _WEIGHTS[source]
    shown = _without_runs(shown)
    weights = {key: _weight(key, votes[key], folded, sections) for key in shown}
    least = _ENOUGH * min(1.0, max(weights.values(), default=0.0)) if len(believed) > 1 else 0.0
    found = [
        TopicMention(name=shown[key], origin="declared", weight=round(min(1.0, weight), 2))
        for key, weight in weights.items()
        if weight >= least
    ]
    return tuple(sorted(found, key=lambda topic: -topic.weight))[:MAX_TOPICS]


def _cleaned(names: Iterable[str], title: str, folded_text: str, out: Collection[str]) -> dict[str, str]:
    """A source's names by their folded form, in order."""
    given = list(dict.fromkeys(name for name in map(_name, names) if name))
    given = _without_codes(_without_title_words(given, title))
    found: dict[str, str] = {}
    for name in given:
        is_slug = _SLUG.match(name) and fold(name) not in folded_text
        shown = re.sub(r"[-_]", " ", name) if is_slug else name
        if fold(shown) not in out and not _is_headline(fold(shown), title):
            found.setdefault(fold(shown), shown)
    return found


def _name(raw: str) -> str | None:
    text = _COUNTED.sub("", plain_text(raw)) if len(raw) <= 1_000 else ""
    if text.startswith("_"):
        return None
    if keyed := _KEYED.match(text):
        text = keyed["value"] if _TELLING_KEY.search(keyed["key"]) else ""
    if path := _PATH.match(text):
        text = path["value"] if _TELLING_KEY.search(path["kind"]) else ""
    if _HOST.match(text) or (" " not in text and _IDENTIFIER.search(text)):
        return None
    return clean_name(text)


def _without_codes(names: list[str]) -> list[str]:
    """A desk's codes come in crowds: AER, AERO, INDS. One name in capitals is a name: NATO."""
    codes = [name for name in names if _CAPITALS.match(name)]
    return (
        [name for name in names if name not in codes]
        if len(codes) >= 5 and 2 * len(codes) > len(names)
        else names
    )


def _without_title_words(names: list[str], title: str) -> list[str]:
    """Some sites cut their headline, or the address made of it, into words and call them keywords."""
    words = set(re.findall(r"\w+", f"{title} {_unmarked(title)}"))
    cut = [name for name in names if name.islower() and name.isalnum() and name in words]
    return (
        [name for name in names if name not in cut] if len(cut) >= 3 and 2 * len(cut) >= len(names) else names
    )


def _unmarked(text: str) -> str:
    """A text as addresses have it: letters without their marks."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def _without_runs(names: dict[str, str]) -> dict[str, str]:
    """Without names that are three others or more, parted by nothing but spaces."""
    words = {key: frozenset(key.split()) for key in names}
    return {
        key: name
        for key, name in names.items()
        if len(words[key]) < _RUN
        or sum(1 for other in words if other != key and words[other] <= words[key]) < _RUN
    }


def _is_headline(key: str, title: str) -> bool:
    """Whether a name is the headline in short: four words or more, all of it."""
    words = key.split()
    return len(words) >= 4 and key not in title and set(words) <= set(re.findall(r"[\w$€£'-]+", title))


def _of_site(names: Mapping[str, str], sources: Mapping[str, Mapping[str, str]], folded_text: str) -> bool:
    """Whether a source tells of the site rather than the article: the text has hardly one of many names."""
    if len(names) < 8 or _share_held(names, folded_text) >= 0.15:
        return False
    others = [other for other in sources.values() if other and other is not names]
    return not any(set(names) & set(other) for other in others)


def _share_held(names: Mapping[str, str], folded_text: str) -> float:
    return sum(1 for key in names if key in folded_text) / len(names)


def _weight(key: str, votes: int, folded_text: str, sections: Collection[str]) -> float:
    weight = (votes + (_HELD if key in folded_text else 0)) / 100
    return weight / 2 if key in sections else weight


def _nicer(one: str, other: str) -> str:
    """Of two spellings the one with capitals: "Climate change" rather than "climate change"."""
    return other if one.islower() and not other.islower() else one
