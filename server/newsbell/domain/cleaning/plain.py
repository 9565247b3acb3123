"""A page saved as text: its title, address, byline, dates and topics are lines among the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from newsbell.domain.article import CleanArticle, TopicMention
from newsbell.domain.cleaning import noise
from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.cleaning.declared_topics import named_in
from newsbell.domain.cleaning.detecting import detected_language
from newsbell.domain.cleaning.layout import Layout, lay_out
from newsbell.domain.cleaning.lines import (
    POSITIONAL,
    Line,
    address_in,
    dates_in,
    ends_sentence,
    is_and,
    is_by_alone,
    is_role,
    is_topics_heading,
    names_alone,
    read_line,
)
from newsbell.domain.cleaning.mail import unpacked
from newsbell.domain.cleaning.paragraphs import paragraphs_of
from newsbell.domain.cleaning.paywall import calls_for_more, is_short
from newsbell.domain.cleaning.people import clean_names, names_in
from newsbell.domain.cleaning.removals import Removals
from newsbell.domain.cleaning.render import to_html, to_text
from newsbell.domain.cleaning.topic_weighing import weigh
from newsbell.domain.cleaning.worth import first_words, refuse_too_little
from newsbell.domain.identity import canonical_url, normalise_url
from newsbell.domain.text import fold, squeeze, strip_controls
from newsbell.errors import MalformedError, TooLargeError

MAX_PARAGRAPHS = 20_000
_EARLY = 3  # paragraphs among which the byline may still come
_BULLET = re.compile(r"^(?:[•‣▪◦●*–-])\s+(?=\S)")
_END = re.compile(r"[.…。।][\"'”’»)\]]*$")


def clean_text(text: str, url: str = "") -> CleanArticle:
    """The article in plain text. Without `url` the address comes from a line that is nothing but one.

    Raises RefusedError with code "no_article" where there is too little text, TooLargeError for more than
    20,000 paragraphs.
    """
    text, around = unpacked(strip_controls(text))
    paragraphs = paragraphs_of(text)
    if len(paragraphs) > MAX_PARAGRAPHS:
        raise TooLargeError("The text has more than 20,000 paragraphs.", field="content")
    reading = _Reading([read_line(line) for line in paragraphs], url)
    for line in around:
        reading.removals.add("e-mail header", line)
    reading.run()
    blocks = _with_headings(reading.blocks)
    refuse_too_little(blocks)
    body_text = to_text(blocks)
    title = reading.title or first_words(body_text)
    return CleanArticle(
        url=reading.url,
        canonical_url=canonical_url(reading.url, None),
        title=title,
        summary=next((block.text for block in blocks if block.kind != "h2"), "")[:1_000],
        byline=reading.byline,
        body_html=to_html(blocks, ""),
        body_text=body_text,
        lead_image=None,
        site_name=(urlsplit(reading.url).hostname or "").removeprefix("www.") or reading.site_name,
        language=detected_language(body_text),
        published_at=reading.published_at or reading.dated_above,
        modified_at=reading.modified_at,
        topics=_topics(reading.topics, title, body_text),
        removals=reading.removals.listed(),
        cut_off=reading.cut_off and is_short(body_text),
    )


def _topics(names: list[str], title: str, text: str) -> tuple[TopicMention, ...]:
    """The topics in the order of their line, which is the writer's own: none is surer than one before it."""
    found = weigh({"line": names}, text=f"{title}\n{text}", refused={fold(title)})
    order = {fold(name).lstrip("# "): at for at, name in reversed(list(enumerate(names)))}
    given = sorted(found, key=lambda topic: order.get(fold(topic.name), len(order)))
    weights = [max(topic.weight for topic in given[at:]) for at in range(len(given))]
    return tuple(replace(topic, weight=weight) for topic, weight in zip(given, weights, strict=True))


@dataclass(kw_only=True)
class _Told:
    """What the lines have told so far."""

    title: str = ""
    site_name: str = ""
    byline: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    dated_above: datetime | None = None  # by a line above the headline, which may be the day's date
    cut_off: bool = False
    topics: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    removals: Removals = field(default_factory=Removals)


