"""How soon the extension's popup shows what is known: in real browsers, with the server fast, slow and down."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from tests.e2e.drivers.chromium import running_chromium
from tests.e2e.drivers.chromium_extension import ChromiumExtension, offer_package
from tests.e2e.drivers.crx import Publisher, zipped
from tests.e2e.drivers.display import virtual_display
from tests.e2e.drivers.firefox import running_firefox
from tests.e2e.drivers.firefox_extension import UNSIGNED_ALLOWED, FirefoxExtension
from tests.e2e.newsbell import REPOSITORY, Newsbell, free_port
from tests.e2e.services.door import Door
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until
from tests.pages import news_page, paragraphs_of

_EXTENSION = REPOSITORY / "extension"
_FIREFOX_ID = "extension@newsbell.example"
_SLOW = 3.0
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
        article = paper.publish("/ferry", news_page(topics=("Topic 1", "Topic 2")))
        for browser in options.browsers:
            print(
                f"\n{browser}, {options.times} openings each; milliseconds from the popup's navigation start"
            )
            print(f"{'':16}{'what is known is shown':>30}{'topics of the page':>26}{'load':>7}")
            print(f"{'server':16}{'half':>18}{'95 of 100':>12}{'half':>14}{'95 of 100':>12}")
            with _BROWSERS[browser](Path(name) / browser) as (opened, extension):
                _settle(extension, opened, article, door)
                for words in ("fast", "slow", "down"):
                    _become(door, words)
                    found = [_open_once(extension) for _ in range(options.times)]
                    _print(words, found)
                _become(door, "fast")
    return 0


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
def _chromium(folder: Path) -> Iterator[tuple[Any, Any]]:
    publisher, package = Publisher(), folder / "newsbell.crx"
    folder.mkdir()
    package.write_bytes(publisher.pack(_EXTENSION, "0.1.0"))
    offer_package(folder / "profile", publisher.extension_id, package, "0.1.0")
    with virtual_display() as display, running_chromium(folder / "profile", display) as browser:
        yield browser, ChromiumExtension(browser, publisher.extension_id, folder / "profile")


@contextmanager
def _firefox(folder: Path) -> Iterator[tuple[Any, Any]]:
    folder.mkdir()
    package = folder / "newsbell.xpi"
    package.write_bytes(zipped(_EXTENSION, "0.1.0"))
    with running_firefox(folder / "profile", UNSIGNED_ALLOWED) as browser:
        yield browser, FirefoxExtension(browser, package, _FIREFOX_ID, temporary=False)


_BROWSERS = {"Chromium": _chromium, "Firefox": _firefox}


def _settle(extension: Any, browser: Any, article: str, door: Door) -> None:
    """A reader of twenty topics, whose extension has seen the server's topics and the latest articles."""
    browser.open(article)
    popup = extension.open_popup()
    following = [{"name": f"Topic {number}", "since": 0, "primed": True} for number in range(_FOLLOWED)]
    popup.run(
        f"{_BROWSER}.storage.local.set({{server: '{door.address}', following: {following}}})".replace(
            "True", "true"
        )
    )
    extension.close_popup()
    popup = extension.open_popup()
    state = f"{_BROWSER}.storage.local.get()"
    until(lambda: popup.run(state).get("feed"), "the latest articles", within=60)
    known = until(lambda: (popup.run(state).get("catalogue") or {}).get("topics"), "the topics")
    print(f"{'':16}{len(known)} topics known, {_FOLLOWED} followed")
    extension.close_popup()


def _become(door: Door, words: str) -> None:
    door.delay = _SLOW if words == "slow" else 0.0
    door.turn("shut" if words == "down" else "open")


def _open_once(extension: Any) -> Opened:
    popup = extension.open_popup()
    found = until(lambda: _all_there(popup.run(_TIMES)), "what the popup notes of its time")
    assert len(popup.run("document.querySelector('#followed-list').innerText")) > _FOLLOWED
    extension.close_popup()
    return found


def _all_there(times: dict[str, float | None]) -> Opened | None:
    found = {name: at for name, at in times.items() if at is not None}
    return found if len(found) == len(times) else None


def _print(words: str, found: list[Opened]) -> None:
    # The first paint is of an empty page where it comes before that frame, and is of that frame where after.
    shown = [max(one["known"], one["painted"]) for one in found]
    cells = "".join(
        f"{cut[9]:{wide}.0f}{cut[18]:12.0f}"
        for wide, cut in (
            (18, quantiles(shown, n=20)),
            (14, quantiles([one["topics"] for one in found], n=20)),
        )
    )
    print(f"{words:16}{cells}{os.getloadavg()[0]:7.1f}")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks popup", description=__doc__)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--articles", type=int, default=10, help="each with twenty topics of its own")
    parser.add_argument("--browsers", nargs="+", choices=_BROWSERS, default=list(_BROWSERS))
    return parser.parse_args(arguments)
