"""How soon the extension's popup shows what is known: in real browsers, with the server fast, slow and down.

Beside it, in turn with it, the limit: the same extension's button with a page of one line and one script.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.e2e.drivers.chromium import running_chromium
from tests.e2e.drivers.chromium_extension import ChromiumExtension, offer_package
from tests.e2e.drivers.crx import Publisher, zipped
from tests.e2e.drivers.display import virtual_display
from tests.e2e.drivers.firefox import Firefox, running_firefox
from tests.e2e.drivers.firefox_extension import UNSIGNED_ALLOWED, FirefoxExtension
from tests.e2e.newsbell import REPOSITORY, Newsbell, free_port
from tests.e2e.services.door import Door
from tests.e2e.services.gcm import switches_to_nowhere
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until
from tests.pages import news_page, paragraphs_of

_EXTENSION = REPOSITORY / "extension"
_FIREFOX_ID = "extension@newsbell.example"
_POPUP = "popup.html"
_BARE = f"{_POPUP}.bare.html"  # begins as the popup's own name does, by which the drivers know a popup
_BARE_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Bare</title>
<p id="line"></p>
<script type="module" src="bare.js"></script>
"""
_BARE_SCRIPT = """
document.getElementById("line").textContent = "One line.";
requestAnimationFrame(() => setTimeout(() => {
    performance.mark("newsbell-seen");
    performance.mark("newsbell-page");
}));
"""
_SLOW = 3.0
_UNDISTURBED = 1.0  # seconds that nothing looks at the popup: that would take time of its own
_BROWSER = "(globalThis.browser ?? chrome)"
_FOLLOWED = 20
# From the popup's navigation start, in milliseconds: when the frame with what is known had been made, when
# anything was first on the screen, when the topics of the page in the tab were there.
_TIMES = """(() => {
    const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? null;
    return { known: at("newsbell-seen"), painted: at("first-contentful-paint"), topics: at("newsbell-page") };
})()"""

Opened = dict[str, float]


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="newsbell-popup-") as name,
        Paper() as paper,
        _server(Path(name) / "server", options.articles) as newsbell,
        Door(newsbell.port) as door,
    ):
        folder = _with_bare_page(Path(name) / "extension")
        article = paper.publish("/ferry", news_page(topics=("Topic 1", "Topic 2")))
        for browser in options.browsers:
            print(
                f"\n{browser}, {options.times} openings each; milliseconds from the popup's navigation start"
            )
            with _BROWSERS[browser](folder, Path(name) / browser) as (opened, extension):
                _settle(extension, opened, article, door, options.articles)
                _compare(extension, door, options.times)
    return 0


def _compare(extension: Any, door: Door, times: int) -> None:
    """The popup under each of the server's conditions, and the bare page between them."""
    print(f"{'':16}{'what is known is shown':>30}{'topics of the page':>26}{'more than':>12}{'':7}")
    print(f"{'server':16}{'half':>18}{'95 of 100':>12}{'half':>14}{'95 of 100':>12}{'bare':>12}{'load':>7}")
    bare: list[Opened] = []
    for words in ("fast", "slow", "down"):
        _become(door, words)
        found, beside = [], []
        for _ in range(times):
            found.append(_open_once(extension, _popup_is_whole, then=_BARE))
            beside.append(_open_once(extension, lambda _popup: None, then=_POPUP))
        _print(words, found, beside)
        bare += beside
    _become(door, "fast")
    _print("(bare page)", bare, bare)


def _with_bare_page(folder: Path) -> Path:
    """A copy of the extension with the page that is the limit."""
    shutil.copytree(_EXTENSION, folder)
    (folder / _BARE).write_text(_BARE_PAGE)
    (folder / "bare.js").write_text(_BARE_SCRIPT)
    return folder


@contextmanager
def _server(folder: Path, articles: int) -> Iterator[Newsbell]:
    server = Newsbell(folder / "data", free_port(), {})
    with server.serving():
        for number in range(articles):
            page = folder / f"{number}.html"
            page.write_text(news_page(f"Report {number}", topics=(), paragraphs=paragraphs_of(str(number))))
            named = [part for one in range(20) for part in ("--topic", f"Topic {number * 20 + one}")]
            server.run("import", str(page), "--url", f"https://paper.example/{number}", *named)
        yield server


