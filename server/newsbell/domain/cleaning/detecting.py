"""The language of a text that does not say it."""

from __future__ import annotations

from typing import Any

from newsbell.domain.text import strip_controls

_LEAST = 60  # letters; one of an East Asian script counts for three
_ENOUGH = 4_000  # characters
_LEAST_SHARE = 85  # per cent of the text that must be in the language
_NAMES = {"iw": "he", "jw": "jv", "mo": "ro", "sh": "sr-Latn", "xx-Qaai": ""}


def detected_language(text: str) -> str:
    """The BCP 47 tag of the language that a text is surely in; "" where it is too short, mixed or unsure, and
    where the library is not installed.
    """
    sample = strip_controls(text[:_ENOUGH])
    size = sum(3 if letter > "\u2e80" else 1 for letter in sample if letter.isalpha())
    detector = _detector()
    if detector is None or size < _LEAST:
        return ""
    try:
        is_reliable, _, found = detector.detect(sample)
    except detector.error:  # a text it cannot read
        return ""
    code, share = found[0][1], found[0][2]
    if not is_reliable or share < _LEAST_SHARE or code == "un" or code.startswith("xx"):
        return ""
    return str(_NAMES.get(code, code))


def _detector() -> Any:
    """Loaded with the first text that needs it. It is not built for every machine; there, what is undeclared
    stays so.
    """
    try:
        import pycld2  # noqa: PLC0415
    except ImportError:
        return None
    return pycld2
