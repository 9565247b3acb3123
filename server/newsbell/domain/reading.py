"""How long a text takes to read."""

from __future__ import annotations

import re

# Medians of silent reading, rounded down: Trauzettel-Klosinski and Dietz, "Standardized Assessment of Reading
# Performance" (2012), which counts characters for scripts that set no spaces between words.
_WORDS_A_MINUTE = 200
_WIDE_A_MINUTE = 360  # Han, kana and Hangul
_SPACELESS_A_MINUTE = 900  # Thai, Lao, Khmer and Burmese: about five characters a word
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f\U00020000-\U0003134f]")
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def reading_minutes(text: str) -> int:
    """Whole minutes, at least one; 0 for no text."""
    if not text.strip():
        return 0
    wide = spaceless = 0
    if not text.isascii():
        wide, spaceless = len(_WIDE.findall(text)), len(_SPACELESS.findall(text))
        text = _SPACELESS.sub(" ", _WIDE.sub(" ", text))
    words = sum(1 for word in text.split() if any(map(str.isalnum, word)))
    minutes = words / _WORDS_A_MINUTE + wide / _WIDE_A_MINUTE + spaceless / _SPACELESS_A_MINUTE
    return max(1, round(minutes))
