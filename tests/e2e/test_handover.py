"""What /subscribe does with a link that claims to come from an extension, in a browser that has none."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.e2e.accessibility import violations
from tests.e2e.drivers.firefox import Firefox
from tests.e2e.newsbell import Newsbell
from tests.e2e.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]

HASH = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
EXTENSION = "moz-extension://2f1ad9a5-0e4e-4ea8-9d6c-6f1f8f0f3f10/done.html"


def follow_by_link(firefox: Firefox, newsbell: Newsbell, *, back: str, allowed: bool = False) -> None:
    query = urlencode({"topics": "Russia", "link": HASH, "back": back})
    firefox.open(f"{newsbell.address}/subscribe?{query}")
    firefox.click("#ok")
    if not allowed:
        firefox.press_in_prompt("Allow")


def test_no_leaves_the_subscription_to_the_page_alone(firefox: Firefox, newsbell: Newsbell) -> None:
    follow_by_link(firefox, newsbell, back=EXTENSION)
    firefox.wait_for_text("#handover-title", "Let the extension manage this subscription?")
    assert firefox.focused() == "handover-title"
    assert violations(firefox.value) == []
    firefox.click("#no")
    firefox.wait_for_text("#done-title", "Done")
    assert (newsbell.subscriptions(), newsbell.links()) == (1, 0)
    # Whoever follows already is asked the same.
    follow_by_link(firefox, newsbell, back=EXTENSION, allowed=True)
    firefox.wait_for_text("#handover-title", "Let the extension manage this subscription?")
    firefox.click("#yes")
    until(newsbell.links, "a link that nobody claims")
    assert (newsbell.subscriptions(), newsbell.links(), newsbell.linked()) == (1, 1, 0)


def test_a_way_back_that_is_no_extension_is_not_offered(firefox: Firefox, newsbell: Newsbell) -> None:
    ways = ["https://evil.example/done.html", f"{EXTENSION}?code=mine", ""]
    for number, back in enumerate(ways):
        follow_by_link(firefox, newsbell, back=back, allowed=number > 0)
        firefox.wait_for_text("#done-title", "Done")
        assert firefox.text("#handover-title") == ""
    assert (newsbell.subscriptions(), newsbell.links()) == (1, 0)
