"""Every format keeps its own rules, whatever the articles hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import feedparser
import pytest

from newsbell.domain.article import Article, Position
from newsbell.web.feeds.document import FeedFormat
from newsbell.web.feeds.render import render
from tests.feeds.making import NOON, RULES, article, document, named, topic
from tests.feeds.rules import atom_faults, json_faults, rss_faults

FAULTS: dict[FeedFormat, Callable[[bytes], list[str]]] = {
    FeedFormat.RSS: rss_faults,
    FeedFormat.ATOM: atom_faults,
    FeedFormat.JSON: json_faults,
}
LONG = " ".join(f"word{number}" for number in range(10_000))

ODD: dict[str, Article] = {
    "plain": article(),
    "control characters": article(
        title="A\x00 bell\x0b", summary="rung\x1f twice\ufffe", body_html="<p>ding\x08 dong\x1b</p>"
    ),
    "emoji": article(title="Bells 🔔🔔 👩‍👩‍👧", byline=("Zoë 🦊",), topics=(named("🔔 Bells"),)),
    "right to left": article(
        title="العبّارة تبحر من جديد", language="ar", body_html="<p>غادرت العبّارة عند الفجر.</p>"
    ),
    "the end of CDATA": article(title="]]>", summary="a ]]> b", body_html="<p>x]]&gt;y ]]></p>"),
    "script in text": article(title="<script>alert(1)</script>", summary="Use <b> & <script>, not <i>"),
    "quotes and ampersands": article(title="\"Fish\" & 'chips' < 5 > 3", site_name='Tom & "Jerry"'),
    "a long article": article(body_html=f"<p>{LONG}</p>", body_text=LONG),
    "a surrogate": article(title="half \ud83d of it", body_html="<p>\udc00</p>"),
    "nothing but a title": article(summary="", body_html="", body_text="", byline=(), topics=()),
    "no title": article(title="", byline=("", " "), site_name=""),
    "text without an address": article(url="", canonical_url="", lead_image=None, site_name=""),
    "a language that is none": article(language='en"><b>'),
    "topics in many scripts": article(topics=(named("C++"), named("C#"), named("Россия"), named("A & <B>"))),
}
ODD_ONES = [replace(one, uuid=UUID(int=number)) for number, one in enumerate(ODD.values())]


@pytest.mark.parametrize("form", FeedFormat)
@pytest.mark.parametrize("name", ODD)
def test_an_odd_article_makes_a_valid_feed(form: FeedFormat, name: str) -> None:
    assert FAULTS[form](render(document(ODD[name], article(2), form=form), form)) == []


@pytest.mark.parametrize("form", FeedFormat)
@pytest.mark.parametrize("full_text", [True, False])
def test_an_empty_feed_is_valid(form: FeedFormat, full_text: bool) -> None:
    rules = replace(RULES, full_text=full_text)
    assert FAULTS[form](render(document(form=form, topics=(topic("Ferries"),), rules=rules), form)) == []


@pytest.mark.parametrize("form", FeedFormat)
def test_summaries_alone_are_valid(form: FeedFormat) -> None:
    rules = replace(RULES, full_text=False)
    content = render(document(*ODD_ONES, form=form, rules=rules), form)

    assert FAULTS[form](content) == []
    assert b"left at dawn" not in content


@pytest.mark.parametrize("form", FeedFormat)
def test_a_page_in_the_middle_is_valid(form: FeedFormat) -> None:
    before = Position(sort_at=NOON, id=9)
    middle = document(article(), form=form, topics=(topic("Россия"),), more=True, before=before)
    assert FAULTS[form](render(middle, form)) == []


@pytest.mark.parametrize("form", FeedFormat)
def test_the_same_articles_give_the_same_bytes(form: FeedFormat) -> None:
    first, second = (render(document(*ODD_ONES, form=form), form) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("form", FeedFormat)
def test_a_change_of_an_article_changes_the_bytes(form: FeedFormat) -> None:
    edited = article(body_html="<p>The ferry left late.</p>")
    assert render(document(article(), form=form), form) != render(document(edited, form=form), form)


@pytest.mark.parametrize("form", [FeedFormat.RSS, FeedFormat.ATOM])
def test_a_feed_reader_finds_everything(form: FeedFormat) -> None:
    feed: Any = feedparser.parse(render(document(article(1), article(2), form=form), form))

    assert feed.bozo == 0
    assert [entry.title for entry in feed.entries] == [
        "The ferry sails again, part 1",
        "The ferry sails again, part 2",
    ]
    first = feed.entries[0]
    assert first.id == "urn:uuid:00000000-0000-0000-0000-000000000001"
    assert first.link == "https://bell.example/articles/1/the-ferry-sails-again-part-1"
    assert first.summary == "After a winter in dock the old ferry crosses the bay."
    assert "It came back at noon &amp; was greeted." in first.content[0].value
    assert [author.name for author in first.authors] == ["Ada Marsh", "Jon Reed"]
    assert {tag.term for tag in first.tags} in ({"Ferries", "The Bay"}, {"ferries", "the-bay"})
    assert first.published_parsed[:6] == (2025, 3, 1, 11, 59, 0)
    assert first.media_content[0]["url"] == "https://bell.example/media/signed/ferry.jpg"


def test_ids_are_the_same_in_every_format_and_topic() -> None:
    articles = (article(1), article(2))
    ids = [one.uuid.urn for one in articles]
    parsed = json.loads(render(document(*articles, form=FeedFormat.JSON), FeedFormat.JSON))

    assert [item["id"] for item in parsed["items"]] == ids
    for form in (FeedFormat.RSS, FeedFormat.ATOM):
        for topics in ((), (topic("Ferries"),)):
            feed: Any = feedparser.parse(render(document(*articles, form=form, topics=topics), form))
            assert [entry.id for entry in feed.entries] == ids
