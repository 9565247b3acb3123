"""From a page that is being read to a linked subscription and its notification, in a real Firefox."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.e2e.drivers.firefox import Firefox
from tests.e2e.drivers.firefox_extension import FirefoxExtension, FirefoxPopup
from tests.e2e.extension.conftest import InFirefox, RunFirefox, firefox_package
from tests.e2e.extension.reader import (
    article,
    page_topics,
    read,
    state_of,
    wait_for_standing,
    wait_until_shown,
)
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.mozilla_push import MozillaPush
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]

STRANGERS_HASH = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
STRANGERS_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def use_server(firefox: Firefox, extension: FirefoxExtension, address: str) -> None:
    """What a reader does on the options page."""
    firefox.open(extension.address("options.html"))
    until(lambda: firefox.run("return document.querySelector('#address').value"), "the page, filled in")
    firefox.run("document.querySelector('#address').value = ''")
    firefox.type("#address", address)
    firefox.click("#use-server")
    firefox.wait_for_text("#server-said", "Newsbell")


def import_topics(firefox: Firefox, newsbell: Newsbell, topics: list[str], folder: Path) -> None:
    """Choose a file of settings on the options page, which is open."""
    file = folder / "settings.json"
    settings = {"newsbell": 1, "server": newsbell.address, "topics": topics, "byPolling": False}
    file.write_text(json.dumps(settings), encoding="utf-8")
    firefox.type("#import", str(file))
    firefox.wait_for_text("#settings-said", "Imported.")


def ask_to_follow(firefox: Firefox, extension: FirefoxExtension, newsbell: Newsbell, paper: Paper) -> None:
    """Follow and OK in the popup; the server's page is in front afterwards."""
    firefox.open(article(paper))
    popup = extension.open_popup()
    assert page_topics(popup) == ["Russia", "Ukraine"]
    popup.press("Follow Russia")
    wait_until_shown(popup, "#ok")
    popup.click("#ok")
    extension.wait_until_popup_is_gone()
    firefox.switch_to_tab_at(f"{newsbell.address}/subscribe?")
    firefox.wait_for_text("#ok", "OK")


def allow(firefox: Firefox) -> None:
    """OK on the server's page and the browser's own Allow."""
    firefox.click("#ok")
    firefox.press_in_prompt("Allow")
    firefox.wait_for_text("#handover-title", "Let the extension manage this subscription?")


def press_ok(firefox: Firefox) -> None:
    """The same where the reader allowed it before."""
    firefox.click("#ok")
    firefox.wait_for_text("#handover-title", "Let the extension manage this subscription?")


def claim(newsbell: Newsbell, code: str, verifier: str) -> int:
    """The status that the server answers a claim with."""
    body = {"code": code, "verifier": verifier}
    return requests.post(f"{newsbell.address}/api/v1/links/claim", json=body, timeout=60).status_code


def code_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["code"][0]


def link_of(popup: FirefoxPopup) -> dict[str, str]:
    """The hand-over under way, with its secret."""
    found: dict[str, str] = state_of(popup)["link"]
    return found


def ring_for_the_article_and_for_a_test(
    firefox: Firefox, extension: FirefoxExtension, newsbell: Newsbell, mozilla_push: MozillaPush, title: str
) -> None:
    saved = newsbell.save(title, topics=["Russia", "Ukraine"])
    assert firefox.notification()[0] == title
    firefox.click_notification()
    until(lambda: any(f"/articles/{saved['id']}/" in tab for tab in firefox.tabs()), "the article's tab")
    newsbell.wait_until_all_is_rung()
    assert [push.status for push in mozilla_push.pushes.log] == [201]

    firefox.open(extension.address("options.html"))
    firefox.click("#test")
    firefox.wait_for_text("#test-said", "Sent.")
    until(lambda: len(mozilla_push.pushes.log) == 2, "the test, at the push service")


