"""What an editor does with the extension, good pages and bad, the same in both browsers."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import requests

from tests.e2e.drivers.popup import AnyPopup
from tests.e2e.extension.reader import (
    AnyBrowser,
    AnyExtension,
    alarm,
    article,
    hasten,
    page_topics,
    state_of,
)
from tests.e2e.newsbell import Newsbell
from tests.e2e.services.door import Door
from tests.e2e.services.paper import Paper
from tests.e2e.waiting import until
from tests.pages import PARAGRAPHS, news_page, paragraphs_of

FIVE_MEGABYTES = 5_000_000
MANY = 100_000
SLOW = 35.0  # seconds; a background that is idle is stopped after 30
ATTACK = "<img src=x onerror=globalThis.attacked=1>"


def save(browser: AnyBrowser, extension: AnyExtension, address: str, words: str) -> AnyPopup:
    """Open a page and save it; the popup, which says these words about it."""
    browser.open(address)
    popup = extension.open_popup()
    popup.press("Save")
    popup.wait_for_text("#save-outcome", words, within=120)
    return popup


def saved(newsbell: Newsbell, url: str) -> list[dict[str, Any]]:
    """The articles at the server that come from this address."""
    answer = requests.get(f"{newsbell.address}/api/v1/articles?limit=100", timeout=60).json()
    return [one for one in answer["articles"] if one["url"] == url]


def save_good_pages(
    browser: AnyBrowser, extension: AnyExtension, newsbell: Newsbell, paper: Paper, title: str
) -> None:
    address = _publish(paper, title)
    browser.open(address)
    popup = extension.open_popup()
    page_topics(popup)
    popup.click("#save-topics input[value=Ukraine]")
    popup.type("#save-topic", "Tidal power")
    popup.press_key("Enter")
    popup.wait_for_text("#save-topics", "Tidal power")
    popup.type("#save-topic", "Basalt")  # and Save, without Enter
    popup.press("Save")
    popup.wait_for_text("#save-outcome", "It is new")
    [stored] = saved(newsbell, address)
    assert (stored["title"], sorted(stored["topics"])) == (title, ["Basalt", "Russia", "Tidal power"])
    extension.close_popup()

    save(browser, extension, address, "had this article already")
    extension.close_popup()

    address = _publish(paper, f"Large: {title}", FIVE_MEGABYTES)
    save(browser, extension, address, "It is new")
    assert len(saved(newsbell, address)) == 1
    extension.close_popup()


_TOLD = "(globalThis.browser ?? chrome).storage.local.get('saved').then(({ saved }) => saved.told)"


def save_without_the_popup(
    browser: AnyBrowser, extension: AnyExtension, newsbell: Newsbell, paper: Paper, title: str
) -> None:
    """By the keyboard command, and from the menu of the page; what came of it is said on any page. The popup
    has a key, too.
    """
    by_key = _publish(paper, f"By key: {title}")
    browser.open(by_key)
    extension.open_popup(key="F")
    extension.close_popup()
    extension.press_shortcut("S")
    until(lambda: saved(newsbell, by_key), "the page, saved by the keyboard")
    popup = extension.open_popup()
    popup.wait_for_text("#save-outcome", "It is new")
    popup.wait_for_text("#said", f"By key: {title}")
    extension.close_popup()

    by_menu = _publish(paper, f"By menu: {title}")
    browser.open(by_menu)
    extension.choose_in_menu("Save this page in Newsbell (editors)")
    until(lambda: saved(newsbell, by_menu), "the page, saved from the menu")
    browser.open(article(paper))
    popup = extension.open_popup()
    popup.wait_for_text("#said", f"By menu: {title}")
    popup.wait_for_text("#said", "It is new")
    until(lambda: popup.run(_TOLD), "what was said, marked as said")
    extension.close_popup()
    popup = extension.open_popup()
    page_topics(popup)
    assert popup.text("#said") == ""
    extension.close_popup()
    assert len(saved(newsbell, by_key)) == 1


def save_at_a_slow_server(
    browser: AnyBrowser, extension: AnyExtension, newsbell: Newsbell, door: Door, paper: Paper, title: str
) -> None:
    """One that takes longer to say what pages may ask of it than browsers leave an idle background."""
    address = _publish(paper, f"Slow: {title}")
    browser.open(address)
    door.delay = SLOW
    extension.press_shortcut("S")
    until(lambda: saved(newsbell, address), "the page at the server")
    door.delay = 0
    until(lambda: state_of(extension)["saved"]["url"] == address, "what became of the page")
    assert state_of(extension)["saved"]["what"] == "new"


def find_a_country_by_another_name(browser: AnyBrowser, extension: AnyExtension, paper: Paper) -> None:
    """The server has articles on Russia; a page that declares nothing calls it otherwise."""
    page = news_page("Кораблі Росії повертаються", topics=(), language="uk")
    browser.open(paper.publish("/korabli", page))
    popup = extension.open_popup()
    until(lambda: "Russia" in page_topics(popup), "the country, known by its English name")
    extension.close_popup()


def refuse_bad_pages(
    browser: AnyBrowser, extension: AnyExtension, newsbell: Newsbell, paper: Paper, *, browsers_own: str
) -> None:
    """A page without an article, an article without topics, and a page of the browser's own."""
    address = paper.publish("/empty", "<!doctype html><title>Cookies</title><p>Accept cookies?")
    popup = save(browser, extension, address, "No article was found on this page.")
    assert popup.text("#page-topics").startswith("There seems to be no article here. That is fine")
    assert saved(newsbell, address) == []
    extension.close_popup()

    page = news_page("Kettle", topics=(), paragraphs=paragraphs_of("Kettle"))
    browser.open(paper.publish("/kettle", page))
    popup = extension.open_popup()
    popup.wait_for_text("#page-topics", "This article names no topics")
    extension.close_popup()

    browser.open(browsers_own)
    popup = extension.open_popup()
    popup.wait_for_text("#page-topics", "Your browser keeps this page to itself")
    assert not popup.text("#save")
    extension.close_popup()


