"""The article's blocks: elected, rid of noise, the standfirst first, figures where they stood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from newsbell.domain.cleaning import (
    election,
    live,
    noise,
    notes,
    opening,
    paywall,
    pictures,
    standfirst,
    surroundings,
)
from newsbell.domain.cleaning.blocks import Block, read_blocks
from newsbell.domain.cleaning.dates import is_date_line
from newsbell.domain.cleaning.election import ends_a_sentence
from newsbell.domain.cleaning.embeds import Embed, titles_of, with_caption
from newsbell.domain.cleaning.figures import Shown, is_own, is_own_embed, shown
from newsbell.domain.cleaning.metadata import MAX_TITLE, Metadata
from newsbell.domain.cleaning.page import Page
from newsbell.domain.cleaning.people import is_byline, names_in, signed_by
from newsbell.domain.cleaning.removals import Removals
from newsbell.domain.cleaning.trimming import trimmed
from newsbell.domain.cleaning.vote import coverage, elected, extracted_text, words_of
from newsbell.domain.cleaning.worth import no_article, refuse_too_little
from newsbell.domain.text import fold, length, squeeze
from newsbell.errors import TooLargeError

MAX_PARAGRAPHS = 20_000
MAX_CHARACTERS = 2_000_000  # of visible text: a dozen novels
MAX_PICTURES = 200
MAX_EMBEDS = 100
_ENOUGH_COVERAGE = 0.6
_EARLY = 4  # blocks
_SAID_BY_PEOPLE_TOO = frozenset({"notification prompt", "share bar"})  # "Not now.", she said.
_CAPTION, _CAPTION_LEVELS = 400, 4
_BY_PICTURE = 3  # blocks
_LIKE_TITLE = 0.6


@dataclass(frozen=True, kw_only=True)
class Body:
    """The blocks kept, in order; the standfirst's text, or ""; topic lines, credits and the names on a line
    of their own found on the way.
    """

    blocks: list[Block]
    standfirst: str
    topic_lines: list[str]
    credits: list[str]
    signed: tuple[str, ...] = ()
    cut_off: bool = False
    shown: Shown = field(default_factory=Shown)


def read_body(page: Page, metadata: Metadata, byline: Sequence[str], removals: Removals) -> Body:
    """The body of the page's article. Raises RefusedError with code "no_article", TooLargeError for more
    than 20,000 paragraphs or 2,000,000 characters.
    """
    blocks = read_blocks(page.tree, page.base_url, titles_of(page.nodes))
    _refuse_too_much(blocks)
    text = extracted_text(page.tree, page.url)
    kept = elected(blocks, text)
    if coverage(text, [blocks[at] for at in kept]) < _ENOUGH_COVERAGE:
        blocks = [_paragraph(line) for line in text.split("\n") if line.strip()]
        kept = set(range(len(blocks)))
    reports = live.updates_of(page)
    if reports and not live.are_shown(reports, blocks, kept):
        blocks, reports = live.blocks_of(reports), []
        kept = set(range(len(blocks)))
    if not kept:
        raise no_article()
    kept = election.within_article(blocks, election.with_lost(blocks, kept), metadata.titles)
    kept = notes.with_notes(blocks, kept)
    first_at = standfirst.find(blocks, kept, metadata)
    lead = blocks[first_at] if first_at is not None else None
    selection = _Selection(blocks, metadata, byline, removals, lead)
    body = selection.run(kept)
    notes.linked_to_notes(body.blocks)
    refuse_too_little(body.blocks)
    chosen = live.with_times(body.blocks, reports) if reports else body.blocks
    surroundings.record(blocks, selection.looked_at, page.tree, removals)
    return replace(
        body,
        blocks=opening.with_opening(page, blocks, kept, chosen, metadata.titles),
        shown=shown(blocks, kept, metadata.titles),
        cut_off=paywall.cut_off(page, blocks, body.blocks),
    )


class _Selection:
    """One pass over the blocks between the first and the last that were elected."""

    def __init__(
        self,
        blocks: list[Block],
        metadata: Metadata,
        byline: Sequence[str],
        removals: Removals,
        lead: Block | None,
    ) -> None:
        self._blocks, self._metadata, self._byline, self._removals, self._lead = (
            blocks,
            metadata,
            byline,
            removals,
            lead,
        )
        self._chosen: list[Block] = []
        self._topic_lines: list[str] = []
        self._credits: list[str] = []
        self._signed: tuple[str, ...] = ()
        self._pictures: set[str] = set()  # the keys of those shown
        self._embedded: set[str] = set()
        self._shown = self._too_many = self._at = 0
        self.holder: Any = None  # the element around the article
        self.looked_at = range(0)

    def run(self, kept: set[int]) -> Body:
        self.looked_at = self._range(kept)
        for at in self.looked_at:
            self._at = at
            if at and self._is_loose_caption(self._blocks[at - 1], self._blocks[at]):
                self._blocks[at] = replace(self._blocks[at], kind="caption")
            self._take(self._blocks[at], elected_here=at in kept)
        if self._too_many:
            self._removals.add("too many pictures", f"{self._too_many} pictures")
        blocks = trimmed(self._chosen, self._removals)
        if self._lead is not None:
            blocks = [replace(self._lead, kind="p", group=0), *blocks]
        return Body(
            blocks=blocks,
            standfirst=self._lead.text if self._lead else "",
            topic_lines=self._topic_lines,
            credits=self._credits,
            signed=self._signed,
        )

    def _range(self, kept: set[int]) -> range:
        """From the first block inside the article's own container to the last: what surrounds the elected
        blocks there is looked at too, the rest of the site is not.
        """
        first, last = min(kept), max(kept)
        self.holder = _holder([self._blocks[at].element for at in sorted(kept)])
        if self.holder is not None:
            inside = set(self.holder.iter())
            while first > 0 and self._blocks[first - 1].element in inside:
                first -= 1
            while last + 1 < len(self._blocks) and self._blocks[last + 1].element in inside:
                last += 1
        return range(first, last + 1)

    def _take(self, block: Block, *, elected_here: bool) -> None:
        if block is self._lead:
            return
        rule = self._rule(block, elected_here=elected_here)
        if rule is not None:
            self._removals.add(rule, block.text)
        elif block.kind == "figure":
            self._take_figure(block)
        elif block.embed is not None:
            self._take_embed(block, block.embed)
        else:
            self._take_text(block)

    def _rule(self, block: Block, *, elected_here: bool) -> str | None:
        """Why a block is not a paragraph of the article, or None."""
        if block.kind == "caption":
            return self._caption(block)
        if block.kind == "figure":
            return None if is_own(block) else "picture of something else"
        if block.embed is not None:
            return block.embed.rule or (None if is_own_embed(block) else "embed of something else")
        told = self._label(block, elected_here=elected_here) or self._head(block)
        if told or (elected_here and noise.is_attribution(block.text, self._metadata.site_name)):
            return told
        named = noise.rule_of(block.text, site_name=self._metadata.site_name)
        if named and not (elected_here and block.kind == "quote" and named in _SAID_BY_PEOPLE_TOO):
            return named
        if self._lead is not None and fold(block.text) == fold(self._lead.text):
            return "standfirst repeated"
        return None if elected_here else "not the article"

    def _label(self, block: Block, *, elected_here: bool) -> str | None:
        """The rule for lines that tell something: topics, or whose a picture is. What they tell is noted."""
        topics = noise.topics_line(block.text)
        if topics and len(topics) <= 300:
            self._topic_lines.append(topics)
            return "topics line"
        if elected_here and noise.is_attribution(block.text, self._metadata.site_name):
            return None
        credit = noise.credit_line(block.text)
        leads_on = elected_here and block.linked > 0 and not self._is_by_picture()
        if credit and len(block.text.split()) <= 15 and not leads_on:
            self._credits.append(credit)
            return "picture credit"
        return None

    def _head(self, block: Block) -> str | None:
        """The rule for what stands between headline and text; the date of publication may also stand last."""
        early = len(self._chosen) < _EARLY
        if self._repeats_title(block) and (early or block.kind != "p" or length(block.text) > 5):
            return "title repeated"
        if early and is_byline(block.text, self._byline):
            self._signed = self._signed or names_in(block.text)
            return "byline"
        if not self._signed and block.kind == "p" and self._is_before_text():
            self._signed = () if noise.rule_of(block.text) else signed_by(block.text)
            if self._signed:
                return "byline"
        return "date" if is_date_line(block.text, alone=not early) else None

    def _is_by_picture(self) -> bool:
        near = self._blocks[max(0, self._at - _BY_PICTURE) : self._at + _BY_PICTURE + 1]
        return any(block.kind == "figure" for block in near)

    def _is_before_text(self) -> bool:
        return not any(ends_a_sentence(block.text) for block in self._chosen)

    def _is_loose_caption(self, before: Block, block: Block) -> bool:
        """Whether a block is all the text of an element that holds it and the picture before it."""
        if (
            before.kind != "figure"
            or block.kind != "p"
            or block.element is None
            or len(block.text) > _CAPTION
            or election.is_address(block.text)
        ):
            return False
        around = [parent for parent in _parents(before.element)[:_CAPTION_LEVELS] if parent is not None]
        holder = next((parent for parent in _parents(block.element) if parent in around), None)
        return holder is not None and _says_only(holder, block.text)

    def _repeats_title(self, block: Block) -> bool:
        if len(block.text) > 2 * MAX_TITLE:
            return False
        return election.is_title(block.text, self._metadata.titles) or (
            not self._chosen and election.in_headline(block.element) and self._is_like_title(block.text)
        )

    def _is_like_title(self, text: str) -> bool:
        """Whether a text has most of the title's words: the headline as the page words it."""
        shown = set(words_of(text))
        return any(
            len(shown & set(words)) >= _LIKE_TITLE * max(len(shown), len(set(words)))
            for words in map(words_of, self._metadata.titles)
        )

    def _caption(self, block: Block) -> str | None:
        last = self._chosen[-1] if self._chosen else None
        if last is not None and last.embed is not None:
            last.embed = with_caption(last.embed, block.text)
        elif last is not None and last.picture is not None:
            caption, credit = pictures.split_caption(block.text)
            old = last.picture
            last.picture = replace(old, caption=old.caption or caption, credit=old.credit or credit)
        return "caption"

    def _take_figure(self, block: Block) -> None:
        picture = block.picture
        if picture is None:
            return
        keys = pictures.keys_of(picture.url)
        if keys & self._pictures:
            self._removals.add("picture repeated", picture.url)
        elif self._shown == MAX_PICTURES:
            self._too_many += 1
        else:
            self._shown += 1
            self._pictures |= keys
            self._chosen.append(block)

    def _take_embed(self, block: Block, embed: Embed) -> None:
        if embed.url in self._embedded:
            return  # a page may say it twice: for browsers with scripts, and for those without
        if len(self._embedded) == MAX_EMBEDS:
            self._removals.add("too many embeds", embed.text)
            return
        self._embedded.add(embed.url)
        self._chosen.append(block)

    def _take_text(self, block: Block) -> None:
        text, marks = noise.without_email_marks(block.text)
        if marks:
            self._removals.add("hidden e-mail address", marks)
            block = replace(block, text=text.strip(), html=noise.without_email_marks(block.html)[0])
        self._chosen.append(block)


