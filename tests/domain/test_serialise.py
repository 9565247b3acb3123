from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from newsbell.domain.article import Article, ArticleTopic, CleanArticle, Home, Picture, Removal, TopicMention
from newsbell.domain.serialise import article_json

NOW = datetime(2026, 3, 14, 6, 30, tzinfo=UTC)
CLEAN = CleanArticle(
    url="https://a.example/x",
    canonical_url="https://a.example/x",
    title="T",
    summary="S",
    byline=("A",),
    body_html="<p>B</p>",
    body_text="B",
    lead_image=Picture(url="https://a.example/p.jpg", caption="C", credit="D"),
    site_name="A",
    language="en",
    published_at=NOW,
    modified_at=None,
    topics=(TopicMention(name="C++", origin="declared", weight=0.5),),
    removals=(Removal(rule="logo", text="A Logo"),),
)
STORED = Article(
    id=7,
    uuid=UUID(int=1),
    story_id=3,
    url="https://a.example/x",
    canonical_url="https://a.example/x",
    title="T",
    summary="S",
    byline=("A",),
    body_html="<p>B</p>",
    body_text="B",
    lead_image=None,
    site_name="A",
    language="en",
    published_at=NOW,
    modified_at=NOW,
    stored_at=NOW,
    updated_at=NOW,
    sort_at=NOW,
    topics=(ArticleTopic(name="C++", slug="c-plus-plus-2", origin="editor", weight=1.0),),
    removals=(),
)


def test_a_cleaned_article_in_json() -> None:
    assert json.loads(json.dumps(article_json(CLEAN))) == {
        "id": None,
        "uuid": None,
        "url": "https://a.example/x",
        "canonical_url": "https://a.example/x",
        "title": "T",
        "summary": "S",
        "byline": ["A"],
        "site_name": "A",
        "language": "en",
        "reading_minutes": 1,
        "cut_off": False,
        "published_at": "2026-03-14T06:30:00+00:00",
        "modified_at": None,
        "stored_at": None,
        "updated_at": None,
        "lead_image": {"url": "https://a.example/p.jpg", "caption": "C", "credit": "D"},
        "topics": ["C++"],
        "topic_details": [{"name": "C++", "slug": "c-plus-plus", "origin": "declared", "weight": 0.5}],
        "body_html": "<p>B</p>",
        "body_text": "B",
        "removals": [{"rule": "logo", "text": "A Logo"}],
        "restored": [],
        "pinned": [],
        "can_clean_again": False,
        "also_at": [],
    }


def test_a_stored_article_has_the_same_fields() -> None:
    stored = article_json(STORED)
    assert stored.keys() == article_json(CLEAN).keys()
    assert (stored["id"], stored["lead_image"]) == (7, None)
    assert stored["topic_details"][0]["slug"] == "c-plus-plus-2"


def test_what_an_editor_did_and_where_else_the_story_is_stand_in_it() -> None:
    stored = replace(
        STORED,
        pinned=("title",),
        restored=(Removal(rule="tip line", text="Write to us."),),
        original_kept=True,
        also_at=(Home(id=9, url="https://b.example/y", site_name="B", title="U"),),
    )
    shown = article_json(stored)
    assert shown["pinned"] == ["title"]
    assert shown["restored"] == [{"rule": "tip line", "text": "Write to us."}]
    assert shown["can_clean_again"] is True
    assert shown["also_at"] == [{"id": 9, "url": "https://b.example/y", "site_name": "B", "title": "U"}]
    assert article_json(stored, full_text=False)["restored"] == []


def test_what_is_not_known_is_null() -> None:
    assert article_json(replace(CLEAN, published_at=None))["published_at"] is None
