"""From OK to the article in a real Firefox, with nothing granted beforehand."""

from __future__ import annotations

import pytest

from tests.e2e.drivers.firefox import FAR_HOST, Firefox
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.mozilla_push import MozillaPush
from tests.e2e.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]


def follow_russia(firefox: Firefox, newsbell: Newsbell) -> None:
    """What a reader does: OK on the page, Allow in the browser's own dialog."""
    firefox.open(f"{newsbell.address}/subscribe?topics=Russia")
    firefox.click("#ok")
    firefox.press_in_prompt("Allow")
    firefox.wait_for_text("#done-title", "Done")


def open_own_page(firefox: Firefox, newsbell: Newsbell) -> None:
    firefox.open(f"{newsbell.address}/subscription")
    firefox.wait_for_text("#standing", "is notified")


def test_a_click_on_the_notification_of_a_saved_page_opens_its_article(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    follow_russia(firefox, newsbell)
    article = newsbell.save(title, topics=["Russia", "Ukraine"])
    shown, text = firefox.notification()
    assert shown == title
    assert "northern harbour at first light" in text
    firefox.click_notification()
    page = until(
        lambda: next((tab for tab in firefox.tabs() if f"/articles/{article['id']}/" in tab), None),
        "the article's tab",
    )
    firefox.switch_to_tab(page)
    assert firefox.text("h1") == title
    newsbell.wait_until_all_is_rung()
    assert [push.status for push in mozilla_push.pushes.log] == [201]


def test_a_story_rings_once_however_many_followed_topics_it_has(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    firefox.open(f"{newsbell.address}/subscribe?topics=Russia,Ukraine")
    firefox.click("#ok")
    firefox.press_in_prompt("Allow")
    firefox.wait_for_text("#done-title", "Done")
    newsbell.save(title, topics=["Russia", "Ukraine"])
    newsbell.save(title, topics=["Russia", "Ukraine", "Islands"])
    newsbell.wait_until_all_is_rung()
    assert len(mozilla_push.pushes.log) == 1


def test_a_push_is_urgent_enough_short_lived_and_collapses(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    follow_russia(firefox, newsbell)
    newsbell.save(title, topics=["Russia"])
    headers = until(lambda: mozilla_push.pushes.log, "a push")[0].headers
    assert int(headers["TTL"]) > 0
    assert headers["Urgency"] == "normal"
    assert 0 < len(headers["Topic"]) <= 32


def test_after_stop_nothing_more_is_sent(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    follow_russia(firefox, newsbell)
    newsbell.save(title, topics=["Russia"])
    newsbell.wait_until_all_is_rung()
    assert len(mozilla_push.pushes.log) == 1
    open_own_page(firefox, newsbell)
    firefox.click("#stop")
    firefox.wait_for_text("#status", "Stopped.")
    assert newsbell.subscriptions() == 0
    assert mozilla_push.subscriptions == 0
    newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
    newsbell.wait_until_all_is_rung()
    assert len(mozilla_push.pushes.log) == 1


def test_a_subscription_is_gone_once_its_permission_was_taken_back(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    follow_russia(firefox, newsbell)
    assert newsbell.subscriptions() == 1
    firefox.permission(newsbell.address, "remove")
    until(lambda: mozilla_push.subscriptions == 0, "the browser's word to its push service")
    firefox.open(f"{newsbell.address}/subscription")
    firefox.wait_for_text("#standing", "taken back this browser’s permission")
    newsbell.save(title, topics=["Russia"])
    newsbell.wait_until_all_is_rung()
    assert [push.status for push in mozilla_push.pushes.log] == [410]
    assert newsbell.subscriptions() == 0


def test_send_myself_a_test_rings(firefox: Firefox, newsbell: Newsbell) -> None:
    follow_russia(firefox, newsbell)
    open_own_page(firefox, newsbell)
    firefox.click("#test")
    firefox.wait_for_text("#status", "Sent.")
    shown, _ = firefox.notification()
    assert shown == "Newsbell can reach you"


def test_topics_changed_on_the_page_are_the_topics_that_ring(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    follow_russia(firefox, newsbell)
    open_own_page(firefox, newsbell)
    firefox.click("#topics input[value=russia]")
    firefox.type("#topic-name", "Ferries")
    firefox.click("#save")
    firefox.wait_for_text("#status", "Saved.")
    newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
    newsbell.save(title, topics=["Ferries"])
    assert firefox.notification()[0] == title
    newsbell.wait_until_all_is_rung()
    assert len(mozilla_push.pushes.log) == 1


def test_following_again_adds_to_what_is_followed(firefox: Firefox, newsbell: Newsbell, title: str) -> None:
    follow_russia(firefox, newsbell)
    firefox.open(f"{newsbell.address}/subscribe?topics=Ukraine")
    firefox.wait_for_text("#follows-already", "follows topics already")
    firefox.click("#ok")
    firefox.wait_for_text("#done-title", "Done")
    assert newsbell.subscriptions() == 1
    open_own_page(firefox, newsbell)
    firefox.wait_for_text("#topics", "Ukraine")
    assert "Russia" in firefox.text("#topics")


def test_a_blocked_browser_is_told_how_to_undo_it(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush
) -> None:
    firefox.open(f"{newsbell.address}/subscribe?topics=Russia")
    firefox.click("#ok")
    firefox.press_in_prompt("Always Block")
    firefox.wait_for_text("#status", "remove “Blocked”")
    assert newsbell.subscriptions() == mozilla_push.subscriptions == 0
    firefox.open(f"{newsbell.address}/subscribe?topics=Russia")
    firefox.wait_for_text("#status", "remove “Blocked”")


def test_a_closed_question_is_asked_again(firefox: Firefox, newsbell: Newsbell, title: str) -> None:
    firefox.open(f"{newsbell.address}/subscribe?topics=Russia")
    firefox.click("#ok")
    firefox.dismiss_prompt()
    firefox.wait_for_text("#status", "press OK again")
    firefox.click("#ok")
    firefox.press_in_prompt("Allow")
    firefox.wait_for_text("#done-title", "Done")
    assert newsbell.subscriptions() == 1


def test_nothing_is_asked_before_ok(firefox: Firefox, newsbell: Newsbell) -> None:
    firefox.open(f"{newsbell.address}/subscribe")
    firefox.click("#ok")
    firefox.wait_for_text("#status", "Tick at least one topic")
    assert firefox.run("return Notification.permission") == "default"
    assert not firefox.shows_prompt()


def test_a_page_that_did_not_come_over_https_says_so(firefox: Firefox, newsbell: Newsbell) -> None:
    firefox.open(f"http://{FAR_HOST}:{newsbell.port}/subscribe?topics=Russia")
    firefox.wait_for_text("#status", "did not come over https")
    firefox.click("#ok")
    assert not firefox.shows_prompt()
    firefox.open(f"http://{FAR_HOST}:{newsbell.port}/subscription")
    firefox.wait_for_text("#standing", "follows nothing here")


def test_a_subscription_the_server_forgot_is_offered_again(
    firefox: Firefox, newsbell: Newsbell, title: str
) -> None:
    follow_russia(firefox, newsbell)
    newsbell.forget_subscriptions()
    firefox.open(f"{newsbell.address}/subscription")
    firefox.wait_for_text("#standing", "no longer knows this browser")
    firefox.click("#again-link")
    firefox.wait_for_text("h1", "Be notified")
    firefox.type("#topic-name", "Russia")
    firefox.click("#ok")
    firefox.wait_for_text("#done-title", "Done")
    newsbell.save(title, topics=["Russia"])
    assert firefox.notification()[0] == title


def test_the_keyboard_is_enough(firefox: Firefox, newsbell: Newsbell, title: str) -> None:
    firefox.open(f"{newsbell.address}/subscribe?topics=Russia")
    firefox.tab_to("ok")
    firefox.press_key("Enter")
    firefox.press_in_prompt("Allow")
    firefox.wait_for_text("#done-title", "Done")
    assert firefox.focused() == "done-title"


def test_a_push_address_the_browser_lost_is_replaced_by_itself(
    firefox: Firefox, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    follow_russia(firefox, newsbell)
    [before] = newsbell.endpoints()
    mozilla_push.lose_browsers()
    until(lambda: newsbell.endpoints() != [before], "another endpoint in the store")
    newsbell.save(title, topics=["Russia"])
    assert firefox.notification()[0] == title
    open_own_page(firefox, newsbell)
