"""The standfirst: the sentence or two between headline and text, which extraction tends to lose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsbell.domain.cleaning.blocks import Block, names_of
from newsbell.domain.cleaning.election import ends_a_sentence, in_headline, is_aside, is_title
from newsbell.domain.cleaning.metadata import Metadata
from newsbell.domain.cleaning.noise import rule_of
from newsbell.domain.cleaning.vote import words_of
from newsbell.domain.text import fold, length

_NAMED = re.compile(
    r"stand-?first|(?:^|[\s_-])(?:lead|lede|dek|deck|chapo|chapeau|intro|introduction|vorspann|sapo|entradilla|bajada|copete|ingress|excerpt|subheadline|sub-?title|sub-?head(?:ing)?|sub-?headline|strapline|summary|teaser|abstract|sommario|occhiello|zajawka|anons|perex|spot|linha-fina)(?:$|[\s_-])"
)
_MOST_WORDS = 120
_LEAST_ALONE = 10
_MOST_BEFORE = 8  # words of a block before what the description says: "Kyiv, 3 May (Agency) - "


def find(blocks: Sequence[Block], kept: set[int], metadata: Metadata) -> int | None:
    """The index of the block that is the standfirst, or None: a block before the end of the first third of
    the article that says what a description of the page says, or is named so right above the text.
    """
    first = min(kept)
    title_at = _title_before(blocks, first, metadata.title)
    ends = [*sorted(kept)[:3], first][: max(1, len(kept))][-1] + 1
    near = range(
        max(0, (title_at if title_at is not None else first - 25)), min(len(blocks), max(ends, first + 6))
    )
    candidates = [at for at in near if _may_be(blocks[at], metadata)]
    described = [
        (at in kept, rank, at)  # what extraction lost is no first paragraph
        for at in candidates
        for rank, description in enumerate(metadata.descriptions)
        if _says(blocks[at], description)
    ]
    if described:
        return min(described)[-1]
    if title_at is None:
        return None
    start = max(first, title_at + 3)  # the headline itself may be the first block that was elected
    named = [at for at in candidates if at <= start and _NAMED.search(names_of(blocks[at].element, 2))]
    return named[0] if named else _alone(blocks, range(title_at + 1, first), candidates)


def _alone(blocks: Sequence[Block], above: range, candidates: Sequence[int]) -> int | None:
    """The only sentence between headline and text."""
    found = [at for at in candidates if at in above and length(blocks[at].text) >= _LEAST_ALONE]
    found = [at for at in found if ends_a_sentence(blocks[at].text) and not is_aside(blocks[at])]
    return found[0] if len(found) == 1 else None


def _title_before(blocks: Sequence[Block], first: int, title: str) -> int | None:
    wanted = fold(title)
    found = [at for at in range(first + 1) if fold(blocks[at].text) == wanted]
    return found[-1] if found and first - found[-1] <= 60 else None


def _may_be(block: Block, metadata: Metadata) -> bool:
    count = length(block.text)
    return (
        block.kind in ("p", "h2", "h3", "h4", "li", "quote")
        and 4 <= count <= _MOST_WORDS
        and block.linked < 0.5
        and not in_headline(block.element)
        and not is_title(block.text, metadata.titles)
        and rule_of(block.text, site_name=metadata.site_name) is None
    )


def _says(block: Block, description: str) -> bool:
    """Whether a block is what a description says: equal, or its beginning where one of them is cut short."""
    told, held = words_of(description), words_of(block.text)
    for at in range(min(_MOST_BEFORE, len(held)) + 1):
        shared = min(len(told), len(held) - at)
        if shared >= 5 and told[: shared - 1] == held[at : at + shared - 1]:
            return len(held) <= len(told) + at + 2 or len(told) >= 0.6 * len(held)
    return False
