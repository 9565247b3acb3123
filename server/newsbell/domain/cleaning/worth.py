"""Whether what was found is an article at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsbell.domain.cleaning.blocks import Block
from newsbell.errors import RefusedError

_WIDE = re.compile("[\u2e81-\U0010ffff]")
_LEAST_TEXT = 60  # characters; those of East Asian scripts count double
_MOST_LINKED = 0.7
_LEAST_LETTERS = 0.3  # of the characters; vowels and tones that are marks are no letters of their own


def refuse_too_little(blocks: Sequence[Block]) -> None:
    """Raise RefusedError with code "no_article" where there is hardly any text outside of links."""
    prose = [block for block in blocks if block.kind in ("p", "quote", "li", "pre", "dd")]
    size = sum(len(block.text) for block in prose)
    wide = sum(len(_WIDE.findall(block.text)) for block in prose if not block.text.isascii())
    letters = sum(sum(map(str.isalnum, block.text)) for block in prose)
    linked = sum(block.linked * len(block.text) for block in prose)
    too_little = size + wide < _LEAST_TEXT or letters < _LEAST_LETTERS * size
    if too_little or linked > _MOST_LINKED * size:
        raise no_article()


def no_article() -> RefusedError:
    return RefusedError("There is no article on this page.", code="no_article", field="content")


def first_words(text: str) -> str:
    """A title for an article that has none."""
    words = text.partition("\n")[0][:500].split()
    return " ".join(words[:12])[:200] + ("…" if len(words) > 12 else "")