def keep_what_cannot_be_sent(
    browser: AnyBrowser,
    extension: AnyExtension,
    newsbell: Newsbell,
    door: Door,
    paper: Paper,
    title: str,
) -> None:
    """A server that is away, and then one that never answers; a large page waits as well as a small one."""
    door.turn("shut")
    by_hand = _publish(paper, f"By hand: {title}")
    popup = save(browser, extension, by_hand, "Not saved yet. The server does not answer.")
    door.turn("open")
    popup.press("Try now")
    until(lambda: saved(newsbell, by_hand), "the page, sent by hand")
    until(lambda: not popup.text("#unsent"), "the list, gone")
    extension.close_popup()

    dropped, kept = f"Dropped: {title}", f"Kept: {title}"
    door.turn("shut")
    small = _publish(paper, dropped)
    save(browser, extension, small, "Not saved yet. The server does not answer.")
    extension.close_popup()
    large = _publish(paper, kept, FIVE_MEGABYTES)
    popup = save(browser, extension, large, "Not saved yet. The server does not answer.")
    assert dropped in popup.text("#unsent-list")
    assert kept in popup.text("#unsent-list")
    popup.press(f"Drop: {dropped} | Harbour Paper")
    until(lambda: dropped not in popup.text("#unsent-list"), "the page, dropped")
    extension.close_popup()

    # What is known is there without an answer of the server.
    door.turn("silent")
    browser.open(article(paper))
    popup = extension.open_popup()
    assert page_topics(popup) == ["Russia", "Ukraine"]
    assert "Russia" in popup.text("#page-topics")
    assert kept in popup.text("#unsent-list")
    extension.close_popup()

    due = alarm(extension, "saves")["scheduledTime"]
    door.turn("shut")
    # Set anew at the very end of a try, which would put off one that is hastened before.
    until(
        lambda: alarm(extension, "saves")["scheduledTime"] > due, "the end of the try that was not answered"
    )
    door.turn("open")
    # No page of the extension is opened from here on: the alarm alone has it sent.
    hasten(extension, "saves", 0.02)
    until(lambda: saved(newsbell, large), "the page at the server", within=120)
    until(lambda: state_of(extension)["unsent"] == [], "nothing left to send")
    assert saved(newsbell, small) == []


def _publish(paper: Paper, title: str, length: int = 0) -> str:
    """The address of an article, as large as pages are: with state for the site's own scripts."""
    state = json.dumps(["state of the site's own scripts"] * (length // 30))
    page = news_page(title, paragraphs=paragraphs_of(title))
    page = page.replace("</body>", f'<script type="application/json">{state}</script></body>')
    assert len(page) > length
    return paper.publish("/" + re.sub(r"\W+", "-", title), page)


def withstand_an_attack(browser: AnyBrowser, extension: AnyExtension, door: Door, paper: Paper) -> None:
    """A page that tries to run scripts in the popup, to confuse it, and to wear it out."""
    browser.open(paper.publish("/attack", _attacking_page()))
    popup = extension.open_popup()
    topics = page_topics(popup)
    assert "Russia" in topics
    assert len(topics) <= 30
    # No topic may look like this; a title may, and is shown as it is while the page waits.
    door.turn("shut")
    popup.press("Save")
    popup.wait_for_text("#save-outcome", "Not saved yet.", within=120)
    assert ATTACK in popup.text("#unsent-list")
    assert popup.run("globalThis.attacked") is None
    assert popup.run("({}).polluted") is None
    foreign = "document.querySelectorAll('main img, main script, main iframe, [onerror], [onclick]').length"
    assert popup.run(foreign) == 0
    popup.press(f"Drop: {ATTACK}")
    until(lambda: not popup.text("#unsent"), "the page, dropped")
    extension.close_popup()
    door.turn("open")


def _attacking_page() -> str:
    names = ["Russia", ATTACK, "__proto__", "constructor", "javascript:alert(1)", "\u202egnorw", "x" * 5000]
    pollution = f'{{"@type": "NewsArticle", "__proto__": {{"polluted": 1}}, "keywords": {json.dumps(names)}}}'
    deep = '{"@graph":' * 5000 + "1" + "}" * 5000
    tags = "".join(f'<meta property="article:tag" content="Tag {number}">' for number in range(1000))
    return f"""<!doctype html><html lang="en"><head><title>{html.escape(ATTACK)}</title>
<meta name="keywords" content="{html.escape(",".join(names))}">
{f'<meta name="news_keywords" content="{" " * 4999}x">' * 200}{tags}
<script type="application/ld+json">{pollution}</script><script type="application/ld+json">{deep}</script>
<script>
  Array.prototype.map = () => {{ throw new Error("not yours"); }};
  Object.prototype.polluted = 1;
  JSON.parse = () => ({{ attacked: 1 }});
</script></head><body>
<form name="querySelectorAll"><input name="title"><input name="documentElement"></form><img name="body">
<form class="topics"><input name="textContent"><input name="localName"><input name="getAttribute"></form>
<article><h1>{html.escape(ATTACK)}</h1>{"".join(f"<p>{text}</p>" for text in PARAGRAPHS)}</article>
{"<p><a rel=tag href=/topic/x>x</a></p>" * MANY}</body></html>"""
