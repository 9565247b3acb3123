"""The extension's pages for people with a keyboard, a screen reader or weak eyes, in real browsers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from tests.e2e import accessibility
from tests.e2e.accessibility import SCHEMES, misread, violations
from tests.e2e.drivers.chromium import FROM_THE_RIGHT
from tests.e2e.extension.conftest import InFirefox, RunChromium
from tests.e2e.extension.reader import AnyExtension, article, page_topics, wait_until_shown
from tests.e2e.services.gcm import switches_to_nowhere
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browsers"),
    pytest.mark.skipif(not accessibility.AXE.exists(), reason="axe-core is not installed (make js)"),
]

AWAY = "http://[::1]:9"  # read from the right, it would begin with the port
TOPICS = ["Russia", "Клімат", "بحر"]
PAGES = {"options.html": "Russia", "popup.html": "Russia", "done.html": "Nothing to do"}
"""And words that are there once the page has filled itself."""
SHAPES = {
    "as it is": "",
    "in larger letters": "document.documentElement.style.fontSize = '200%'",
}
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
DIRECTIONS = """["body", "#server", "#address", "#token"].map((one) => document.querySelector(one)).map(
    (one) => one && getComputedStyle(one).direction)"""
# What is over the edge: where a page begins, no scrolling leads there.
OUTSIDE = """[...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()).filter((one) => {
    const { left, right } = one.getBoundingClientRect();
    return left < 0 || right > innerWidth;
}).map((one) => one.outerHTML)"""
# What does not begin at the right, but for the padding of a part.
INDENTED = """[...document.querySelectorAll("h2, p")].filter((one) => one.innerText).filter((one) => {
    const words = document.createRange();
    words.selectNodeContents(one);
    return words.getBoundingClientRect().right < one.getBoundingClientRect().right - 10;
}).map((one) => one.outerHTML)"""
# Where the focus is, and whether that is to be seen.
FOCUS = """(() => {
    const one = document.activeElement;
    const name = one.id || one.getAttribute("data-key") || one.localName;
    return [name, getComputedStyle(one).outlineStyle !== "none"];
})()"""
WITH_FOCUS = """[...document.querySelectorAll("button, input, a, summary")]
    .filter((one) => one.checkVisibility())
    .map((one) => one.id || one.getAttribute("data-key") || one.localName)"""


class AnyBrowser(Protocol):
    """A `Chromium` or a `Firefox`, as far as it is needed here."""

    def open(self, address: str) -> None: ...
    def value(self, expression: str) -> Any: ...
    def text(self, selector: str) -> str: ...
    def click(self, selector: str) -> None: ...
    def press_key(self, name: str) -> None: ...
    def press_keys(self, text: str) -> None: ...
    def use_scheme(self, scheme: str) -> None: ...


def full_state() -> dict[str, object]:
    """An editor who follows topics and whose server is away: everything there is to show."""
    item = {
        "summary": "",
        "site": "paper.example",
        "topics": ["Russia"],
        "at": 1_790_000_000_000,
        "lang": "en",
    }
    items = [
        {
            **item,
            "id": f"i{n}",
            "title": title,
            "url": f"{AWAY}/{n}",
            "original": f"https://paper.example/{n}",
        }
        for n, title in enumerate(["המעבורת חוזרת!", "Ferry returns!", "Ice closes the channel"])
    ]
    return {
        "server": AWAY,
        "apiToken": "nba_any",
        "following": [{"name": name, "slug": name, "since": 1, "primed": True} for name in TOPICS],
        "feed": {"server": AWAY, "slugs": "", "etag": "", "items": items},
        "unread": ["i0", "i1"],
        "unsent": [
            {
                "id": "u0",
                "server": "http://elsewhere.example",
                "url": "https://paper.example/u0",
                "title": "Ice closes the channel",
                "topics": None,
                "size": 3,
                "at": 1,
                "trouble": None,
            }
        ],
        "standing": {"how": "unlinked", "trouble": {"code": "away", "message": "", "passing": True}, "at": 1},
    }


def show_everything(browser: AnyBrowser, extension: AnyExtension, page: str) -> None:
    extension.run(f"(globalThis.browser ?? chrome).storage.local.set({json.dumps(full_state())})")
    browser.open(extension.address(page))
    words = json.dumps(PAGES[page])
    until(lambda: browser.value(f"document.body.innerText.includes({words})"), f"{words} on {page}")
    browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    filled = "[...document.querySelectorAll('details')].every((one) => one.querySelector('a, button'))"
    until(lambda: browser.value(filled), "what is in there")


def judge_pages(browser: AnyBrowser, extension: AnyExtension, zoom: Callable[[float], None]) -> None:
    """By axe in both schemes, by their letters, and by their width as they are, in larger letters, and
    enlarged."""
    found: dict[tuple[str, str], list[str]] = {}
    for page in PAGES:
        show_everything(browser, extension, page)
        for scheme in SCHEMES:
            browser.use_scheme(scheme)
            until(is_true(browser, f"matchMedia('(prefers-color-scheme: {scheme})').matches"), scheme)
            found[page, scheme] = violations(browser.value)
        found[page, "letters"] = misread(browser.value)
        found[page, "width"] = shapes_too_wide(browser)

        show_everything(browser, extension, page)
        half = browser.value("innerWidth") / 2
        zoom(2)
        until(is_true(browser, f"innerWidth <= {half + 1}"), f"{page}, enlarged")
        found[page, "enlarged"] = shapes_too_wide(browser, but="in larger letters")
        zoom(1)
    assert {where: faults for where, faults in found.items() if faults} == {}


def is_true(browser: AnyBrowser, expression: str) -> Callable[[], bool]:
    return lambda: bool(browser.value(expression))


def shapes_too_wide(browser: AnyBrowser, *, but: str = "") -> list[str]:
    """The shapes in which a page has to be scrolled to the side."""
    found = []
    for shape, script in SHAPES.items():
        if shape != but:
            browser.value(f"void ({script or 0})")
            if browser.value(TOO_WIDE):
                found.append(shape)
    return found


def judge_popup(browser: AnyBrowser, extension: AnyExtension, paper: Paper) -> None:
    """As it is opened on an article, with all its parts."""
    browser.open(article(paper))
    popup = extension.open_popup()
    page_topics(popup)
    popup.press("Follow Ukraine")
    wait_until_shown(popup, "#ok")
    wait_until_shown(popup, "#save-now")
    assert violations(popup.run) == []
    popup.run(f"void ({SHAPES['in larger letters']})")
    until(lambda: not popup.run(TOO_WIDE), "a popup that is as wide as its letters need it")
    extension.close_popup()


def judge_from_the_right(browser: AnyBrowser, extension: AnyExtension, paper: Paper) -> None:
    """In a browser that begins at the right, as in Arabic: so does each page, while addresses and words of
    other languages are read from the left."""
    for page in PAGES:
        show_everything(browser, extension, page)
        judge_mirrored(browser.value)
        assert shapes_too_wide(browser) == []
    browser.open(article(paper))
    popup = extension.open_popup()
    page_topics(popup)
    until(lambda: not popup.run(TOO_WIDE), "a popup that is as wide as it needs to be")
    judge_mirrored(popup.run)
    at_the_left = "document.querySelector('#options').getBoundingClientRect().x < 20"
    assert popup.run(at_the_left)
    extension.close_popup()


def judge_mirrored(run: Callable[[str], Any]) -> None:
    page, *addresses = run(DIRECTIONS)
    assert [page, run("document.documentElement.dir")] == ["rtl", "rtl"]
    assert set(addresses) <= {"ltr", None}
    assert run(OUTSIDE) == []
    assert run(INDENTED) == []
    assert misread(run) == []


def use_the_keyboard_alone(browser: AnyBrowser, extension: AnyExtension) -> None:
    """It reaches everything, shows where it is, and keeps its place where what it was on goes."""
    for page in PAGES:
        show_everything(browser, extension, page)
        browser.click("h1")  # the keyboard is the page's now, not the address bar's
        wanted = browser.value(WITH_FOCUS)
        assert len(wanted) > 8 or wanted == ["close"]
        reached: set[str] = set()
        for _ in range(2 * len(wanted)):
            if reached >= set(wanted):
                break  # one more, and the focus would be with the browser's own buttons
            browser.press_key("Tab")
            name, visible = browser.value(FOCUS)
            assert visible, name
            reached.add(name)
        assert reached >= set(wanted)

    # Follow by Enter, decline by Enter: the focus goes where the question is.
    show_everything(browser, extension, "popup.html")
    browser.click("h1")
    tab_to(browser, "other-topic")
    browser.press_keys("Sea ice")
    browser.press_key("Enter")
    until(lambda: browser.value(FOCUS)[0] == "prompt-title", "the focus on the question")
    tab_to(browser, "not-now")
    browser.press_key("Enter")
    until(lambda: not browser.text("#prompt"), "the question, gone")
    assert browser.value(FOCUS)[0] == "other-topic"

    for button, part, then in (
        ("drop u0", "#unsent", "page-title"),
        ("mark-all", "#mark-all", "latest-title"),
        *((f"unfollow {name}", f"[data-key='unfollow {name}']", "followed-list") for name in TOPICS[:-1]),
        (f"unfollow {TOPICS[-1]}", "#followed", "page-title"),
    ):
        press_away(browser, button, part)
        until(is_true(browser, f"{FOCUS}[0] === {json.dumps(then)}"), f"the focus on {then}")


def press_away(browser: AnyBrowser, button: str, part: str) -> None:
    """Press what takes a part away, by the keyboard."""
    tab_to(browser, button)
    browser.press_key("Enter")
    until(lambda: not browser.text(part), f"{part}, gone")


def tab_to(browser: AnyBrowser, element: str) -> None:
    """Go to an element by its id as a keyboard user does."""
    for _ in range(60):
        if browser.value(FOCUS)[0] == element:
            return
        browser.press_key("Tab")
    raise AssertionError(f"#{element} is not reached by Tab")


def test_firefox_shows_the_extension_to_everybody(firefox_extension: InFirefox, paper: Paper) -> None:
    firefox, extension = firefox_extension
    judge_pages(firefox, extension, firefox.zoom)
    use_the_keyboard_alone(firefox, extension)
    judge_popup(firefox, extension, paper)
    firefox.go_from_the_right()
    judge_from_the_right(firefox, extension, paper)


def test_chromium_shows_the_extension_to_everybody(run_chromium: RunChromium, paper: Paper) -> None:
    with run_chromium() as (chromium, extension):
        judge_pages(chromium, extension, extension.zoom)
        use_the_keyboard_alone(chromium, extension)
        judge_popup(chromium, extension, paper)
    with run_chromium(switches=[*switches_to_nowhere(), FROM_THE_RIGHT]) as (chromium, extension):
        judge_from_the_right(chromium, extension, paper)
