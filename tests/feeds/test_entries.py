"""What an entry says of its article."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newsbell.domain.article import Article, Picture
from newsbell.web.feeds.document import FeedFormat
from newsbell.web.feeds.entries import entry_of
from newsbell.web.feeds.render import render
from tests.feeds.making import BASE_URL, NOON, RULES, article, document, named, topic
from tests.feeds.rules import ATOM, CONTENT, DC, MEDIA, XML, parse, texts


def rss(*articles: Article) -> Any:
    return parse(render(document(*articles, form=FeedFormat.RSS), FeedFormat.RSS))


def atom(*articles: Article) -> Any:
    return parse(render(document(*articles, form=FeedFormat.ATOM), FeedFormat.ATOM))


def json_item(one: Article) -> dict[str, Any]:
    item: dict[str, Any] = json.loads(render(document(one, form=FeedFormat.JSON), FeedFormat.JSON))["items"][
        0
    ]
    return item


def content_of(one: Article) -> str:
    return entry_of(one, RULES).content_html or ""


def test_rss_names_each_author_and_the_original() -> None:
    item = rss(article()).find("channel/item")

    assert texts(item, f"{DC}creator") == ["Ada Marsh", "Jon Reed"]
    assert texts(item, f"{DC}source") == ["https://harbour.example/news/1?page=1&part=2"]
    assert texts(item, f"{DC}publisher") == ["Harbour News"]
    assert item.find("guid").get("isPermaLink") == "false"


def test_rss_names_each_topic_with_its_page() -> None:
    item = rss(article(topics=(named("C++"), named("Россия")))).find("channel/item")

    assert texts(item, "category") == ["C++", "Россия"]
    assert [category.get("domain") for category in item.findall("category")] == [
        f"{BASE_URL}/topics/c-plus-plus",
        f"{BASE_URL}/topics/%D1%80%D0%BE%D1%81%D1%81%D0%B8%D1%8F",
    ]


def test_a_summary_in_rss_is_html_and_in_atom_is_text() -> None:
    one = article(summary="Fish & <b>chips</b>")

    assert texts(rss(one), "channel/item/description") == ["Fish &amp; &lt;b&gt;chips&lt;/b&gt;"]
    assert texts(atom(one), f"{ATOM}entry/{ATOM}summary") == ["Fish & <b>chips</b>"]
    assert json_item(one)["summary"] == "Fish & <b>chips</b>"


def test_atom_links_to_our_page_and_to_the_original() -> None:
    links = atom(article()).findall(f"{ATOM}entry/{ATOM}link")

    assert [(link.get("rel"), link.get("type"), link.get("href")) for link in links] == [
        ("alternate", "text/html", f"{BASE_URL}/articles/1/the-ferry-sails-again-part-1"),
        ("via", "text/html", "https://harbour.example/news/1?page=1&part=2"),
    ]


def test_atom_dates_and_topics() -> None:
    entry = atom(article(updated_at=NOON + timedelta(hours=3))).find(f"{ATOM}entry")

    assert texts(entry, f"{ATOM}published") == ["2025-03-01T11:59:00+00:00"]
    assert texts(entry, f"{ATOM}updated") == ["2025-03-01T15:00:00+00:00"]
    category = entry.findall(f"{ATOM}category")[1]
    assert dict(category.attrib) == {
        "term": "the-bay",
        "label": "The Bay",
        "scheme": f"{BASE_URL}/topics/",
    }


def test_who_stands_for_an_article_without_a_byline() -> None:
    no_byline = atom(article(byline=())).find(f"{ATOM}entry")
    nobody = atom(article(byline=(), site_name=""))

    assert texts(no_byline, f"{ATOM}author/{ATOM}name") == ["Harbour News"]
    assert nobody.find(f"{ATOM}entry/{ATOM}author") is None
    assert texts(nobody, f"{ATOM}author/{ATOM}name") == ["Newsbell"]


def test_an_item_in_json_has_everything() -> None:
    item = json_item(article())
    content = item.pop("content_html")

    assert "It came back at noon &amp; was greeted." in content
    assert item == {
        "id": "urn:uuid:00000000-0000-0000-0000-000000000001",
        "url": f"{BASE_URL}/articles/1/the-ferry-sails-again-part-1",
        "external_url": "https://harbour.example/news/1?page=1&part=2",
        "title": "The ferry sails again, part 1",
        "summary": "After a winter in dock the old ferry crosses the bay.",
        "image": f"{BASE_URL}/media/signed/ferry.jpg",
        "date_published": "2025-03-01T11:59:00+00:00",
        "date_modified": "2025-03-01T12:59:00+00:00",
        "authors": [{"name": "Ada Marsh"}, {"name": "Jon Reed"}],
        "tags": ["Ferries", "The Bay"],
        "language": "en",
        "_newsbell": {"story": "story-1"},
    }


def test_content_begins_with_site_link_and_byline() -> None:
    assert content_of(article()).startswith(
        '<div lang="en" dir="ltr"><p><a href="https://harbour.example/news/1?page=1&amp;part=2">'
        "Harbour News</a> · Ada Marsh, Jon Reed</p>"
    )
    assert '<p><a href="https://harbour.example' not in content_of(article(url="", canonical_url=""))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://harbour.example/1"])
def test_only_web_addresses_become_links(url: str) -> None:
    entry = entry_of(article(url=url, canonical_url=""), RULES)

    assert entry.original_url == ""
    assert url not in (entry.content_html or "")
    assert entry_of(article(), RULES).original_url.startswith("https://harbour.example/")


def test_text_from_right_to_left_says_so() -> None:
    one = article(language="ar", body_html="<p>غادرت العبّارة.</p>")

    assert content_of(one).startswith('<div lang="ar" dir="rtl">')
    assert atom(one).find(f"{ATOM}entry").get(f"{XML}lang") == "ar"
    assert json_item(one)["language"] == "ar"


def test_a_feed_has_a_language_where_all_its_entries_share_one() -> None:
    english, arabic = article(1), article(2, language="ar")
    same = rss(english, article(3)).find("channel")

    assert texts(same, "language") == ["en"]
    assert texts(rss(english, arabic).find("channel"), "language") == []
    assert atom(english, arabic).get(f"{XML}lang") is None


def test_pictures_come_through_our_own_address() -> None:
    one = article(body_html='<p>Seen:</p><img src="https://harbour.example/pictures/bay.png" alt="">')
    content = texts(rss(one), f"channel/item/{CONTENT}encoded")[0]
    media = rss(one).find(f"channel/item/{MEDIA}content")

    assert f'<img src="{BASE_URL}/media/signed/bay.png"' in content
    assert "harbour.example/pictures" not in content
    assert media.get("url") == f"{BASE_URL}/media/signed/ferry.jpg"
    assert texts(media, f"{MEDIA}description") == ["The ferry"]
    assert texts(media, f"{MEDIA}credit") == ["A. Marsh"]


def test_the_lead_picture_is_shown_once() -> None:
    address = "https://harbour.example/pictures/ferry.jpg"
    in_text = article(body_html=f'<p>Look:</p><img alt="" src="{address}?w=800&amp;h=600">')

    assert content_of(in_text).count("<img") == 1
    assert content_of(article()).count("<img") == 1
    assert "<figcaption>The ferry · A. Marsh</figcaption>" in content_of(article())
    assert "<figcaption>" not in content_of(article(lead_image=Picture(url=address)))


def test_without_full_text_there_are_summary_and_link() -> None:
    rules = replace(RULES, full_text=False)
    rendered = {form: render(document(article(), form=form, rules=rules), form) for form in FeedFormat}

    for content in rendered.values():
        assert b"left at dawn" not in content
        assert b"After a winter in dock" in content
        assert b"/articles/1/the-ferry-sails-again-part-1" in content
    assert b"content:encoded>" not in rendered[FeedFormat.RSS]


def test_an_article_without_a_summary_is_introduced_by_its_text() -> None:
    entry = entry_of(article(summary="", body_text="word " * 500), RULES)

    assert entry.summary.startswith("word word")
    assert entry.summary.endswith("…")
    assert len(entry.summary) <= 400


def test_control_characters_are_taken_out_of_every_part() -> None:
    one = article(
        title="a\x00b",
        summary="c\x1fd",
        byline=("e\x0bf",),
        body_html="<p>g\x08h</p>",
        site_name="i\ufffej",
        url="https://harbour.example/\x01k",
        topics=(named("l\x7fm"),),
        lead_image=Picture(
            url="https://harbour.example/pictures/n\x02.jpg", caption="o\x03p", credit="q\x04r"
        ),
    )
    for form in FeedFormat:
        content = render(document(one, form=form), form).decode()
        for text in ("ab", "cd", "ef", "gh", "ij", "/k", "lm", "/n.jpg", "op", "qr"):
            assert text in content


def test_pages_link_to_the_first_and_the_next() -> None:
    topics = (topic("Ferries"), topic("The Bay", 2))
    first = document(article(1), form=FeedFormat.RSS, topics=topics, more=True)
    links = parse(render(first, FeedFormat.RSS)).findall(f"channel/{ATOM}link")
    address = f"{BASE_URL}/feeds/ferries+the-bay.rss"
    following = f"{address}?before=1740830340250000-1"

    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("self", address),
        ("first", address),
        ("next", following),
    ]
    in_json = json.loads(render(replace(first, self_url="x"), FeedFormat.JSON))
    assert in_json["next_url"] == following


def test_the_last_page_links_to_no_other() -> None:
    whole = document(article(1), form=FeedFormat.ATOM)
    relations = [link.get("rel") for link in parse(render(whole, FeedFormat.ATOM)).findall(f"{ATOM}link")]

    assert relations == ["self", "alternate"]
    assert "next_url" not in json.loads(render(whole, FeedFormat.JSON))


def test_a_feed_keeps_its_id_when_a_topic_is_renamed() -> None:
    ids = {
        document(form=FeedFormat.ATOM, topics=(replace(topic("Ferries"), name=name, slug=slug),)).id
        for name, slug in (("Ferries", "ferries"), ("Boats", "boats"))
    }
    assert len(ids) == 1
    assert document(topics=(topic("Boats", 2),)).id not in ids


def test_an_article_cut_off_by_its_site_says_so_behind_the_text() -> None:
    said = '<p lang="en" dir="ltr"><em>The site shows only the beginning of this article.</em></p></div>'
    assert content_of(article(cut_off=True)).endswith(said)
    assert "only the beginning" not in content_of(article())
