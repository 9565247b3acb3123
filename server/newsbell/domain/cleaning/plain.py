"""A page saved as text: its title, address, byline, dates and topics are lines among the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import noise
from newsbell.domain.cleaning.blocks import Block
from newsbell.domain.cleaning.dates import is_date_line, says_updated, written_date
from newsbell.domain.cleaning.declared_topics import named_in
from newsbell.domain.cleaning.paragraphs import paragraphs_of
from newsbell.domain.cleaning.people import is_byline, names_in
from newsbell.domain.cleaning.removals import Removals
from newsbell.domain.cleaning.render import to_html, to_text
from newsbell.domain.cleaning.topic_weighing import weigh
from newsbell.domain.cleaning.worth import first_words, refuse_too_little
from newsbell.domain.identity import canonical_url, normalise_url
from newsbell.domain.text import fold, squeeze, strip_controls
from newsbell.errors import MalformedError, TooLargeError

MAX_TITLE = 300
MAX_PARAGRAPHS = 20_000
_ADDRESS = re.compile(r"^(?:[\w ]{1,20}[:：]\s*)?<?(https?://\S+?)>?$", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[•‣▪◦●*–-])\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।:;,][\"'”’»)\]]*$")
_TOPICS_HEADING = re.compile(rf"^{noise.TOPICS_LABEL}\s*[:：]?$", re.IGNORECASE)


@dataclass(kw_only=True)
class _Reading:
    """What the lines have told so far."""

    url: str
    title: str = ""
    site_name: str = ""
    byline: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    topics: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    removals: Removals = field(default_factory=Removals)
    listing: str = ""  # "topics" or "related": what the short lines after a heading are


def clean_text(text: str, url: str = "") -> CleanArticle:
    """The article in plain text. Without `url` the address comes from a line that is nothing but one.

    Raises RefusedError with code "no_article" where there is too little text, TooLargeError for more than
    20,000 paragraphs.
    """
    reading = _Reading(url=url)
    paragraphs = paragraphs_of(strip_controls(text))
    if len(paragraphs) > MAX_PARAGRAPHS:
        raise TooLargeError("The text has more than 20,000 paragraphs.", field="content")
    for line in paragraphs:
        _read_line(reading, line)
    blocks = _with_headings(reading.blocks)
    refuse_too_little(blocks)
    body_text = to_text(blocks)
    return CleanArticle(
        url=reading.url,
        canonical_url=canonical_url(reading.url, None),
        title=reading.title,
        summary=next(block.text for block in blocks if block.kind != "h2")[:1_000],
        byline=reading.byline,
        body_html=to_html(blocks, ""),
        body_text=body_text,
        lead_image=None,
        site_name=(urlsplit(reading.url).hostname or "").removeprefix("www.") or reading.site_name,
        language="",
        published_at=reading.published_at,
        modified_at=reading.modified_at,
        topics=weigh(
            {"line": reading.topics}, text=f"{reading.title}\n{body_text}", refused={fold(reading.title)}
        ),
        removals=reading.removals.listed(),
    )


def _read_line(reading: _Reading, line: str) -> None:
    rule = _listing_rule(reading, line) or _rule(reading, line)
    if rule == "title":
        reading.title = line
    elif rule is not None:
        reading.removals.add(rule, line)
    else:
        _keep(reading, line)


def _rule(reading: _Reading, line: str) -> str | None:
    """Why a line is not a paragraph of the article, or None. What it tells is noted."""
    early = len(reading.blocks) < 3
    if early and (address := _ADDRESS.match(line)):
        _note_address(reading, address[1])
        return "address line"
    topics = noise.topics_line(line)
    if topics and len(topics) <= 300:
        reading.topics += named_in(topics)
        return "topics line"
    if _TOPICS_HEADING.match(line):
        reading.listing = "topics"
        return "topics line"
    if noise.credit_line(line):
        return "picture credit"
    if early and reading.title and (told := _byline_or_date(reading, line)):
        return told
    named = noise.rule_of(line)
    if named:
        _note_heading(reading, line, named)
        return named
    if not reading.title:
        if len(line) <= MAX_TITLE and not _is_prose(line):
            return "title"
        reading.title = first_words(line)
    return "title repeated" if fold(line) == fold(reading.title) else None


def _is_prose(line: str) -> bool:
    """Whether a first line is a paragraph already: many words that end as a sentence does."""
    return len(line.split()) > 25 and line.endswith((".", "。", "।"))


def _listing_rule(reading: _Reading, line: str) -> str | None:
    """Short lines after "Topics" are topics, after "Related articles" other articles."""
    if not reading.listing:
        return None
    short = len(line.split()) <= (6 if reading.listing == "topics" else 18) and not re.search(r"[.。]$", line)
    if not short or noise.rule_of(line):
        reading.listing = ""
        return None
    if reading.listing == "topics":
        reading.topics += named_in(line)
        return "topics line"
    return "related"


def _note_heading(reading: _Reading, line: str, rule: str) -> None:
    if rule == "related" and len(line.split()) <= 6 and reading.title:
        reading.listing = "related"
    if rule == "logo" and not reading.site_name:
        reading.site_name = squeeze(re.sub(r"(?i)\s*logo\W*$", "", line))


def _note_address(reading: _Reading, address: str) -> None:
    if not reading.url:
        try:
            reading.url = normalise_url(address)
        except MalformedError:
            return


def _byline_or_date(reading: _Reading, line: str) -> str | None:
    if is_date_line(line):
        date = written_date(line)
        if says_updated(line):
            reading.modified_at = reading.modified_at or date
        else:
            reading.published_at = reading.published_at or date
        return "date"
    if is_byline(line, reading.byline):
        reading.byline = reading.byline or names_in(line)
        return "byline"
    return None


def _keep(reading: _Reading, line: str) -> None:
    text, marks = noise.without_email_marks(line)
    if marks:
        reading.removals.add("hidden e-mail address", marks)
    item = _BULLET.match(text)
    text = squeeze(text[item.end() :] if item else text)
    if text:
        reading.blocks.append(
            Block(kind="li" if item else "p", text=text, html=escape(text, quote=False), element=None)
        )


def _with_headings(blocks: list[Block]) -> list[Block]:
    """Short lines without a full stop between two paragraphs are headings."""
    for at in range(1, len(blocks) - 1):
        before, block, after = blocks[at - 1 : at + 2]
        short = (
            len(block.text) <= 80 and len(block.text.split()) <= 10 and not _SENTENCE_END.search(block.text)
        )
        if block.kind == "p" and short and len(after.text) > 80 and before.kind != "h2":
            block.kind = "h2"
    return blocks
