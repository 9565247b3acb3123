"""Every page, light and dark, judged by axe in a real browser."""

from __future__ import annotations

import pytest

from tests.e2e import accessibility
from tests.e2e.accessibility import violations
from tests.e2e.drivers.firefox import Firefox
from tests.e2e.newsbell import Newsbell

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browsers"),
    pytest.mark.skipif(not accessibility.AXE.exists(), reason="axe-core is not installed (make js)"),
]

PAGES = ["/", "/topics", "/topics/russia", "/subscribe?topics=russia,Ferries", "/subscription", "/nothing"]


@pytest.mark.parametrize("scheme", accessibility.SCHEMES)
def test_no_page_has_a_violation(firefox: Firefox, newsbell: Newsbell, title: str, scheme: str) -> None:
    article = newsbell.save(title, topics=["Russia"])
    firefox.use_scheme(scheme)
    found = {}
    for page in [*PAGES, f"/articles/{article['id']}"]:
        firefox.open(f"{newsbell.address}{page}")
        dark = firefox.run("return matchMedia('(prefers-color-scheme: dark)').matches")
        assert dark == (scheme == "dark")
        found[page] = violations(firefox.value)
    assert {page: rules for page, rules in found.items() if rules} == {}


@pytest.mark.parametrize("scheme", accessibility.SCHEMES)
def test_what_a_subscriber_sees_has_no_violation(firefox: Firefox, newsbell: Newsbell, scheme: str) -> None:
    firefox.use_scheme(scheme)
    firefox.open(f"{newsbell.address}/subscribe?topics=Russia")
    firefox.click("#ok")
    firefox.press_in_prompt("Allow")
    firefox.wait_for_text("#done-title", "Done")
    assert violations(firefox.value) == []
    firefox.open(f"{newsbell.address}/subscription")
    firefox.wait_for_text("#topics", "Russia")
    firefox.click("#save")
    firefox.wait_for_text("#status", "Saved.")
    assert violations(firefox.value) == []


def test_a_violation_is_seen(firefox: Firefox, newsbell: Newsbell) -> None:
    firefox.open(f"{newsbell.address}/topics")
    firefox.run("""
        const words = document.createElement("p");
        words.textContent = "Hard to read";
        words.style.color = "#bbb";
        document.querySelector("main").append(words, document.createElement("img"));
    """)
    assert [rule.split(":")[0] for rule in violations(firefox.value)] == ["color-contrast", "image-alt"]
