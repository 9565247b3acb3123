"""An editor saves the page being read, with one press, in real browsers."""

from __future__ import annotations

import pytest

from tests.e2e.extension import test_chromium_following as chromium_reader
from tests.e2e.extension import test_firefox_linking as firefox_reader
from tests.e2e.extension.conftest import InFirefox, RunChromium
from tests.e2e.extension.options import forget_token, give_token, reach_past_a_proxy
from tests.e2e.extension.saving import (
    find_a_country_by_another_name,
    keep_what_cannot_be_sent,
    refuse_bad_pages,
    save_at_a_slow_server,
    save_good_pages,
    save_without_the_popup,
    withstand_an_attack,
)
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.door import Door
from tests.e2e.services.paper import Paper

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]


def test_chromium_saves_what_is_an_article_and_says_why_not(
    run_chromium: RunChromium, newsbell: Newsbell, door: Door, paper: Paper, title: str
) -> None:
    with run_chromium() as (chromium, extension):
        chromium_reader.use_server(chromium, extension, door.address)
        token = give_token(chromium, newsbell, "chromium", consent=lambda: None)
        save_good_pages(chromium, extension, newsbell, paper, title)
        save_without_the_popup(chromium, extension, newsbell, paper, title)
        save_at_a_slow_server(chromium, extension, newsbell, door, paper, title)
        find_a_country_by_another_name(chromium, extension, paper)
        refuse_bad_pages(chromium, extension, newsbell, paper, browsers_own="chrome://version/")
        keep_what_cannot_be_sent(chromium, extension, newsbell, door, paper, title)
        withstand_an_attack(chromium, extension, door, paper)
        forget_token(chromium, extension, paper, token)
        reach_past_a_proxy(chromium, extension, door, lambda: extension.press_in_dialog("Allow"))


def test_firefox_saves_what_is_an_article_and_says_why_not(
    firefox_extension: InFirefox, newsbell: Newsbell, door: Door, paper: Paper, title: str
) -> None:
    firefox, extension = firefox_extension
    firefox_reader.use_server(firefox, extension, door.address)
    token = give_token(firefox, newsbell, "firefox", consent=lambda: firefox.press_in_prompt("Allow"))
    save_good_pages(firefox, extension, newsbell, paper, title)
    save_without_the_popup(firefox, extension, newsbell, paper, title)
    save_at_a_slow_server(firefox, extension, newsbell, door, paper, title)
    find_a_country_by_another_name(firefox, extension, paper)
    refuse_bad_pages(firefox, extension, newsbell, paper, browsers_own="about:license")
    keep_what_cannot_be_sent(firefox, extension, newsbell, door, paper, title)
    withstand_an_attack(firefox, extension, door, paper)
    forget_token(firefox, extension, paper, token)
    reach_past_a_proxy(firefox, extension, door, lambda: firefox.press_in_prompt("Allow"))
