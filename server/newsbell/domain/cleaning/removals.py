"""The record of what cleaning took out."""

from __future__ import annotations

from newsbell.domain.article import Removal
from newsbell.domain.text import squeeze

MAX_REMOVALS = 300
MAX_TEXT = 1_000


class Removals:
    """Collects removals in the order they happen, bounded in number and length."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Removal] = {}

    def add(self, rule: str, text: str) -> None:
        shown = shortened(text)
        if shown and len(self._found) < MAX_REMOVALS:
            self._found.setdefault((rule, shown), Removal(rule=rule, text=shown))

    def listed(self) -> tuple[Removal, ...]:
        return tuple(self._found.values())


def shortened(text: str) -> str:
    """A text as the record shows it: on one line, of at most MAX_TEXT characters."""
    text = squeeze(text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
