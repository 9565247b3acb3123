"""What a feed is at a moment, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsbell.errors import NotFoundError
from newsbell.services.feeds import feed_page, feed_state
from newsbell.storage import articles
from newsbell.storage.database import Database
from tests.factories import NOW, stored_article


def test_a_change_moves_the_state_of_its_topics_only(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    with database.transaction() as conn:
        stored_article(conn, "Russia", "Ukraine")
        stored_article(conn, "Ferries")
    before = {slug: feed_state(database, [slug]) for slug in ("russia", "ferries")}
    with database.transaction() as conn:
        stored_article(conn, "Russia", now=later)

    after = feed_state(database, ["russia"])
    assert after.revision > before["russia"].revision
    assert (before["russia"].changed_at, after.changed_at) == (NOW, later)
    assert feed_state(database, ["ferries"]) == before["ferries"]
    assert feed_state(database, ["russia", "ferries"]).changed_at == later
    assert feed_state(database, []).changed_at == later


def test_a_removal_moves_the_state(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    with database.transaction() as conn:
        removed = stored_article(conn, "Russia")
    before = feed_state(database, ["russia"])
    with database.transaction() as conn:
        articles.remove(conn, removed.id, later)

    page = feed_page(database, ["russia"], before=None, limit=5)
    assert page.articles == ()
    assert page.state.revision > before.revision
    assert page.state.changed_at == later


def test_topics_come_by_slug_and_once(database: Database) -> None:
    with database.transaction() as conn:
        stored_article(conn, "Ukraine", "Russia")

    state = feed_state(database, ["ukraine", "russia", "ukraine"])
    assert [topic.slug for topic in state.topics] == ["russia", "ukraine"]
    assert feed_state(database, []).topics == ()
    with pytest.raises(NotFoundError):
        feed_state(database, ["russia", "nobody"])


def test_pages_follow_one_another(database: Database) -> None:
    with database.transaction() as conn:
        stored = [stored_article(conn, "Russia").id for _ in range(5)]

    first = feed_page(database, ["russia"], before=None, limit=3)
    second = feed_page(database, ["russia"], before=first.next, limit=3)
    assert [article.id for article in (*first.articles, *second.articles)] == stored[::-1]
    assert second.next is None
    assert feed_page(database, [], before=None, limit=5).next is None


def test_a_store_without_articles_never_changed(database: Database) -> None:
    assert feed_state(database, []).changed_at is None
