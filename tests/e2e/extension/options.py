"""What an editor or a reader does on the extension's options page, the same in both browsers."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.e2e.extension.reader import (
    AnyBrowser,
    AnyExtension,
    article,
    page_topics,
    state_of,
    wait_until_shown,
)
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.door import Door
from tests.e2e.services.paper import Paper

ALL_OF_A_PAGE = (
    "document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((one) => one.value)"
)


def give_token(browser: AnyBrowser, newsbell: Newsbell, name: str, consent: Callable[[], None]) -> str:
    """On the options page: a wrong token, which is refused, and then a right one, which it is. `consent`
    answers what the browser asks of its own."""
    browser.type("#token", "nbt_wrong")
    browser.click("#keep-token")
    consent()
    browser.wait_for_text("#token-said", "token")
    browser.wait_for_text("#token-said", "not")
    token = newsbell.new_token(name)
    browser.type("#token", token)
    assert token in browser.value(ALL_OF_A_PAGE)
    browser.click("#keep-token")
    browser.wait_for_text("#token-said", "The server accepts the token.")
    assert token not in browser.value(ALL_OF_A_PAGE)
    return token


def forget_token(browser: AnyBrowser, extension: AnyExtension, paper: Paper, token: str) -> None:
    """No page shows the token again, and the press of a button ends saving."""
    browser.open(article(paper))
    popup = extension.open_popup()
    wait_until_shown(popup, "#save-now")
    assert token not in popup.run(ALL_OF_A_PAGE)
    extension.close_popup()
    assert state_of(extension)["apiToken"] == token

    browser.open(extension.address("options.html"))
    browser.wait_for_text("#token-kept", "A token is kept.")
    assert token not in browser.value(ALL_OF_A_PAGE)
    browser.click("#forget-token")
    browser.wait_for_text("#token-said", "The token is forgotten.")
    assert token not in json.dumps(state_of(extension))

    browser.open(article(paper))
    popup = extension.open_popup()
    page_topics(popup)
    assert not popup.text("#save")
    extension.close_popup()


def reach_past_a_proxy(
    browser: AnyBrowser, extension: AnyExtension, door: Door, allow: Callable[[], None]
) -> None:
    """A proxy keeps the server from letting extensions call it; a permission for its address makes up for
    that. `allow` answers the browser's question."""
    door.drops_cors = True
    browser.open(extension.address("options.html"))
    browser.wait_for_text("#standing", ".")
    browser.click("#use-server")
    browser.wait_for_text("#server-said", "The extension gets no answer from this address.")
    browser.click("#allow-server")
    allow()
    browser.wait_for_text("#server-said", "This is a Newsbell server")
    assert not browser.text("#allow-server")
    door.drops_cors = False
