"""PATCH: what an editor puts right holds, and what cleaning took out is put back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pages import PARAGRAPHS, news_page, paragraphs_of
from tests.web.reading import one, tree, words
from tests.web.site import Site

TIP = "If you have a story for us, write to the harbour desk by telling us about it."
PAGE = news_page(paragraphs=(PARAGRAPHS[0], TIP, *PARAGRAPHS[1:]))
ARTICLE = "/api/v1/articles/1"


def patch(site: Site, status: int = 200, **body: Any) -> dict[str, Any]:
    response = site.client.patch(ARTICLE, json=body, headers=site.editor)
    assert response.status_code == status, response.json
    answer: dict[str, Any] = response.json or {}
    return answer


@pytest.fixture
def saved(site: Site) -> dict[str, Any]:
    answer: dict[str, Any] = site.save(html=PAGE).json or {}
    return answer


def test_a_removal_is_put_back_by_its_place_or_its_words(site: Site, saved: dict[str, Any]) -> None:
    tip = next(removal for removal in saved["removals"] if removal["text"] == TIP)
    by_place = patch(site, restore=[saved["removals"].index(tip)])
    assert by_place["restored"] == [tip]
    assert by_place["body_text"].split("\n")[1] == TIP
    assert tip not in by_place["removals"]
    assert TIP not in patch(site, restored=[])["body_text"]
    assert patch(site, restore=[tip])["body_text"] == by_place["body_text"]


def test_a_correction_holds_when_the_page_is_saved_again(site: Site, saved: dict[str, Any]) -> None:
    assert (saved["pinned"], saved["can_clean_again"]) == ([], True)
    body = "<p>The right text.</p><script>alert(1)</script>"
    corrected = patch(site, title="The right title", body_html=body)
    assert corrected["pinned"] == ["body", "title"]
    assert corrected["body_html"] == "<p>The right text.</p>"
    again = site.save(html=news_page("Another title")).json or {}
    assert (again["id"], again["title"], again["body_text"]) == (1, "The right title", "The right text.")
    assert patch(site, pinned=["body"])["pinned"] == ["body"]
    assert (site.save(html=news_page("Another title")).json or {})["title"] == "Another title"


BAD: list[tuple[dict[str, Any], int, str, str]] = [
    ({"restore": [99]}, 404, "removal_not_found", "restore"),
    ({"restore": [True]}, 400, "malformed", "restore"),
    ({"restore": ["prompt"]}, 400, "malformed", "restore"),
    ({"restore": 0}, 400, "malformed", "restore"),
    ({"restore": [{"rule": "prompt"}]}, 400, "malformed", "restore.text"),
    ({"restore": [{"rule": "a", "text": "b", "x": 1}]}, 400, "malformed", "restore.x"),
    ({"restored": [{"rule": "a", "text": "b"}]}, 400, "malformed", "restored"),
    ({"restored": [0]}, 400, "malformed", "restored"),
    ({"pinned": ["byline"]}, 400, "malformed", "pinned"),
    ({"pinned": "title"}, 400, "malformed", "pinned"),
    ({"body_html": "<script>x</script>"}, 400, "malformed", "body_html"),
    ({"body_html": 5}, 400, "malformed", "body_html"),
]


@pytest.mark.parametrize(("body", "status", "code", "field"), BAD)
def test_a_correction_that_cannot_be_made_is_refused_and_changes_nothing(
    site: Site, saved: dict[str, Any], body: dict[str, Any], status: int, code: str, field: str
) -> None:
    before = site.client.get(ARTICLE).json
    refused = patch(site, status, **body)
    assert (refused["code"], refused["field"]) == (code, field)
    assert site.client.get(ARTICLE).json == before


def test_the_page_shows_what_was_put_back_and_put_right(site: Site, saved: dict[str, Any]) -> None:
    page = tree(site.client.get("/articles/1", follow_redirects=True))
    assert page.xpath("//details[contains(@class, 'restored')]") == []
    patch(site, restore=[{"rule": removal["rule"], "text": TIP} for removal in saved["removals"] if removal["text"] == TIP])  # fmt: skip  # noqa: E501
    patch(site, title="The right title")
    page = tree(site.client.get("/articles/1", follow_redirects=True))
    assert TIP in words(one(page, "//details[contains(@class, 'restored')]"))
    assert "An editor put right: title." in words(page)


def test_a_story_is_listed_once_with_its_other_homes(site: Site, saved: dict[str, Any]) -> None:
    copy = site.save(url="https://other.example/copy", html=PAGE).json or {}
    site.save(url="https://other.example/else", html=news_page("Else", paragraphs=paragraphs_of("else")))
    listed = (site.client.get("/api/v1/articles").json or {})["articles"]
    assert [article["id"] for article in listed] == [3, 1]
    assert listed[1]["also_at"] == [
        {
            "id": copy["id"],
            "url": "https://other.example/copy",
            "site_name": "Harbour Paper",
            "title": copy["title"],
        }
    ]


def test_pages_and_feeds_name_the_other_homes(site: Site, saved: dict[str, Any]) -> None:
    site.save(url="https://other.example/copy", html=PAGE)
    for path in ("/", "/topics/russia", "/articles/1"):
        homes = one(tree(site.client.get(path, follow_redirects=True)), "//p[contains(@class, 'homes')]")
        assert words(homes) == "Also at Harbour Paper"
        assert homes.xpath("a/@href") == ["https://other.example/copy"]
    items = (site.client.get("/feeds/russia.json").json or {})["items"]
    assert len(items) == 1
    assert 'Also at <a href="https://other.example/copy">Harbour Paper</a>' in items[0]["content_html"]
