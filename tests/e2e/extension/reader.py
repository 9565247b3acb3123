"""What a reader does and sees with the extension, the same in both browsers."""

from __future__ import annotations

from typing import Any, Protocol

from tests.e2e.drivers.popup import AnyPopup
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until
from tests.pages import news_page

TITLE = "Ferry returns to the northern islands"


class AnyExtension(Protocol):
    """A `ChromiumExtension` or a `FirefoxExtension`."""

    def open_popup(self) -> AnyPopup: ...
    def close_popup(self) -> None: ...
    def press_shortcut(self, key: str) -> None: ...
    def choose_in_menu(self, label: str) -> None: ...


def article(paper: Paper, *, topics: tuple[str, ...] = ("Russia", "Ukraine")) -> str:
    """The address of an article on these topics."""
    return paper.publish("/ferry", news_page(TITLE, topics=topics))


def page_topics(popup: AnyPopup) -> list[str]:
    """What the page is about, as the popup says."""
    names = "[...document.querySelectorAll('#page-topics .name bdi')].map((name) => name.textContent)"
    found: list[str] = until(lambda: popup.run(names), "topics of the page")
    return found


def state_of(popup: AnyPopup) -> dict[str, Any]:
    """All that the extension remembers."""
    found: dict[str, Any] = popup.run("(globalThis.browser ?? chrome).storage.local.get()")
    return found


def wait_for_standing(popup: AnyPopup, how: str, *, within: float = 20) -> None:
    """Until the extension says that it is told of news in this way: "push", "linked", "polling", "idle"."""
    until(lambda: state_of(popup).get("standing", {}).get("how") == how, f"standing: {how}", within=within)


def wait_until_shown(popup: AnyPopup, selector: str) -> None:
    until(lambda: popup.run(f"!!document.querySelector('{selector}')?.checkVisibility()"), selector)