def follow_another_topic(
    firefox: Firefox, extension: FirefoxExtension, newsbell: Newsbell, paper: Paper
) -> None:
    """In the updated extension: what it changes, the server knows, and so does the page that subscribed."""
    firefox.open(article(paper))
    popup = extension.open_popup()
    assert popup.run("browser.runtime.getManifest().version") == "0.2.0"
    popup.press("Follow Ukraine")
    until(lambda: newsbell.followed() == ["Ferries", "Russia", "Ukraine"], "a third topic at the server")
    extension.close_popup()
    firefox.open(f"{newsbell.address}/subscription")
    firefox.wait_for_text("#standing", "manages them too")
    firefox.wait_for_text("#topics", "Ukraine")


def test_follow_ok_allow_yes_a_ring_the_article_an_update_and_silence(
    firefox_extension: InFirefox,
    newsbell: Newsbell,
    mozilla_push: MozillaPush,
    paper: Paper,
    tmp_path: Path,
    title: str,
) -> None:
    firefox, extension = firefox_extension
    use_server(firefox, extension, newsbell.address)
    import_topics(firefox, newsbell, ["Ferries"], tmp_path)
    ask_to_follow(firefox, extension, newsbell, paper)
    extension.suspend_background()
    allow(firefox)
    assert extension.background() == "stopped"
    firefox.click("#yes")
    firefox.switch_to_tab_at(extension.address("done.html?code="))
    firefox.wait_for_text("#words", "Ferries")
    firefox.wait_for_text("#words", "Russia")
    assert newsbell.linked() == 1
    # What was followed before is told by the link, not replaced by what the server's page ticked.
    until(lambda: newsbell.followed() == ["Ferries", "Russia"], "both topics, at the server")
    firefox.close_tab()

    ring_for_the_article_and_for_a_test(firefox, extension, newsbell, mozilla_push, title)
    firefox.open(article(paper))  # an update closes the extension's own pages
    extension.install(firefox_package(tmp_path, "0.2.0"), temporary=False)
    follow_another_topic(firefox, extension, newsbell, paper)

    firefox.open(article(paper))
    popup = extension.open_popup()
    popup.press("Unfollow Ukraine")
    popup.press("Unfollow Russia")
    popup.press("Unfollow Ferries")
    wait_for_standing(popup, "idle")
    until(lambda: newsbell.subscriptions() == 0, "the server told")
    newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
    newsbell.wait_until_all_is_rung()
    assert len(mozilla_push.pushes.log) == 2


def test_a_claim_that_is_second_late_guessed_or_a_strangers_is_refused(
    firefox_extension: InFirefox, newsbell: Newsbell, paper: Paper
) -> None:
    firefox, extension = firefox_extension
    use_server(firefox, extension, newsbell.address)
    ask_to_follow(firefox, extension, newsbell, paper)
    popup = extension.open_popup()
    verifier = link_of(popup)["verifier"]
    extension.close_popup()

    # Guessed: what the extension knows is not touched by it.
    page = firefox.current_tab()
    firefox.open_tab(extension.address("done.html?code=nbl_guess"))
    firefox.wait_for_text("#words", "not")
    firefox.close_tab()
    assert newsbell.linked() == 0
    assert claim(newsbell, "nbl_guess", verifier) == 404

    # By a stranger, whose link was followed and answered with Yes: he has the verifier, and no code.
    back = extension.address("done.html")
    query = urlencode({"topics": "Russia", "link": STRANGERS_HASH, "back": back})
    firefox.open_tab(f"{newsbell.address}/subscribe?{query}")
    allow(firefox)
    firefox.click("#yes")
    firefox.switch_to_tab_at(f"{back}?code=")
    firefox.wait_for_text("#words", "not")
    firefox.close_tab()
    assert newsbell.linked() == 0
    assert claim(newsbell, "nbl_guess", STRANGERS_VERIFIER) == 404

    # Late: made, and claimed after its time.
    firefox.switch_to_tab(page)
    press_ok(firefox)
    with newsbell.making_links_too_late():
        firefox.click("#yes")
        late = firefox.switch_to_tab_at(extension.address("done.html?code="))
        firefox.wait_for_text("#words", "not")
    assert newsbell.linked() == 0
    assert claim(newsbell, code_in(late), verifier) == 404

    # In time, by going back and pressing again; and then once more.
    firefox.open(page)
    press_ok(firefox)
    firefox.click("#yes")
    done = firefox.switch_to_tab_at(extension.address("done.html?code="))
    firefox.wait_for_text("#words", "Russia")
    assert newsbell.linked() == 1
    assert claim(newsbell, code_in(done), verifier) == 404
    firefox.open(done)
    firefox.wait_for_text("#words", "Russia")
    wait_for_standing(extension.open_popup(), "linked")


