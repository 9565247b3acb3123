"""What a line of a page copied as text is: prose, or by its own words something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsbell.domain.cleaning import noise, vocabulary
from newsbell.domain.cleaning.dates import is_date_line, written_date
from newsbell.domain.cleaning.people import is_byline, names_in
from newsbell.domain.text import fold, length

MAX_TITLE = 300
_MAX_TOPICS_LINE = 300
_LONGEST = 1_000  # characters of a line that a rule looks at
_ADDRESS = re.compile(r"^(?:[\w ]{1,20}[:：]\s*)?<?(https?://\S+?)>?$", re.IGNORECASE)
_FULL_STOP = re.compile(r"[.…。।:：][\"'”’»)\]]*$")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।:：;,][\"'”’»)\]]*$")
_TOPICS_HEADING = re.compile(rf"^{noise.TOPICS_LABEL}\s*[:：]?$", re.IGNORECASE)
_BY_ALONE = re.compile(rf"^{vocabulary.BY}\s*[:：]?$", re.IGNORECASE)
_CAPTION = re.compile(rf".[(\[](?:{vocabulary.CREDIT})\s*[:：]\s*[^()\[\]]{{2,80}}[)\]]\.?$", re.IGNORECASE)
_BARS = re.compile(r"\s*[|•·›»]\s*|\s+/\s+")
_LABEL = re.compile(rf"(?<!\w)(?:(?P<updated>{vocabulary.UPDATED})|{vocabulary.PUBLISHED})(?!\w)")
_AGO = re.compile(rf"(?<!\w){vocabulary.AGO}(?!\w)")
_PLACE = re.compile(
    r"\s+(?:in|aus|à|en|da|w|we|в|у|i)\s+[^\W\d_a-z][\w.'’-]*(?:\s+[^\W\d_a-z][\w.'’-]*){0,2}$"
)
_AND = re.compile(r"(?:and|und|et|y|e|en|i|и|та|ve|&|och|og)")
_TICKER = re.compile(rf"{vocabulary.TICKER}\s*[:：–-]")
_LETTERS = re.compile(r"[^\W\d_]")

# What a line of these kinds is depends on where it stands: near the headline, or among the paragraphs.
POSITIONAL = frozenset({"address line", "byline", "date", "navigation"})
_ARTICLE = frozenset({*POSITIONAL, "topics line", "picture credit", "caption", "title repeated"})

Weight = Literal[0, 5, 12]


@dataclass(frozen=True, kw_only=True)
class Line:
    """`rule` names what the line is by its own words, None where they do not tell."""

    text: str
    words: int
    rule: str | None

    @property
    def is_furniture(self) -> bool:
        """Whether only a page copied whole has such a line."""
        return self.rule is not None and self.rule not in _ARTICLE

    @property
    def is_unknown(self) -> bool:
        return self.rule is None


def read_line(text: str) -> Line:
    return Line(text=text, words=length(text), rule=_rule(text))


def is_prose(line: Line, least: int = 12) -> bool:
    """Whether a line is a paragraph: a sentence of at least so many words, or long in any case."""
    if line.rule is not None:
        return False
    if line.words >= 25 or len(line.text) > 160:
        return True
    return line.words >= least and bool(
        _FULL_STOP.search(line.text) or (line.words >= 20 and _SENTENCE_END.search(line.text))
    )


def ends_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text))


def address_in(text: str) -> str:
    found = _ADDRESS.match(text)
    return found[1] if found else ""


def is_topics_heading(text: str) -> bool:
    return bool(_TOPICS_HEADING.match(text))


def is_by_alone(text: str) -> bool:
    return bool(_BY_ALONE.match(text))


def is_and(text: str) -> bool:
    """Whether a line is the word between two names."""
    return bool(_AND.fullmatch(fold(text)))


def is_role(text: str) -> bool:
    """Whether a line says what somebody is: "Senior political reporter"."""
    words = {word.strip(",.|") for word in fold(text).split()}
    return len(words) <= 6 and not ends_sentence(text) and bool(words & vocabulary.NOT_A_NAME)


def names_alone(text: str) -> tuple[str, ...]:
    """The names on a line that is nothing but one or a few: two to four words each, with capitals where
    the script has them.
    """
    text = _PLACE.sub("", text)
    if length(text) > 16 or ends_sentence(text) or fold(text) in vocabulary.WHOLE or "|" in text[:2]:
        return ()
    names = names_in(text)
    told = [name for name in names if not is_role(name)]
    return tuple(told) if told and all(map(_is_name, told)) and _says_all(text, names) else ()


def is_ticker(text: str) -> bool:
    """Whether a line is a banner's: "Breaking: snow closes the road"."""
    return bool(_TICKER.match(fold(text)))


