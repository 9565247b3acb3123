"""What a reader does and sees with the extension, the same in both browsers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from tests.e2e.drivers.popup import AnyPopup
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import PATIENCE, until
from tests.pages import news_page

TITLE = "Ferry returns to the northern islands"
DENIED = "If it was a mistake, press OK, and the browser asks again."
"""What the popup says after Deny."""
_ALARMS = "(globalThis.browser ?? chrome).alarms"


class Inside(Protocol):
    """A popup, which mends what it can as it is opened; or an extension, which is looked into as it is."""

    def run(self, expression: str) -> Any: ...


class AnyBrowser(Protocol):
    """A `Chromium` or a `Firefox`, as far as it is needed here."""

    def open(self, address: str) -> None: ...
    def value(self, expression: str) -> Any: ...
    def text(self, selector: str) -> str: ...
    def click(self, selector: str) -> None: ...
    def type(self, selector: str, text: str) -> None: ...
    def wait_for_text(self, selector: str, text: str, *, within: float = PATIENCE) -> None: ...


class AnyExtension(Inside, Protocol):
    """A `ChromiumExtension` or a `FirefoxExtension`."""

    def address(self, path: str) -> str: ...
    def open_popup(self, key: str = "") -> AnyPopup: ...
    def close_popup(self) -> None: ...
    def press_shortcut(self, key: str) -> None: ...
    def choose_in_menu(self, label: str) -> None: ...
    def suspend_background(self) -> None: ...
    def badge(self) -> str: ...


def article(paper: Paper, *, topics: tuple[str, ...] = ("Russia", "Ukraine")) -> str:
    """The address of an article on these topics."""
    return paper.publish("/ferry", news_page(TITLE, topics=topics))


def page_topics(popup: AnyPopup) -> list[str]:
    """What the page is about, as the popup says."""
    names = "[...document.querySelectorAll('#page-topics .name bdi')].map((name) => name.textContent)"
    found: list[str] = until(lambda: popup.run(names), "topics of the page")
    return found


def state_of(inside: Inside) -> dict[str, Any]:
    """All that the extension remembers."""
    found: dict[str, Any] = inside.run("(globalThis.browser ?? chrome).storage.local.get()")
    return found


def wait_for_standing(inside: Inside, how: str, *, within: float = PATIENCE) -> None:
    """Until the extension says that it is told of news in this way: "push", "linked", "polling", "idle"."""
    until(lambda: state_of(inside).get("standing", {}).get("how") == how, f"standing: {how}", within=within)


def alarm(inside: Inside, name: str) -> dict[str, Any]:
    """An alarm that the extension has set, waited for."""
    found: dict[str, Any] = until(lambda: inside.run(f"{_ALARMS}.get({name!r})"), f"the alarm “{name}”")
    return found


def hasten(inside: Inside, name: str, minutes: float) -> dict[str, Any]:
    """Wait for an alarm that the extension has set, and let it come that soon; the alarm as it was set.

    Chromium may let a packed extension's wait for half a minute, by its documentation. So far it is on time
    with one that is due before all others; what waits for it allows for both.
    """
    found = alarm(inside, name)
    period = f"periodInMinutes: {json.dumps(found.get('periodInMinutes'))} ?? undefined"
    inside.run(f"{_ALARMS}.create({name!r}, {{delayInMinutes: {minutes}, {period}}})")
    return found


def count_while_asleep(extension: AnyExtension, unread: int) -> None:
    """The button says how many articles are unread, and goes on counting where the background sleeps."""
    until(lambda: extension.badge() == str(unread), f"{unread} on the button")
    extension.suspend_background()
    extension.run("(globalThis.browser ?? chrome).storage.local.set({ unread: [] })")
    until(lambda: extension.badge() == "", "nothing on the button")


def read(file: Path) -> str:
    """What is in a file; nothing while there is none."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


def wait_until_shown(popup: AnyPopup, selector: str) -> None:
    until(lambda: popup.run(f"!!document.querySelector('{selector}')?.checkVisibility()"), selector)