def test_a_blocked_page_and_no_both_leave_the_extension_saying_so(
    firefox_extension: InFirefox, newsbell: Newsbell, mozilla_push: MozillaPush, paper: Paper, title: str
) -> None:
    firefox, extension = firefox_extension
    use_server(firefox, extension, newsbell.address)
    # No: the page keeps its subscription to itself, and the extension has nothing of it.
    ask_to_follow(firefox, extension, newsbell, paper)
    allow(firefox)
    firefox.click("#no")
    firefox.wait_for_text("#done-title", "Done")
    assert newsbell.subscriptions() == 1
    assert newsbell.links() == newsbell.linked() == 0
    popup = extension.open_popup()
    popup.wait_for_text("#prompt", "If you said No there, that page notifies you")
    known = state_of(popup)
    assert (known.get("ticket"), known.get("following", [])) == (None, [])
    popup.press("Not now")
    until(lambda: not popup.text("#prompt"), "the question, gone")
    assert popup.text("#standing") == "You follow nothing yet."
    extension.close_popup()
    newsbell.save(title, topics=["Russia"])
    assert firefox.notification()[0] == title

    # Blocked: nobody is subscribed.
    newsbell.forget_subscriptions()
    firefox.permission(newsbell.address, "remove")
    ask_to_follow(firefox, extension, newsbell, paper)
    firefox.click("#ok")
    firefox.press_in_prompt("Always Block")
    firefox.wait_for_text("#status", "remove “Blocked”")
    assert newsbell.subscriptions() == 0
    popup = extension.open_popup()
    wait_until_shown(popup, "#prompt")
    assert "Russia" in popup.text("#prompt")


def test_a_push_that_waited_while_the_browser_was_closed_is_shown(
    run_firefox: RunFirefox,
    newsbell: Newsbell,
    mozilla_push: MozillaPush,
    paper: Paper,
    tmp_path: Path,
    title: str,
) -> None:
    with run_firefox() as (firefox, extension):
        use_server(firefox, extension, newsbell.address)
        ask_to_follow(firefox, extension, newsbell, paper)
        allow(firefox)
        firefox.click("#yes")
        firefox.switch_to_tab_at(extension.address("done.html?code="))
        firefox.wait_for_text("#words", "Russia")
    newsbell.save(title, topics=["Russia"])
    newsbell.wait_until_all_is_rung()
    with run_firefox() as (firefox, extension):
        assert firefox.notification()[0] == title
        wait_for_standing(extension, "linked")
        assert [push.status for push in mozilla_push.pushes.log] == [201]
        assert newsbell.linked() == 1
        use_every_option(firefox, extension, newsbell, tmp_path)


def use_every_option(firefox: Firefox, extension: FirefoxExtension, newsbell: Newsbell, folder: Path) -> None:
    """The settings as a file, the end of everything, and the settings back again."""
    firefox.save_files_to(folder)
    firefox.open(extension.address("options.html"))
    firefox.wait_for_text("#topics", "Russia")
    firefox.click("#export")
    file = folder / "newsbell-settings.json"
    exported = until(lambda: read(file), "the settings as a file")
    assert json.loads(exported)["topics"] == ["Russia"]
    assert "token" not in exported

    firefox.click("#stop")
    firefox.wait_for_text("#stop-said", "the server has forgotten this browser")
    assert newsbell.subscriptions() == 0
    firefox.wait_for_text("#topics", "nothing")
    wait_for_standing(extension, "idle")

    firefox.type("#import", str(file))
    firefox.wait_for_text("#settings-said", "Imported. If nothing notifies you yet, press OK in the popup.")
    firefox.wait_for_text("#topics", "Russia")
    assert newsbell.subscriptions() == 0
    popup = extension.open_popup()
    wait_until_shown(popup, "#ok")
    assert "Russia" in popup.text("#prompt")
