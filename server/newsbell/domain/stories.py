"""Stories: articles with the same text are one story, which rings once."""

from __future__ import annotations

import hashlib

from newsbell.domain.phrases import words
from newsbell.domain.text import fold

_ENOUGH_WORDS = 30


def text_digest(body_text: str, title: str) -> str:
    """The digest (SHA-256, hexadecimal) of a text's words. Texts that differ in case, white space or
    punctuation only have equal digests. The title counts only beside a text too short to tell articles
    apart, for newsrooms give one text different headlines.
    """
    found = words(fold(body_text))
    if len(found) < _ENOUGH_WORDS:
        found = [*words(fold(title)), "", *found]
    return hashlib.sha256(" ".join(found).encode()).hexdigest()
