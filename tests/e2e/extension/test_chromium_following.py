"""From a page that is being read to a notification of the extension's own worker, in a real Chromium.

The server stands at an address of its own network and speaks plain http, as at many homes.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from tests.e2e.drivers.chromium import Chromium
from tests.e2e.drivers.chromium_extension import ChromiumExtension
from tests.e2e.extension.conftest import RunChromium
from tests.e2e.extension.reader import (
    DENIED,
    article,
    page_topics,
    read,
    state_of,
    wait_for_standing,
    wait_until_shown,
)
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.door import Door
from tests.e2e.services.gcm import GoogleCloudMessaging
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]

TOPICS = ["Russia", "Sea ice", "Ukraine"]


def use_server(chromium: Chromium, extension: ChromiumExtension, address: str) -> None:
    """What a reader does on the options page."""
    chromium.open(extension.address("options.html"))
    until(lambda: chromium.run("document.querySelector('#address').value"), "the page, filled in")
    chromium.run("document.querySelector('#address').value = ''")
    chromium.type("#address", address)
    chromium.click("#use-server")
    chromium.wait_for_text("#server-said", "Newsbell")


def follow_russia(extension: ChromiumExtension) -> None:
    """Follow, OK, and the browser's own Allow."""
    popup = extension.open_popup()
    popup.press("Follow Russia")
    wait_until_shown(popup, "#ok")
    popup.click("#ok")
    extension.press_in_dialog("Allow")
    wait_for_standing(extension, "push")


def test_follow_ok_deny_allow_a_ring_the_article_and_silence(
    run_chromium: RunChromium,
    routed_newsbell: Newsbell,
    routed_door: Door,
    google_push: GoogleCloudMessaging,
    paper: Paper,
    title: str,
) -> None:
    newsbell = routed_newsbell
    with run_chromium() as (chromium, extension):
        use_server(chromium, extension, routed_door.address)
        # No page of this server may subscribe. The extension's own worker may.
        chromium.open(f"{routed_door.address}/subscribe?topics=Russia")
        assert chromium.run("isSecureContext") is False
        chromium.open(article(paper))

        popup = extension.open_popup()
        assert page_topics(popup) == ["Russia", "Ukraine"]
        popup.press("Follow Russia")
        wait_until_shown(popup, "#ok")
        popup.click("#ok")
        extension.press_in_dialog("Deny")
        popup = extension.open_popup()
        popup.wait_for_text("#prompt", DENIED)
        assert "Russia" in popup.text("#prompt")
        assert newsbell.subscriptions() == google_push.subscriptions == 0

        popup.click("#ok")
        extension.press_in_dialog("Allow")
        until(lambda: newsbell.subscriptions() == 1, "a subscription at the server")
        wait_for_standing(extension, "push")
        assert newsbell.followed() == ["Russia"]

        saved = newsbell.save(title, topics=["Russia", "Ukraine"])
        chromium.wait_for_notification()
        [(shown, text)] = extension.notifications()
        assert shown == title
        assert "northern harbour at first light" in text
        until(lambda: extension.badge() == "1", "the article, counted on the button")
        chromium.click_notification()
        until(lambda: any(f"/articles/{saved['id']}/" in tab for tab in chromium.tabs()), "the article's tab")
        until(lambda: extension.badge() == "", "the article, read")
        newsbell.wait_until_all_is_rung()
        assert [push.status for push in google_push.pushes.log] == [201]

        chromium.open(article(paper))
        popup = extension.open_popup()
        popup.press("Unfollow Russia")
        wait_for_standing(extension, "idle")
        assert newsbell.subscriptions() == 0
        until(lambda: google_push.subscriptions == 0, "the browser's word to its push service")
        newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
        newsbell.wait_until_all_is_rung()
        assert len(google_push.pushes.log) == 1
        assert state_of(popup)["ticket"] is None


# Types into the field as soon as there is one, before any script of the page has run to its end.
TYPE_AT_ONCE = """new MutationObserver((_, watching) => {
    const field = document.querySelector("#address");
    if (field) { field.value = "typed"; watching.disconnect(); }
}).observe(document, {subtree: true, childList: true})"""


