"""From OK to the article in a real Chromium on a virtual screen, with nothing granted beforehand."""

from __future__ import annotations

import pytest

from tests.e2e.drivers.chromium import Chromium
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.gcm import GoogleCloudMessaging
from tests.e2e.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]


def test_ok_allow_a_ring_the_article_and_stop(
    chromium: Chromium, routed_newsbell: Newsbell, google_push: GoogleCloudMessaging, title: str
) -> None:
    newsbell = routed_newsbell
    chromium.open(f"{newsbell.address}/subscribe?topics=Russia")
    chromium.click("#ok")
    chromium.press_in_prompt("Allow")
    chromium.wait_for_text("#done-title", "Done")
    article = newsbell.save(title, topics=["Russia", "Ukraine"])
    # Waiting for the window first: asking a page for its notifications in a tight loop can lose some.
    chromium.wait_for_notification()
    [(shown, text)] = chromium.notifications()
    assert shown == title
    assert "northern harbour at first light" in text
    chromium.click_notification()
    until(lambda: any(f"/articles/{article['id']}/" in tab for tab in chromium.tabs()), "the article's tab")
    newsbell.wait_until_all_is_rung()
    assert [push.status for push in google_push.pushes.log] == [201]

    chromium.open(f"{newsbell.address}/subscription")
    chromium.wait_for_text("#standing", "is notified")
    chromium.click("#stop")
    chromium.wait_for_text("#status", "Stopped.")
    assert newsbell.subscriptions() == 0
    newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
    newsbell.wait_until_all_is_rung()
    assert len(google_push.pushes.log) == 1


def test_a_blocked_browser_is_told_how_to_undo_it(chromium: Chromium, routed_newsbell: Newsbell) -> None:
    chromium.open(f"{routed_newsbell.address}/subscribe?topics=Russia")
    chromium.click("#ok")
    chromium.press_in_prompt("Block")
    chromium.wait_for_text("#status", "open “Site settings”")
    assert routed_newsbell.subscriptions() == 0