@contextmanager
def _chromium(source: Path, folder: Path) -> Iterator[tuple[Any, Any]]:
    publisher, package = Publisher(), folder / "newsbell.crx"
    folder.mkdir()
    package.write_bytes(publisher.pack(source, "0.1.0"))
    offer_package(folder / "profile", publisher.extension_id, package, "0.1.0")
    with (
        virtual_display() as display,
        running_chromium(folder / "profile", display, switches_to_nowhere()) as browser,
    ):
        yield browser, ChromiumExtension(browser, publisher.extension_id, folder / "profile")


@contextmanager
def _firefox(source: Path, folder: Path) -> Iterator[tuple[Any, Any]]:
    folder.mkdir()
    package = folder / "newsbell.xpi"
    package.write_bytes(zipped(source, "0.1.0"))
    with running_firefox(folder / "profile", UNSIGNED_ALLOWED) as browser:
        yield browser, FirefoxExtension(browser, package, _FIREFOX_ID, temporary=False)


_BROWSERS = {"Chromium": _chromium, "Firefox": _firefox}


def _settle(extension: Any, browser: Any, article: str, door: Door, articles: int) -> None:
    """A reader of twenty topics, who allowed notifications and is told without push; the extension has seen
    the server's topics and the latest articles.
    """
    browser.open(article)
    popup = extension.open_popup()
    popup.run(f"{_BROWSER}.storage.local.set({{server: '{door.address}'}})")
    extension.close_popup()
    popup = extension.open_popup()
    popup.press("Follow Topic 1")
    if isinstance(browser, Firefox):
        popup.click("#ok-poll")
        browser.press_in_prompt("Allow")
    else:
        popup.click("#ok")
        extension.press_in_dialog("Allow")
    state = f"{_BROWSER}.storage.local.get()"
    until(lambda: extension.run(state).get("standing", {}).get("how") == "polling", "polling", within=40)
    names = [f"Topic {number}" for number in range(0, 10 * _FOLLOWED, 10)]
    following = [{"name": name, "since": 0, "primed": True} for name in names]
    extension.run(f"{_BROWSER}.storage.local.set({{following: {json.dumps(following)}}})")
    extension.close_popup()
    popup = extension.open_popup()
    listed = f"({state}).then(({{ feed }}) => feed?.items.length)"
    until(lambda: popup.run(listed) == articles, "the latest articles", within=60)
    known = until(lambda: (popup.run(state).get("catalogue") or {}).get("topics"), "the topics")
    print(f"{'':16}{len(known)} topics known, {_FOLLOWED} followed")
    extension.close_popup()


def _become(door: Door, words: str) -> None:
    door.delay = _SLOW if words == "slow" else 0.0
    door.turn("shut" if words == "down" else "open")


def _open_once(extension: Any, check: Callable[[Any], None], then: str) -> Opened:
    """Open what the button opens, and have it open `then` the next time."""
    popup = extension.open_popup(undisturbed=_UNDISTURBED)
    found = until(lambda: _all_there(popup.run(_TIMES)), "what the popup notes of its time")
    check(popup)
    popup.run(f"{_BROWSER}.action.setPopup({{popup: '{then}'}})")
    extension.close_popup()
    return found


def _popup_is_whole(popup: Any) -> None:
    assert len(popup.run("document.querySelector('#followed-list').innerText")) > _FOLLOWED


def _all_there(times: dict[str, float | None]) -> Opened | None:
    found = {name: at for name, at in times.items() if at is not None}
    return found if len(found) == len(times) else None


def _print(words: str, found: list[Opened], bare: list[Opened]) -> None:
    cells = "".join(
        f"{cut[9]:{wide}.0f}{cut[18]:12.0f}"
        for wide, cut in (
            (18, quantiles(map(_shown, found), n=20)),
            (14, quantiles([one["topics"] for one in found], n=20)),
        )
    )
    more = median(_shown(one) - _shown(beside) for one, beside in zip(found, bare, strict=True))
    print(f"{words:16}{cells}{more:12.0f}{os.getloadavg()[0]:7.1f}")


def _shown(opened: Opened) -> float:
    """The first paint is of an empty page where it comes before that frame, and is of that frame where after."""
    return max(opened["known"], opened["painted"])


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks popup", description=__doc__)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--articles", type=int, default=10, help="each with twenty topics of its own")
    parser.add_argument("--browsers", nargs="+", choices=_BROWSERS, default=list(_BROWSERS))
    return parser.parse_args(arguments)