def keeps_what_is_typed_early(chromium: Chromium, extension: ChromiumExtension) -> bool:
    """Whether the options page, once it is there, still shows what was typed while it came."""
    script = chromium.send("Page.addScriptToEvaluateOnNewDocument", source=TYPE_AT_ONCE)
    chromium.open(extension.address("options.html"))
    until(lambda: chromium.text("#standing"), "the page, filled in")
    typed = chromium.run("document.querySelector('#address').value")
    chromium.send("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])
    return bool(typed == "typed")


def test_a_restart_and_an_update_lose_nothing(
    run_chromium: RunChromium,
    routed_newsbell: Newsbell,
    google_push: GoogleCloudMessaging,
    paper: Paper,
    tmp_path: Path,
    title: str,
) -> None:
    newsbell = routed_newsbell
    newsbell.save(f"Known before: {title}", topics=["Russia", "Ukraine"])
    with run_chromium() as (chromium, extension):
        assert keeps_what_is_typed_early(chromium, extension)
        use_server(chromium, extension, newsbell.address)
        chromium.open(article(paper))
        follow_russia(extension)
        [before] = newsbell.endpoints()
    newsbell.save(title, topics=["Russia"])
    newsbell.wait_until_all_is_rung()

    with run_chromium() as (chromium, extension):
        chromium.wait_for_notification()
        assert [shown for shown, _ in extension.notifications()] == [title]
        assert newsbell.endpoints() == [before]

    # A packed update is taken in when the browser starts, and is there from the next start on.
    with run_chromium(version="0.2.0") as (_, extension):
        extension.wait_for_update("0.2.0")
    with run_chromium(version="0.2.0") as (chromium, extension):
        # No page of the extension is opened until then: it is the update that has it mended.
        until(lambda: newsbell.endpoints() not in ([before], []), "the new endpoint at the server")
        assert extension.version() == "0.2.0"
        assert len(newsbell.endpoints()) == google_push.subscriptions == 1
        newsbell.save(f"Ice closes the channel: {title}", topics=["Russia"])
        chromium.wait_for_notification()
        newsbell.wait_until_all_is_rung()
        # One message each, none of them to the endpoint that is gone.
        assert [push.status for push in google_push.pushes.log] == [201, 201]
        chromium.click_notification()
        mark_read(chromium, extension, newsbell, title)
        copy_feeds(chromium)
        complete_by_keyboard(chromium, newsbell)
        use_every_option(chromium, extension, newsbell, google_push, tmp_path)


def mark_read(chromium: Chromium, extension: ChromiumExtension, newsbell: Newsbell, title: str) -> None:
    """One article by reading its original, one by its button, and then all."""
    # One was rung before the update. What the button says is counted before the popup has the feed looked at.
    until(lambda: extension.badge() == "1", "the article of before, unread")
    newsbell.save(f"Light on the tower: {title}", topics=["Russia"])
    until(lambda: extension.badge() == "2", "another one")
    chromium.open(extension.address("popup.html"))
    wait_for_unread(chromium, 2)
    chromium.click('#latest .unread [data-key^="original "]')
    original = "https://paper.example/light-on-the-tower"
    until(lambda: any(tab.startswith(original) for tab in chromium.tabs()), "the original's tab")
    until(lambda: extension.badge() == "1", "one article, read")

    newsbell.save(f"Snow on the pass: {title}", topics=["Russia"])
    until(lambda: extension.badge() == "2", "one more")
    chromium.open(extension.address("popup.html"))
    [_, left] = wait_for_unread(chromium, 2)
    assert "tower" not in left
    chromium.click('#latest .unread [data-key^="read "]')
    assert wait_for_unread(chromium, 1) == [left]
    until(lambda: extension.badge() == "1", "another article, read")
    chromium.click("#mark-all")
    wait_for_unread(chromium, 0)
    until(lambda: extension.badge() == "", "all, read")
    until(lambda: not chromium.text("#mark-all"), "nothing left to mark")


def wait_for_unread(chromium: Chromium, count: int) -> list[str]:
    """The titles of the articles that are shown as unread, once they are so many."""
    unread = "[...document.querySelectorAll('#latest .unread a.title')].map((one) => one.innerText)"
    until(lambda: len(chromium.run(unread)) == count, f"{count} articles, shown as unread")
    titles: list[str] = chromium.run(unread)
    return titles


def copy_feeds(chromium: Chromium) -> None:
    """The addresses of a topic's feeds, by the clipboard into another field."""
    chromium.click("#followed summary")
    for form, kind in (("rss", "rss+xml"), ("atom", "atom+xml"), ("json", "feed+json")):
        answer = requests.get(copied_address(chromium, form), timeout=60)
        assert kind in answer.headers["Content-Type"]
    chromium.display.press("ctrl+a")
    chromium.display.press("Delete")


def copied_address(chromium: Chromium, form: str) -> str:
    button = f'#followed [data-key="{form} russia"]'
    until(lambda: chromium.run(f"!!document.querySelector({json.dumps(button)})"), f"a way to copy {form}")
    chromium.click(button)
    chromium.wait_for_text("#said", f"/feeds/russia.{form}")
    chromium.click("#other-topic")
    chromium.display.press("ctrl+a")
    chromium.display.press("ctrl+v")
    found = "document.querySelector('#other-topic').value"
    until(lambda: chromium.run(found).endswith(f"/feeds/russia.{form}"), f"the address of {form}, pasted")
    return str(chromium.run(found))


def complete_by_keyboard(chromium: Chromium, newsbell: Newsbell) -> None:
    """A topic by its first letters and the arrow keys, and one that no article has."""
    chromium.type("#other-topic", "Ukr")
    until(lambda: "Ukraine" in chromium.text("#other-list"), "a suggestion")
    chromium.display.press("Down")
    chosen = "document.querySelector('#other-list [aria-selected=true]')?.textContent"
    until(lambda: chromium.run(chosen) == "Ukraine", "the suggestion, chosen")
    chromium.display.press("Return")
    until(lambda: chromium.run("document.querySelector('#other-topic').value") == "Ukraine", "taken")
    assert newsbell.followed() == ["Russia"]
    chromium.display.press("Return")
    until(lambda: newsbell.followed() == ["Russia", "Ukraine"], "the second topic at the server")
    chromium.wait_for_text("#said", "You follow Ukraine now.")  # which moves what is below
    chromium.type("#other-topic", "Sea ice")
    chromium.display.press("Return")
    until(lambda: sorted(newsbell.followed()) == TOPICS, "a topic without an article, at the server")
    chromium.wait_for_text("#followed", "Sea ice")


def use_every_option(
    chromium: Chromium,
    extension: ChromiumExtension,
    newsbell: Newsbell,
    google_push: GoogleCloudMessaging,
    folder: Path,
) -> None:
    """The feeds and the settings as files, the end of everything, and the settings back again."""
    chromium.connection.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    chromium.open(extension.address("popup.html"))
    chromium.click("#opml")
    feeds = until(lambda: read(folder / "newsbell.opml"), "the feeds as a file")
    assert "/feeds/russia.rss" in feeds
    chromium.click("#followed-list summary")
    link = until(
        lambda: chromium.run("document.querySelector('a[href^=\"feed:\"]')?.href"), "the feed's link"
    )
    assert requests.get(link.removeprefix("feed:"), timeout=60).status_code == 200

    chromium.open(extension.address("options.html"))
    chromium.wait_for_text("#topics", "Russia")
    chromium.click("#export")
    exported = until(lambda: read(folder / "newsbell-settings.json"), "the settings as a file")
    kept = json.loads(exported)
    assert (sorted(kept["topics"]), kept["server"]) == (TOPICS, newsbell.address)
    assert "token" not in exported

    chromium.click("#stop")
    chromium.wait_for_text("#stop-said", "the server has forgotten this browser")
    assert newsbell.subscriptions() == google_push.subscriptions == 0
    chromium.wait_for_text("#topics", "nothing")

    field = chromium.send("DOM.querySelector", nodeId=root(chromium), selector="#import")["nodeId"]
    chromium.send("DOM.setFileInputFiles", nodeId=field, files=[str(folder / "newsbell-settings.json")])
    chromium.wait_for_text("#settings-said", "Imported.")
    until(lambda: newsbell.subscriptions() == 1, "the subscription, made again")
    assert sorted(newsbell.followed()) == TOPICS


def root(chromium: Chromium) -> int:
    number: int = chromium.send("DOM.getDocument")["root"]["nodeId"]
    return number
