"""Where no push can come, the extension looks at the feed by itself, in real browsers.

The alarm that makes it look is the extension's own: a test waits for it, and then has it come as early as
the browser lets it.
"""

from __future__ import annotations

import pytest

from tests.e2e.extension import test_chromium_following as chromium_reader
from tests.e2e.extension import test_firefox_linking as firefox_reader
from tests.e2e.extension.conftest import RunChromium, RunFirefox
from tests.e2e.extension.reader import (
    DENIED,
    article,
    count_while_asleep,
    hasten,
    state_of,
    wait_for_standing,
    wait_until_shown,
)
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.door import Door
from tests.e2e.services.gcm import GoogleCloudMessaging, switches_to_nowhere
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]


def test_chromium_without_a_push_service_rings_from_the_feed_until_there_is_one(
    run_chromium: RunChromium,
    routed_newsbell: Newsbell,
    google_push: GoogleCloudMessaging,
    paper: Paper,
    title: str,
) -> None:
    newsbell = routed_newsbell
    newsbell.save(f"Known before: {title}", topics=["Russia"])
    with run_chromium(switches=switches_to_nowhere()) as (chromium, extension):
        chromium_reader.use_server(chromium, extension, newsbell.address)
        chromium.open(article(paper))
        popup = extension.open_popup()
        popup.press("Follow Russia")
        wait_until_shown(popup, "#ok")
        popup.click("#ok")
        extension.press_in_dialog("Allow")
        wait_for_standing(extension, "polling", within=120)
        assert newsbell.subscriptions() == 0
        newsbell.save(title, topics=["Russia", "Ukraine"])
        assert hasten(extension, "look", 0.02)["periodInMinutes"] == 5
        until(extension.notifications, "a notification", within=120)
        assert [shown for shown, _ in extension.notifications()] == [title]
        until(lambda: extension.badge() == "1", "the article, counted on the button")

    with run_chromium() as (chromium, extension):
        # No page of the extension is opened until then: it takes over by itself.
        until(lambda: newsbell.subscriptions() == 1, "push, taking over", within=120)
        wait_for_standing(extension, "push")
        assert newsbell.followed() == ["Russia"]
        assert state_of(extension)["due"] == []
        newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
        chromium.wait_for_notification()
        newsbell.wait_until_all_is_rung()
        assert [push.status for push in google_push.pushes.log] == [201]
        shown = [text for text, _ in extension.notifications()]
        assert shown.count(f"Ice closes the channel: {title}") == 1
        count_while_asleep(extension, 2)


def test_firefox_at_a_plain_http_server_of_the_network_rings_from_the_feed(
    run_firefox: RunFirefox, newsbell: Newsbell, door: Door, paper: Paper, title: str
) -> None:
    with run_firefox() as (firefox, extension):
        firefox_reader.use_server(firefox, extension, door.address)
        firefox.open(f"{door.address}/subscribe?topics=Russia")
        assert firefox.run("return isSecureContext") is False
        firefox.open(article(paper))
        popup = extension.open_popup()
        popup.press("Follow Russia")
        wait_until_shown(popup, "#ok-poll")
        popup.click("#ok-poll")
        firefox.press_in_prompt("Deny")
        # Said where it was asked, and to whom opens the popup again.
        popup.wait_for_text("#prompt", DENIED)
        assert popup.run("document.activeElement.id") == "prompt-title"
        assert state_of(popup).get("following", []) == []
        extension.close_popup()

        popup = extension.open_popup()
        popup.wait_for_text("#prompt", DENIED)
        popup.click("#ok-poll")
        firefox.press_in_prompt("Allow")
        wait_for_standing(popup, "polling")
        until(lambda: state_of(popup)["following"][0]["primed"], "a first look at the feed")
        extension.close_popup()
        newsbell.save(title, topics=["Russia"])
        assert hasten(extension, "look", 0.02)["periodInMinutes"] == 5
        assert firefox.notification()[0] == title
        assert newsbell.subscriptions() == 0

    # What rang before does not ring again when the browser starts; what came meanwhile does.
    newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
    with run_firefox() as (firefox, extension):
        assert firefox.notification()[0] == f"Ice closes the channel: {title}"
        until(lambda: state_of(extension)["due"] == [], "nothing left to ring for")
        assert len(extension.run("browser.notifications.getAll().then(Object.keys)")) == 1
        assert hasten(extension, "look", 5)["periodInMinutes"] == 5
        count_while_asleep(extension, 2)
