"""The extension's pages for people with a keyboard, a screen reader or weak eyes, in a real Firefox."""

from __future__ import annotations

import json

import pytest

from tests.e2e import accessibility
from tests.e2e.accessibility import SCHEMES, use_scheme, violations
from tests.e2e.drivers.firefox import Firefox
from tests.e2e.extension.conftest import InFirefox
from tests.e2e.extension.reader import article, page_topics, wait_until_shown
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browsers"),
    pytest.mark.skipif(not accessibility.AXE.exists(), reason="axe-core is not installed (make js)"),
]

AWAY = "http://127.0.0.1:9"
TOPICS = ["Russia", "Клімат", "بحر"]
SHAPES = {
    "as it is": "",
    "from the right": "document.documentElement.dir = 'rtl'",
    "twice as large": "document.documentElement.style.fontSize = '200%'",
}
TOO_WIDE = "return document.documentElement.scrollWidth > innerWidth"
# Where the focus is, and whether that is to be seen.
FOCUS = """
    const one = document.activeElement;
    const name = one.id || one.getAttribute("data-key") || one.localName;
    return [name, getComputedStyle(one).outlineStyle !== "none"];
"""


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
            "title": f"Ferry {n}",
            "url": f"{AWAY}/{n}",
            "original": f"https://paper.example/{n}",
        }
        for n in range(3)
    ]
    return {
        "server": AWAY,
        "apiToken": "nba_any",
        "following": [{"name": name, "slug": name, "since": 1, "primed": True} for name in TOPICS],
        "feed": {"server": AWAY, "slugs": "", "etag": "", "items": items},
        "unread": ["i0"],
        "standing": {"how": "unlinked", "trouble": {"code": "away", "message": "", "passing": True}, "at": 1},
    }


def show_everything(firefox: Firefox, address: str) -> None:
    firefox.open(address)
    firefox.run_async("await browser.storage.local.set(given[0])", full_state())
    firefox.open(address)
    until(lambda: firefox.run("return document.body.innerText.includes('Russia')"), "what is known")
    firefox.run("for (const one of document.querySelectorAll('details')) one.open = true")


def test_no_page_has_a_violation_in_any_scheme_direction_or_size(
    firefox_extension: InFirefox, paper: Paper
) -> None:
    firefox, extension = firefox_extension
    found = {}
    for page in ("options.html", "popup.html"):
        show_everything(firefox, extension.address(page))
        for scheme in SCHEMES:
            use_scheme(firefox, scheme)
            found[page, scheme] = violations(firefox)
        for shape, script in SHAPES.items():
            firefox.run(script)
            found[page, shape] = ["too wide"] if firefox.run(TOO_WIDE) else []
    assert {where: rules for where, rules in found.items() if rules} == {}

    # The popup as it is opened on an article, with all its parts.
    firefox.open(article(paper))
    popup = extension.open_popup()
    page_topics(popup)
    popup.press("Follow Ukraine")
    wait_until_shown(popup, "#ok")
    wait_until_shown(popup, "#save-now")
    rules = json.dumps({"runOnly": {"type": "tag", "values": accessibility.RULES}})
    axe = accessibility.AXE.read_text(encoding="utf-8")
    seen = popup.run(
        f"{axe};axe.run(document, {rules}).then((found) => found.violations.map(({{id}}) => id))"
    )
    assert seen == []


def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(firefox_extension: InFirefox) -> None:
    firefox, extension = firefox_extension
    for page in ("options.html", "popup.html"):
        show_everything(firefox, extension.address(page))
        wanted = firefox.run(
            "return [...document.querySelectorAll('button, input, a, summary')].filter((one) =>"
            " one.checkVisibility()).map((one) => one.id || one.getAttribute('data-key') || one.localName)"
        )
        assert len(wanted) > 8
        reached: set[str] = set()
        for _ in range(2 * len(wanted)):
            if reached >= set(wanted):
                break  # one more, and the focus would be with the browser's own buttons
            firefox.press_key("Tab")
            name, visible = firefox.run(FOCUS)
            assert visible, name
            reached.add(name)
        assert reached >= set(wanted)

    # Follow by Enter, decline by Enter: the focus goes where the question is.
    show_everything(firefox, extension.address("popup.html"))
    firefox.tab_to("other-topic")
    firefox.press_keys("Sea ice")
    firefox.press_key("Enter")
    until(lambda: firefox.focused() == "prompt-title", "the focus on the question")
    firefox.tab_to("not-now")
    firefox.press_key("Enter")
    until(lambda: not firefox.text("#prompt"), "the question, gone")