def dates_in(text: str) -> tuple[datetime | None, datetime | None]:
    """The dates of a line: when it was published, and when it was changed."""
    folded = fold(text)
    published = updated = None
    starts = [(0, False), *((found.start(), bool(found["updated"])) for found in _LABEL.finditer(folded))]
    for (start, is_change), end in zip(starts, [*(at for at, _ in starts[1:]), len(folded)], strict=True):
        date = written_date(folded[start:end])
        if is_change:
            updated = updated or date
        else:
            published = published or date
    return published, updated


def _rule(text: str) -> str | None:
    if len(text) > _LONGEST:
        return None
    topics = noise.topics_line(text)
    if (topics and len(topics) <= _MAX_TOPICS_LINE) or is_topics_heading(text):
        return "topics line"
    if address_in(text):
        return "address line"
    named = noise.rule_of(text)
    if noise.credit_line(text) and length(text) <= 20 and named != "legal line":
        return "picture credit"
    if len(text) <= 400 and _CAPTION.search(text):
        return "caption"
    return named or _positional_rule(text)


def _positional_rule(text: str) -> str | None:
    if is_date_line(text) or _is_time_line(text):
        return "date"
    if is_byline(text) or is_by_alone(text):
        return "byline"
    return "navigation" if _is_navigation(text) else None


def _is_time_line(text: str) -> bool:
    """Whether a line tells a time without a date: "Updated 3 hours ago", "Published 9:14 am"."""
    folded = fold(text)
    label = _LABEL.match(folded)
    rest = _LABEL.sub(" ", folded)
    if length(folded) > 12 or (not label and length(folded) > 5):
        return False
    if label is None and re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", rest):
        return bool(re.search(r"(?<!\d)[0-3]?\d(?!\d)", rest)) and len(re.findall(r"[^\W\d_]+", rest)) == 1
    return bool(_AGO.search(rest) or (label and re.search(r"\d", rest) and length(rest) <= 8))


def _is_navigation(text: str) -> bool:
    """Whether a line is a section's name, or several short names parted by bars."""
    parts = [part for part in _BARS.split(fold(text)) if part]
    if len(parts) >= 3 and all(length(part) <= 3 for part in parts):
        return True
    words = fold(text).split()
    return bool(parts) and (
        all(part in vocabulary.SECTIONS for part in parts)
        or (len(words) >= 3 and all(word in vocabulary.SECTIONS for word in words))
    )


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 4 or not all(
        re.fullmatch(r"[^\W\d_][^\W\d_.'’-]*(?:[.'’-][^\W\d_]*)*", word) for word in words
    ):
        return False
    if any(fold(word) in vocabulary.SECTIONS for word in words):
        return False
    return all(not word[0].islower() or fold(word) in vocabulary.NAME_PARTICLES for word in words)


def _says_all(text: str, names: tuple[str, ...]) -> bool:
    """Whether the names are nearly all the letters of a line."""
    return sum(len(_LETTERS.findall(name)) for name in names) >= 0.7 * len(_LETTERS.findall(text))