class _Reading(_Told):
    """One pass over the lines: each is kept, or taken out by a rule."""

    def __init__(self, lines: Sequence[Line], url: str) -> None:
        super().__init__()
        self.url = url
        self._lines = lines
        self._layout: Layout = lay_out(lines)
        self._listing = ""  # "topics" or "related": what the short lines after a heading are
        self._ended = ""  # the rule that ended the article

    def run(self) -> None:
        title = self._layout.title
        self.title = self._lines[title].text if title is not None else ""
        for at, line in enumerate(self._lines):
            if at == title:
                continue
            rule = self._rule(at, line)
            if rule is None:
                self._keep(line)
                self.cut_off = False
            else:
                self.cut_off = self.cut_off or (bool(self.blocks) and calls_for_more(line.text))
                self._note(at, line, rule)
                self.removals.add(rule, line.text)

    def _rule(self, at: int, line: Line) -> str | None:
        listed = self._listed(at, line)
        if listed is not None:
            return listed
        if self.title and self._repeats_title(line):
            return "title repeated"
        if at < (self._layout.title or 0):
            return line.rule or self._above(line)
        if at < self._layout.first:
            return line.rule or self._in_head(at, line)
        if at > self._layout.last:
            return self._in_tail(line)
        return self._in_body(line)

    def _repeats_title(self, line: Line) -> bool:
        """Whether a line is the headline again, or has the site's name behind it."""
        said, title = fold(line.text), fold(self.title)
        behind = re.match(r"\s*[|–—-]\s*(.{1,60})$", said[len(title) :]) if said.startswith(title) else None
        return said == title or behind is not None

    def _above(self, line: Line) -> str:
        """Above the headline stands the site's logo, and then its navigation."""
        letters = re.sub(r"\W+", "", fold(line.text))
        host = re.sub(r"\W+", "", urlsplit(self.url).hostname or "")
        is_logo = (
            not self.site_name and line.words <= 5 and (line.text.isupper() or (letters and letters in host))
        )
        return "logo" if is_logo else "navigation"

    def _in_head(self, at: int, line: Line) -> str | None:
        """Between headline and text."""
        if self._is_named_here(at) or (is_role(line.text) and self._near(at, "byline", 2)):
            return "byline"
        if self._layout.copied and at and self._lines[at - 1].rule == "byline" and _is_desk(line):
            return "byline"
        return "navigation" if self._layout.copied and line.words <= 2 else None

    def _in_body(self, line: Line) -> str | None:
        if line.rule not in POSITIONAL:
            return line.rule
        return line.rule if len(self.blocks) < _EARLY and line.rule != "navigation" else None

    def _in_tail(self, line: Line) -> str | None:
        """After the last paragraph: what is left of the article, and then what surrounds it."""
        if line.rule is not None:
            return line.rule
        if _BULLET.match(line.text) and not self._ended:
            return None
        if self._ended in ("", "topics line", "comments") and (
            _END.search(line.text) or not self._layout.copied
        ):
            return None if not self._ended or line.words >= 4 else "related"
        if not self._ended and ends_sentence(line.text):
            return None
        return "related" if line.words >= 4 else "navigation"

    def _is_named_here(self, at: int) -> bool:
        """Whether a line is the writers' names: after "By", or beside the date."""
        if not names_alone(self._lines[at].text):
            return False
        before = self._lines[at - 1].text if at else ""
        joined = bool(self.byline) and is_and(before)
        return joined or is_by_alone(before) or (not self.byline and self._near(at, "date", 3))

    def _near(self, at: int, rule: str, lines: int) -> bool:
        """Whether such a line comes within so many lines, or right before."""
        around = self._lines[max(0, at - 1) : at + lines + 1]
        return any(line.rule == rule for line in around) or (rule == "byline" and self._named_before(at))

    def _named_before(self, at: int) -> bool:
        return bool(self.byline) and at > 0 and any(name in self._lines[at - 1].text for name in self.byline)

    def _listed(self, at: int, line: Line) -> str | None:
        """Short lines after "Topics" are topics, after "Related articles" other articles."""
        if not self._listing:
            return None
        if self._listing == "caption":
            self._listing = ""
            return line.rule or ("caption" if line.words <= 40 else None)
        most = 6 if self._listing == "topics" else 18
        follows = self._lines[at + 1] if at + 1 < len(self._lines) else None
        leads_on = (
            at < self._layout.last
            and line.words <= 5
            and follows is not None
            and at + 1 >= self._layout.first
        )
        is_heading = leads_on and follows is not None and follows.is_unknown and follows.words >= 12
        if line.rule is not None or line.words > most or _END.search(line.text) or is_heading:
            self._listing = ""
            return None
        return "topics line" if self._listing == "topics" else "related"

    def _note(self, at: int, line: Line, rule: str) -> None:
        """What a line tells, though it is no paragraph."""
        if rule == "topics line":
            self._note_topics(line)
        elif rule == "date":
            self._note_date(at, line)
        elif rule == "byline":
            self._note_byline(at, line)
        elif rule == "address line":
            self._note_address(line)
        elif rule in ("logo", "title repeated") and not self.site_name:
            self._note_site(line, rule)
        elif rule == "caption" and line.words <= 2:
            self._listing = "caption"  # of which the next line is all
        elif rule == "related" and line.words <= 6 and line.rule and at > (self._layout.title or 0):
            self._listing = self._listing or "related"
        if at > self._layout.last and rule in ("topics line", "related", "legal line", "comments"):
            self._ended = rule

    def _note_topics(self, line: Line) -> None:
        told = noise.topics_line(line.text)
        if told:
            self.topics += named_in(told)
        elif is_topics_heading(line.text):
            self._listing = "topics"
        else:
            self.topics += named_in(line.text)

    def _note_byline(self, at: int, line: Line) -> None:
        if at and is_and(self._lines[at - 1].text):
            self.byline = clean_names((*self.byline, *names_alone(line.text)))
        elif not self.byline and not is_by_alone(line.text) and not is_and(line.text):
            self.byline = names_alone(line.text) or names_in(line.text)

    def _note_date(self, at: int, line: Line) -> None:
        published, modified = dates_in(line.text)
        if at < (self._layout.title or 0):
            self.dated_above = self.dated_above or published
            return
        self.published_at = self.published_at or published
        self.modified_at = self.modified_at or modified

    def _note_address(self, line: Line) -> None:
        if not self.url:
            try:
                self.url = normalise_url(address_in(line.text))
            except MalformedError:
                return

    def _note_site(self, line: Line, rule: str) -> None:
        name = line.text[len(self.title) :].strip(" |–—-") if rule == "title repeated" else line.text
        self.site_name = squeeze(re.sub(r"(?i)\s*logo\W*$", "", name))

    def _keep(self, line: Line) -> None:
        text, marks = noise.without_email_marks(line.text)
        if marks:
            self.removals.add("hidden e-mail address", marks)
        item = _BULLET.match(text)
        text = squeeze(text[item.end() :] if item else text)
        if text:
            self.blocks.append(
                Block(kind="li" if item else "p", text=text, html=escape(text, quote=False), element=None)
            )


def _is_desk(line: Line) -> bool:
    """Whether a line after the names says where they work: "Coast News, Port Ansel"."""
    return line.words <= 6 and "," in line.text and not ends_sentence(line.text)


def _with_headings(blocks: list[Block]) -> list[Block]:
    """Short lines without a full stop between two paragraphs are headings."""
    for at in range(1, len(blocks) - 1):
        before, block, after = blocks[at - 1 : at + 2]
        short = len(block.text) <= 80 and len(block.text.split()) <= 10 and not ends_sentence(block.text)
        if block.kind == "p" and short and len(after.text) > 80 and before.kind != "h2":
            block.kind = "h2"
    return blocks
