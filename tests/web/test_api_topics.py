from __future__ import annotations

from newsbell.services.topics import add_alias
from tests.pages import news_page
from tests.web.site import BASE_URL, Site


def test_topics_are_listed_by_name_with_what_finds_them_in_a_page(site: Site) -> None:
    site.save(html=news_page(topics=["Ukraine", "Russia"]))
    add_alias(site.db, "russia", "Russian Federation", site.clock())
    assert site.client.get("/api/v1/topics").json == {
        "topics": [
            {"name": "Russia", "slug": "russia", "aliases": ["Russian Federation"], "articles": 1},
            {"name": "Ukraine", "slug": "ukraine", "aliases": [], "articles": 1},
        ],
        "next": None,
    }


def test_a_topic_that_is_only_followed_is_not_listed(site: Site) -> None:
    site.save()
    site.follow(["Chess"])
    assert "Chess" not in site.client.get("/api/v1/topics").text


def test_a_long_list_comes_in_pages(site: Site) -> None:
    names = ["Ärzte", "C#", "C++", "Россия", "東京"]
    site.save(html=news_page(topics=names))
    seen: list[str] = []
    address: str | None = f"{BASE_URL}/api/v1/topics?limit=2"
    while address:
        answer = site.client.get(address.removeprefix(BASE_URL)).json or {}
        assert len(answer["topics"]) <= 2
        seen += [topic["name"] for topic in answer["topics"]]
        address = answer["next"]
    assert sorted(seen) == sorted(names)


def test_a_place_that_no_page_gave_is_malformed(site: Site) -> None:
    for query in ("after=", "after=%00", "after=" + "x" * 201, "limit=1001"):
        assert site.client.get(f"/api/v1/topics?{query}").status_code == 400
    assert site.client.get("/api/v1/topics?after=x&limit=1000").status_code == 200
