"""The checks themselves can fail: each sees what it is there to see."""

from __future__ import annotations

import json

from tests.feeds.rules import atom_faults, json_faults, rss_faults

ENTRY = "<entry><id>urn:a</id><title>t</title><updated>2025-03-01T12:00:00Z</updated>{}</entry>"
FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>f</title>'
    "<updated>2025-03-01T12:00:00Z</updated><author><name>N</name></author>"
    '<link rel="self" href="https://bell.example/f"/>{}</feed>'
)
ALTERNATE = '<link href="https://bell.example/1"/>'
CHANNEL = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>'
    "<link>https://bell.example/</link><description>d</description>"
    "<lastBuildDate>Sat, 01 Mar 2025 12:00:00 +0000</lastBuildDate>"
    '<atom:link rel="self" href="https://bell.example/f"/>{}</channel></rss>'
)
ITEM = "<item><title>t</title><link>{}</link><guid>{}</guid><pubDate>{}</pubDate></item>"
DATE = "Sat, 01 Mar 2025 12:00:00 +0000"


def test_two_alternate_links_of_one_type_are_seen() -> None:
    valid = FEED.format(
        ENTRY.format(ALTERNATE + '<link rel="alternate" type="text/html" href="https://b.example/"/>')
    )
    twice = FEED.format(ENTRY.format(ALTERNATE + '<link href="https://bell.example/2"/>'))

    assert atom_faults(valid.encode()) == []
    assert atom_faults(twice.encode()) == ["the same alternate link twice"]


def test_atom_without_what_it_needs_is_seen() -> None:
    naive = FEED.format(ENTRY.format(ALTERNATE).replace("12:00:00Z", "12:00:00"))
    empty = FEED.format(ENTRY.format(""))
    double = FEED.format(ENTRY.format(ALTERNATE) * 2)
    cdata = FEED.format(ENTRY.format('<content type="CDATA">x</content>'))

    assert atom_faults(naive.encode()) == ["2025-03-01T12:00:00 is no date of this format"]
    assert atom_faults(empty.encode()) == ["neither content nor an alternate link"]
    assert atom_faults(double.encode()) == ["the same id twice"]
    assert "content of type CDATA" in atom_faults(cdata.encode())


def test_rss_faults_are_seen() -> None:
    valid = CHANNEL.format(ITEM.format("https://bell.example/1", "a", DATE))
    relative = CHANNEL.format(ITEM.format("/1", "a", DATE))
    undated = CHANNEL.format(ITEM.format("https://bell.example/1", "a", "2025-03-01"))

    assert rss_faults(valid.encode()) == []
    assert rss_faults(relative.encode()) == ["'/1' is not absolute"]
    assert rss_faults(undated.encode()) == ["2025-03-01 is no date of this format"]


def test_json_faults_are_seen() -> None:
    item = {"id": "a", "content_text": "x"}
    valid = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [item]}

    assert json_faults(json.dumps(valid).encode()) == []
    assert json_faults(json.dumps(valid | {"items": [item, item]}).encode()) == ["the same id twice"]
    assert json_faults(json.dumps(valid | {"items": [{"id": "a"}]}).encode()) == ["an item without content"]
    assert json_faults(json.dumps(valid | {"version": "1"}).encode()) == ["wrong version"]
