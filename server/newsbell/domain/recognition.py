"""Which of the known topics an article is about: what it names, where, how often and how steadily."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from newsbell.domain import text as texts
from newsbell.domain.article import CleanArticle, TopicMention
from newsbell.domain.countries import Countries, countries_in
from newsbell.domain.known import KnownTopics, common_words, is_capitalised
from newsbell.domain.phrases import Text
from newsbell.domain.topics import MAX_TOPICS

ENOUGH = 0.5
"""The weight from which an article is about a topic."""
PARTS = 4
"""Parts of equal length in which a text is looked at: what stands in one of them only is passing."""
OFTEN = 15
"""Mentions in a thousand words that a topic of the whole text has; in a long text, OFTEN_AT_ALL will do."""
OFTEN_AT_ALL = 20
SHORT = 150
"""Words below which a text is too short to speak of mentions in a thousand."""
_NOT_BY_NAME = 0.5
"""What a country's adjective counts beside its name: a Turkish actor is not about Turkey."""
_VAGUE = 0.75
_SMALL = 3
"""How often a name with a capital must stand in small letters, to be a common word there."""
_NOUNS_HAVE_CAPITALS = frozenset({"de", "lb"})
_HEADING = re.compile(r"<h[2-4]\b[^>]*>(.*?)</h[2-4]>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_HAN = re.compile("[\u3400-\u9fff]")
_DATELINE = re.compile(r"^\s?[.(—–:/]| -{1,2} ")
_DASH = re.compile(r"\)? (?:-{1,2}|[—–]) ")


@dataclass
class Evidence:
    """What speaks for a topic: how sure it is (0 to 1) that title, standfirst, first paragraph and a heading
    name it; how often the text does; in which parts of it; and whether ever by name, not by adjectives alone.
    """

    title: float = 0.0
    summary: float = 0.0
    lead: float = 0.0
    heading: float = 0.0
    count: float = 0.0
    parts: set[int] = field(default_factory=set)
    by_name: bool = False

    def add(self, place: str, part: int, sure: float) -> None:
        self.by_name |= sure == 1.0
        if place == "body":
            self.count += sure
            self.parts.add(part)
        else:
            setattr(self, place, max(getattr(self, place), sure))

    def join(self, other: Evidence) -> None:
        for place in ("title", "summary", "lead", "heading"):
            setattr(self, place, max(getattr(self, place), getattr(other, place)))
        self.count += other.count
        self.parts |= other.parts
        self.by_name |= other.by_name

    def weight(self, length: int, *, vague: bool = False, common: bool = False) -> float:
        """How sure it is that a text of so many words is about the topic. `vague`: the topic's name says
        little; `common`: it may be a common word, which headlines write with a capital.
        """
        rate = 1000 * self.count / max(SHORT, length)
        often = min(1.0, max(rate / OFTEN, self.count / OFTEN_AT_ALL))
        steady = (len(self.parts) - 1) / (PARTS - 1) if self.parts else 0.0
        placed = 0.35 * self.title + 0.15 * self.summary + 0.05 * self.lead + 0.05 * self.heading
        sure = placed + 0.4 * often + 0.2 * steady
        if self.title == 1 and not vague and (self.count or not common):
            return max(sure, ENOUGH)
        return sure * _VAGUE if vague or not self.by_name else sure


def recognise(article: CleanArticle, known: KnownTopics) -> tuple[TopicMention, ...]:
    """The known topics the article is about, surest first, at most MAX_TOPICS.

    Its title counts most, then the standfirst, the first paragraph and headings, and how often and how
    steadily the text names it: a passing mention is no topic. Words are matched whole, whatever their script;
    countries by all their names and adjectives; persons by their surname too, once they were named.
    """
    if not known.topics:
        return ()
    length = texts.length(article.body_text)
    reading = _Reading(article, known)
    found = reading.read()
    weights = (
        (one.weight(length, vague=at in reading.vague, common=at in known.common), at)
        for at, one in found.items()
    )
    sure = sorted((-round(min(weight, 1.0), 2), at) for weight, at in weights if weight >= ENOUGH)
    return tuple(
        TopicMention(name=known.topics[at].name, origin="recognised", weight=-weight)
        for weight, at in sure[:MAX_TOPICS]
    )


class _Reading:
    """One article read for the known topics it names, with what speaks for each."""

    def __init__(self, article: CleanArticle, known: KnownTopics) -> None:
        self._article = article
        self._known = known
        self._language = article.language.partition("-")[0].lower()
        self._countries: Countries = countries_in(self._language)
        self._common = common_words(self._language or "en")
        self.vague = set(known.vague)
        self._found: dict[int, Evidence] = defaultdict(Evidence)
        self._surnames: dict[int, Evidence] = defaultdict(Evidence)
        self._small: dict[int, Evidence] = defaultdict(Evidence)
        self._doubtful: dict[str, Evidence] = defaultdict(Evidence)

    def read(self) -> dict[int, Evidence]:
        article = self._article
        paragraphs = article.body_text.split("\n")
        has_summary = bool(article.summary) and texts.fold(paragraphs[0]) == texts.fold(article.summary)
        headings = ". ".join(_TAG.sub("", one) for one in _HEADING.findall(article.body_html))
        self._scan(Text(article.title), "title")
        self._scan(Text(article.summary), "summary")
        self._scan(Text("".join(paragraphs[has_summary : has_summary + 1])), "lead")
        self._scan(Text(headings), "heading")
        begins = 0
        for paragraph in paragraphs:
            part = begins * PARTS // max(1, len(article.body_text))
            self._scan(Text(paragraph), "body", min(part, PARTS - 1))
            begins += len(paragraph) + 1
        self._settle()
        return self._found

    def _settle(self) -> None:
        for number, evidence in self._surnames.items():
            if number in self._found:
                self._found[number].join(evidence)
        for number, evidence in self._small.items():
            opens = evidence.title or evidence.summary or evidence.lead
            if opens and evidence.count >= max(_SMALL, self._found[number].count):
                self._found[number].join(evidence)
                self.vague.add(number)
        if self._doubtful:
            whole = Text(f"{self._article.title}. {self._article.body_text}")
            for code, evidence in self._doubtful.items():
                if self._countries.tells(code, whole):
                    for number in self._known.by_country[code]:
                        self._found[number].join(evidence)

    def _scan(self, text: Text, place: str, part: int = 0) -> None:
        at = 0
        while at < len(text.folded):
            at += self._read_at(text, at, place, part) or 1

    def _read_at(self, text: Text, at: int, place: str, part: int) -> int:
        """Note what the words from one on name, and say how many they are; the longest name wins."""
        phrase = self._known.phrases.found(text, at)
        country = self._countries.named(text, at)
        length = max(phrase.length if phrase else 0, country.length if country else 0)
        if not length:
            self._note_word(text, at, place, part)
            return 0
        if _is_dateline(text, at, length) and place != "title":
            return length
        numbers: dict[int, float] = {}
        if country and country.length == length:
            sure = 1.0 if country.by_name else _NOT_BY_NAME
            if country.doubtful:
                self._doubtful[country.code].add(place, part, sure)
            else:
                numbers = dict.fromkeys(self._known.by_country.get(country.code, ()), sure)
        if phrase and phrase.length == length and self._stands_alone(text, at, length, place):
            numbers |= dict.fromkeys(phrase.numbers, 1.0)
        for number in numbers.keys() - self._known.mute:
            self._found[number].add(place, part, numbers[number])
        return length

    def _note_word(self, text: Text, at: int, place: str, part: int) -> None:
        """A word that may be the surname of somebody, or the small form of a name that has a capital."""
        written = text.written[at]
        for number in self._known.surnames.get(written, ()):
            if not (at and text.gaps[at - 1] == " " and is_capitalised(text.written[at - 1])):
                self._surnames[number].add(place, part, 1.0)
        if self._language not in _NOUNS_HAVE_CAPITALS and written.islower() and written not in self._common:
            for number in self._known.small.get(text.folded[at], ()):
                self._small[number].add(place, part, 1.0)

    def _stands_alone(self, text: Text, at: int, length: int, place: str) -> bool:
        """Whether words are no part of a longer name, as "Security" is of "Security Council", nor a word that
        says nothing.
        """
        last = at + length - 1
        if self._language == "ja" and _is_compound(text, at, length):
            return False
        if length == 1 and text.written[at].islower() and text.folded[at] in self._common:
            return False
        if place == "title" or not text.written[at][:1].isupper():
            return True
        after = text.gaps[last] == " " and text.written[last + 1][:1].isupper()
        if length > 1 or self._language in _NOUNS_HAVE_CAPITALS:
            return not (after and length > 1)
        before = at > 1 and text.gaps[at - 1] == " " and text.written[at - 1][:1].isupper()
        return not before and not after


def _is_compound(text: Text, at: int, length: int) -> bool:
    """Whether a name in Han characters goes on in such: the Tokyo of 東京大学 is a university."""
    end = at + length
    return (
        text.gaps[end - 1] == ""
        and end < len(text.written)
        and bool(_HAN.match(text.written[end]))
        and bool(_HAN.match(text.written[end - 1]))
    )


def _is_dateline(text: Text, at: int, length: int) -> bool:
    """Whether a text begins with the place it was written at: "BERLIN (dpa) -", "Berlin. "."""
    if at:
        return False
    return bool(_DATELINE.match(text.gaps[length - 1])) or any(
        gap in {" - ", " -- ", ") - ", ") -- ", " — ", " – ", ") — ", ") – "}
        for gap in text.gaps[: length + 5]
    )
