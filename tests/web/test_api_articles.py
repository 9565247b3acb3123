"""Articles by the API: saved, read, listed, corrected, removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newsbell.errors import UnreachableError
from tests.fakes import Page
from tests.pages import PARAGRAPHS, news_page, paragraphs_of
from tests.web.site import BASE_URL, Site, build

URL = "https://paper.example/2026/ferry"


def page_number(number: int, **options: Any) -> str:
    title = f"Report {number} from the islands"
    return news_page(title, paragraphs=paragraphs_of(title), **options)


def save_many(site: Site, count: int, **options: Any) -> list[int]:
    ids = []
    for number in range(count):
        site.clock.advance(timedelta(minutes=1))
        answer = site.save(url=f"https://paper.example/{number}", html=page_number(number, **options))
        ids.append((answer.json or {})["id"])
    return ids


def titles(site: Site, address: str) -> list[str]:
    return [article["title"] for article in (site.client.get(address).json or {})["articles"]]


def walk(site: Site, address: str) -> list[int]:
    """The ids along `next`."""
    seen: list[int] = []
    following: str | None = address
    while following:
        assert following.startswith(BASE_URL)
        answer = site.client.get(following.removeprefix(BASE_URL)).json or {}
        seen += [article["id"] for article in answer["articles"]]
        following = answer["next"]
    return seen


def test_a_page_is_saved_and_found_at_its_address(site: Site) -> None:
    saved = site.save()
    assert saved.status_code == 201
    article = saved.json or {}
    assert article["topics"] == ["Russia", "Ukraine"]
    assert (article["created"], article["rung"], article["reason"]) == (True, True, "rung")
    assert saved.headers["Location"] == f"/api/v1/articles/{article['id']}"
    shown = site.client.get(saved.headers["Location"])
    assert shown.status_code == 200
    assert shown.json == {
        name: value
        for name, value in article.items()
        if name not in ("created", "updated", "rung", "reason", "reason_code")
    }
    assert site.fetcher.asked == []


def test_a_known_page_answers_200_with_the_same_article(site: Site) -> None:
    first, again = site.save(), site.save()
    assert again.status_code == 200
    assert (again.json or {})["id"] == (first.json or {})["id"]
    assert not (again.json or {})["created"]
    assert (again.json or {})["rung"] is False
    assert (again.json or {})["reason_code"] == "known"
    assert (again.json or {})["reason"]
    assert again.headers["Location"] == first.headers["Location"]


def test_an_edited_page_is_updated_in_place(site: Site) -> None:
    first = site.save()
    edited = site.save(html=news_page("Ferry returns, and stays"))
    assert (edited.status_code, (edited.json or {})["updated"]) == (200, True)
    assert (edited.json or {})["id"] == (first.json or {})["id"]
    assert (edited.json or {})["title"] == "Ferry returns, and stays"


def test_an_address_alone_is_fetched(site: Site) -> None:
    site.fetcher.pages[URL] = Page(URL, news_page().encode())
    saved = site.save(html=None, url=URL)
    assert (saved.status_code, site.fetcher.asked) == (201, [URL])


def test_a_page_that_cannot_be_reached_is_no_article(site: Site) -> None:
    site.fetcher.pages[URL] = UnreachableError("It took too long.", code="timeout", field="url")
    before = site.rows() if site.editor else {}
    refused = site.save(html=None, url=URL)
    assert refused.status_code == 502
    assert refused.json == {"code": "timeout", "message": "It took too long.", "field": "url"}
    assert site.rows() == before


def test_a_text_is_saved_with_its_topics_line(site: Site) -> None:
    text = "Ferry returns\n\n" + "\n\n".join(PARAGRAPHS) + "\n\nTopics: Russia, Ukraine\n"
    saved = site.save(html=None, url=None, text=text)
    assert saved.status_code == 201
    assert (saved.json or {})["topics"] == ["Russia", "Ukraine"]


def test_title_and_topics_given_count(site: Site) -> None:
    saved = site.save(title="The ferry", topics=["Shipping"]).json or {}
    assert saved["title"] == "The ferry"
    assert set(saved["topics"]) == {"Russia", "Ukraine", "Shipping"}


def test_a_slug_that_reads_like_a_code_names_the_topic_that_has_it(site: Site) -> None:
    long, slug = "World Cup 2026 qualifiers", "world-cup-2026-qualifiers"
    assert site.save(topics=[slug]).status_code == 400
    site.save(topics=[long], page_topics="ignore")
    again = site.save(topics=[slug], page_topics="ignore").json or {}
    corrected = site.client.patch("/api/v1/articles/1", json={"topics": [slug]}, headers=site.editor)
    assert [again["topics"], (corrected.json or {})["topics"]] == [[long], [long]]


def test_topics_an_editor_put_right_before_saving_are_the_only_ones(site: Site) -> None:
    right = {"topics": ["Ferries"], "page_topics": "ignore"}
    saved = site.save(url=URL, html=news_page(), **right).json or {}
    assert saved["topics"] == ["Ferries"]
    kept = site.save(url=URL, html=news_page(), page_topics="add").json or {}
    assert (kept["topics"], kept["updated"]) == (["Ferries"], False), "what an editor put right holds"
    again = site.save(url=URL, html=news_page(), topics=["Russia"], page_topics="ignore").json or {}
    assert (again["topics"], again["updated"]) == (["Russia"], True)


def test_a_page_may_be_saved_without_any_topic_and_rings_nobody(site: Site) -> None:
    saved = site.save(url=URL, html=news_page(), page_topics="ignore").json or {}
    assert (saved["topics"], saved["rung"]) == ([], False)
    assert site.save(url=URL, html=news_page(), page_topics="drop").status_code == 400


@pytest.mark.parametrize(("notify", "rung"), [("no", False), ("yes", True), ("auto", False)])
def test_notify_decides_about_an_old_article(site: Site, notify: str, *, rung: bool) -> None:
    page = news_page(published="2001-01-01T10:00:00+01:00")
    saved = site.save(html=page, notify=notify).json or {}
    assert saved["rung"] is rung
    assert (saved["reason"] == "rung") is rung


def test_letters_of_every_script_are_readable_in_the_answer(site: Site) -> None:
    answer = site.save(html=news_page("Паром вернулся 🛳", topics=["Россия"]))
    assert "Паром вернулся 🛳" in answer.data.decode()
    assert (answer.json or {})["topic_details"][0]["slug"] == "россия"


def test_one_that_never_was_is_not_found(site: Site) -> None:
    answer = site.client.get("/api/v1/articles/1")
    assert (answer.status_code, (answer.json or {})["code"]) == (404, "article_not_found")


@pytest.mark.parametrize(
    "number", ["0", "9223372036854775807", "9223372036854775808", "9" * 40, "9" * 5000, "-1", "x"]
)
def test_any_number_gets_an_answer(site: Site, number: str) -> None:
    assert site.client.get(f"/api/v1/articles/{number}").status_code == 404


def test_a_removed_article_is_gone_for_good(site: Site) -> None:
    address = site.save().headers["Location"]
    assert site.client.delete(address, headers=site.editor).status_code == 204
    gone = site.client.get(address)
    assert (gone.status_code, (gone.json or {})["code"]) == (410, "article_removed")
    assert site.save().status_code == 410
    assert site.client.delete(address, headers=site.editor).status_code == 410
    assert titles(site, "/api/v1/articles") == []


def test_a_correction_changes_what_it_names(site: Site) -> None:
    before = site.save().json or {}
    address = f"/api/v1/articles/{before['id']}"
    changed = site.client.patch(
        address, json={"title": "Ferries return", "topics": ["Norway", "ukraine"]}, headers=site.editor
    )
    assert changed.status_code == 200
    after = changed.json or {}
    assert (after["title"], after["topics"]) == ("Ferries return", ["Norway", "Ukraine"])
    assert (after["summary"], after["body_html"]) == (before["summary"], before["body_html"])
    assert (site.client.get(address).json or {}) == after


def test_a_correction_of_the_summary_alone_leaves_the_topics(site: Site) -> None:
    address = site.save().headers["Location"]
    changed = site.client.patch(address, json={"summary": "In short."}, headers=site.editor).json or {}
    assert (changed["summary"], changed["topics"]) == ("In short.", ["Russia", "Ukraine"])


def test_the_list_is_newest_first_and_each_page_leads_to_the_next(site: Site) -> None:
    ids = save_many(site, 5)
    assert walk(site, f"{BASE_URL}/api/v1/articles?limit=2") == ids[::-1]


def test_what_comes_in_during_a_walk_moves_nothing(site: Site) -> None:
    ids = save_many(site, 4)
    first = site.client.get("/api/v1/articles?limit=2").json or {}
    site.clock.advance(timedelta(minutes=1))
    site.save()
    assert walk(site, first["next"]) == ids[:2][::-1]


def test_a_page_that_holds_the_rest_has_no_next(site: Site) -> None:
    save_many(site, 2)
    assert (site.client.get("/api/v1/articles?limit=2").json or {})["next"] is None


@pytest.mark.parametrize(
    "query", ["topic=россия+ireland", "topic=россия%2Bireland", "topic=россия&topic=ireland"]
)
def test_the_union_of_topics_holds_each_article_once(site: Site, query: str) -> None:
    site.save(url="https://a.example/1", html=page_number(1, topics=["Россия", "Ireland"]))
    site.save(url="https://a.example/2", html=page_number(2, topics=["Ireland"]))
    site.save(url="https://a.example/3", html=page_number(3, topics=["Chile"]))
    found = titles(site, f"/api/v1/articles?{query}")
    assert sorted(found) == ["Report 1 from the islands", "Report 2 from the islands"]


def test_the_next_of_a_union_is_of_the_same_union(site: Site) -> None:
    save_many(site, 3, topics=["Россия", "Ireland"])
    save_many(site, 1, topics=["Chile"])
    assert len(walk(site, f"{BASE_URL}/api/v1/articles?topic=россия+ireland&limit=1")) == 2


def test_a_topic_that_is_not_here_is_not_found(site: Site) -> None:
    answer = site.client.get("/api/v1/articles?topic=nowhere")
    assert (answer.status_code, (answer.json or {})["code"]) == (404, "topic_not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("before=x", "before"),
        ("before=1-2-3", "before"),
        ("before=999999999999999999-1", "before"),
        ("before=1-9999999999999999999999", "before"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 5_000, "limit"),
        ("topic=", "topic"),
        ("topic=+", "topic"),
        ("topic=" + "+".join(f"t{number}" for number in range(51)), "topic"),
    ],
)
def test_a_query_that_cannot_be_read_names_its_fault(site: Site, query: str, field: str) -> None:
    answer = site.client.get(f"/api/v1/articles?{query}")
    assert (answer.status_code, (answer.json or {})["field"]) == (400, field)


@pytest.mark.parametrize("query", ["limit=1", "limit=100", "before=1-1", "before=-1-1", ""])
def test_a_query_that_can_be_read_is_answered(site: Site, query: str) -> None:
    assert site.client.get(f"/api/v1/articles?{query}").status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/articles", "/api/v1/articles/1", "/api/v1/topics"])
def test_an_unchanged_answer_costs_a_304(site: Site, address: str) -> None:
    site.save()
    first = site.client.get(address)
    unchanged = {"If-None-Match": first.headers["ETag"]}
    again = site.client.get(address, headers=unchanged)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    site.client.patch("/api/v1/articles/1", json={"topics": ["Norway"]}, headers=site.editor)
    assert site.client.get(address, headers=unchanged).status_code == 200


TEXTS = {"body_html": "", "body_text": "", "removals": []}


@pytest.fixture
def brief(site: Site) -> Site:
    """A site that gives out no full texts, with one article."""
    found = build(replace(site.settings, full_text=False), site.db, site.clock)
    assert found.save().status_code == 201
    return found


def shown(site: Site, headers: dict[str, str]) -> list[dict[str, object]]:
    """The article alone, and as it stands in the list."""
    listed = site.client.get("/api/v1/articles", headers=headers).json or {}
    (first,) = listed["articles"]
    return [first, site.client.get(f"/api/v1/articles/{first['id']}", headers=headers).json or {}]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer made-up"}, {"Authorization": "x"}])
def test_without_full_text_the_text_is_nobodys_who_has_no_token(brief: Site, headers: dict[str, str]) -> None:
    for article in shown(brief, headers):
        assert article | TEXTS == article
        assert article["title"]
        assert article["summary"]


def test_without_full_text_an_editor_still_gets_the_text(brief: Site) -> None:
    for article in shown(brief, brief.editor):
        assert all(article[name] for name in TEXTS)
    answer = brief.client.get("/api/v1/articles", headers=brief.editor)
    again = {"If-None-Match": answer.headers["ETag"]}
    assert "Authorization" in answer.headers["Vary"]
    assert brief.client.get("/api/v1/articles", headers=again | brief.editor).status_code == 304
    assert brief.client.get("/api/v1/articles", headers=again).status_code == 200


def test_with_full_text_anybody_gets_it(brief: Site, site: Site) -> None:
    assert brief.settings != site.settings
    for article in shown(site, {}):
        assert all(article[name] for name in TEXTS)
