"""The pages to subscribe on, as the server writes them; what their scripts do is tested in browsers."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.factories import NOW, stored_article
from tests.web.reading import one, tree, words
from tests.web.site import Site


@pytest.fixture
def full(site: Site) -> Site:
    with site.db.transaction() as conn:
        stored_article(conn, "Rivers", "Россия", now=NOW)
        stored_article(conn, "Rivers", "C++", now=NOW)
    return site


def boxes(site: Site, topics: str) -> dict[str, bool]:
    """The topics offered by the name a reader sees, and whether each is ticked."""
    page = tree(site.client.get(f"/subscribe?topics={quote(topics)}"))
    return {
        words(label): bool(label.xpath("input/@checked"))
        for label in page.xpath("//fieldset[@id='topics']//label")
    }


def test_topics_named_are_ticked_and_the_others_offered(full: Site) -> None:
    assert boxes(full, "rivers,Россия") == {
        "Rivers 2 articles": True,
        "Россия 1 article": True,
        "C++ 1 article": False,
    }


def test_without_a_name_all_topics_are_offered_and_none_is_ticked(full: Site) -> None:
    assert set(boxes(full, "").values()) == {False}
    page = tree(full.client.get("/subscribe"))
    assert one(page, "//fieldset[@id='topics']/details/@open") is not None


def test_a_topic_that_no_article_has_can_be_named(full: Site) -> None:
    assert boxes(full, "Lighthouses")["Lighthouses no articles yet"]


def test_a_topic_named_twice_stands_once(full: Site) -> None:
    assert list(boxes(full, "rivers,Rivers,RIVERS")).count("Rivers 2 articles") == 1


def test_a_topic_with_a_comma_in_its_name_has_a_field_of_its_own(full: Site) -> None:
    query = f"topics=rivers&topic={quote('Washington, D.C.')}&topic={quote('Россия')}"
    page = tree(full.client.get(f"/subscribe?{query}"))
    assert page.xpath("//ul[@id='chosen']//input/@value") == ["rivers", "Washington, D.C.", "россия"]
    many = "&".join(f"topic=Topic+{number}x" for number in range(60))
    page = tree(full.client.get(f"/subscribe?topics=rivers&{many}"))
    assert len(page.xpath("//ul[@id='chosen']//input[@checked]")) == 50


def test_what_can_be_no_topic_is_named_and_left_out(full: Site) -> None:
    page = tree(full.client.get("/subscribe?topics=rivers,https://paper.example/"))
    assert "This cannot be a topic’s name here, and is left out: https://paper.example/" in words(page)
    assert "cannot be a topic" not in words(tree(full.client.get("/subscribe?topics=rivers")))


def test_a_topic_name_stays_text(full: Site) -> None:
    answer = full.client.get(f"/subscribe?topics={quote('<img src=x>')},{quote('Fish & chips')}")
    assert "<img" not in answer.text
    assert "Fish &amp; chips" in answer.text


def test_a_long_list_of_names_is_bounded(full: Site) -> None:
    many = ",".join(f"Topic {number}x" for number in range(1000))
    assert sum(boxes(full, many).values()) == 50


def test_the_page_says_what_is_sent_before_it_asks(full: Site) -> None:
    page = tree(full.client.get("/subscribe?topics=rivers"))
    text = words(one(page, "//main"))
    promise = text.index("one notification per story on the topics you tick")
    assert promise < text.index("No advertising. One click ends it.") < text.index("press OK")
    assert words(one(page, "//button[@id='ok']")) == "OK"


def test_what_an_extension_asks_for_is_named_before_yes_and_shown_only_by_its_script(full: Site) -> None:
    page = tree(full.client.get(f"/subscribe?topics=rivers&link={'A' * 43}&back=moz-extension://x/done.html"))
    asked = words(one(page, "//div[@id='handover'][@hidden]"))
    assert asked.startswith("Let the extension manage this subscription?")
    powers = asked.index("it sees which topics you follow, and can change them")
    warning = asked.index("Press Yes only if you came here by the button of the Newsbell extension.")
    assert powers < warning < asked.index("Yes No")


def test_without_scripts_the_page_says_why_and_offers_the_feeds(full: Site) -> None:
    page = tree(full.client.get("/subscribe?topics=rivers"))
    assert "scripts are off" in words(one(page, "//noscript"))
    assert one(page, "//main//a[@href='/feeds/rivers.rss']") is not None
    assert "scripts are off" in words(one(tree(full.client.get("/subscription")), "//noscript"))


def test_the_service_worker_has_the_whole_site_and_is_asked_for_each_time(site: Site) -> None:
    answer = site.client.get("/sw.js", buffered=True)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = site.client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]}, buffered=True)
    assert again.status_code == 304


def test_whatever_the_service_worker_imports_is_there(site: Site) -> None:
    left, seen = ["/sw.js"], set()
    while left:
        address = left.pop()
        answer = site.client.get(address, buffered=True)
        assert answer.status_code == 200, address
        assert answer.mimetype == "text/javascript"
        seen.add(address)
        imports = re.findall(r'^import .* from "(.+)";$', answer.text, re.MULTILINE)
        near = {f"/static/js/{name[2:]}" if name.startswith("./") else name for name in imports}
        left += near - seen
    assert "/static/js/store.js" in seen