def _refuse_too_much(blocks: Sequence[Block]) -> None:
    texts = [len(block.text) for block in blocks if block.kind not in ("figure", "embed")]
    if len(texts) > MAX_PARAGRAPHS:
        raise TooLargeError("The page has more than 20,000 paragraphs.", field="content")
    if sum(texts) > MAX_CHARACTERS:
        raise TooLargeError("The page has more than 2,000,000 characters of text.", field="content")


def _paragraph(line: str) -> Block:
    text = re.sub(r"^(?:- |\|\s*)", "", line.strip()).strip(" |")
    return Block(kind="p", text=text, html=escape(text, quote=False), element=None)


def _holder(elements: list[Any]) -> Any:
    """The smallest element around nine in ten of the elected blocks, and around one that is alone."""
    counts: dict[Any, int] = {}
    for element in elements:
        for parent in _parents(element)[1:]:
            counts[parent] = counts.get(parent, 0) + 1
    enough = 0.9 * len(elements)
    around = [element for element, count in counts.items() if count >= enough]  # each inside the next
    return max(around, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)


def _says_only(element: Any, text: str) -> bool:
    """Whether a text is all that an element says; long elements are not read to their ends."""
    size = 0
    for part in element.itertext():
        size += len(part.strip())
        if size > len(text):
            return False
    return squeeze(element.text_content()) == text


def _parents(element: Any) -> list[Any]:
    return [element, *element.iterancestors()] if element is not None else []
