"""What is said of an article, kept from batch to batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsbell.domain.payload import alert_payload, story_tag
from newsbell.storage import articles
from newsbell.storage.database import Connection

KEPT = 32
"""Articles; as many alerts are seldom under way at once."""


@dataclass(frozen=True)
class Words:
    """What stands in each message about an article: the payload and the story's tag."""

    payload: bytes
    tag: str


class Payloads:
    """The words of the articles that were rung for last, as long as they do not change: a great fan-out asks
    for them for every batch. For one worker's thread.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[datetime, Words]] = {}

    def of(self, conn: Connection, article_id: int, base_url: str) -> Words | None:
        """The words for the article as it is now, which is read at `base_url`; None where it was removed."""
        changed = articles.changed_at(conn, article_id)
        if changed is None:
            return None
        at, words = self._kept.get(article_id, (None, None))
        if words is None or at != changed:
            article = articles.get(conn, article_id)
            if article is None:
                return None
            words = Words(alert_payload(article, base_url), story_tag(article.story_id))
            self._keep(article_id, article.updated_at, words)
        return words

    def _keep(self, article_id: int, changed: datetime, words: Words) -> None:
        self._kept.pop(article_id, None)
        while len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[article_id] = (changed, words)
