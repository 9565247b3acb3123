"""Whatever is in a title, a byline, a topic or a text: the feed is well-formed and gives it back."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsbell.domain.text import squeeze, strip_controls
from newsbell.web.feeds.document import FeedFormat
from newsbell.web.feeds.entries import entry_of
from newsbell.web.feeds.opml import opml_bytes
from newsbell.web.feeds.render import render
from tests.feeds.making import BASE_URL, RULES, article, document, named, topic
from tests.feeds.rules import ATOM, CONTENT, DC, atom_faults, json_faults, parse, rss_faults, texts

# Every code point, lone surrogates and noncharacters too, and often what markup trips over.
ANY_TEXT = st.text(
    st.characters(exclude_categories=[]) | st.sampled_from("<>&\"']\x00\x0b\r\n\t🔔ع"), max_size=40
)
WORDED = ANY_TEXT.map(lambda text: text + "x")


@settings(max_examples=60, deadline=None)
@given(title=WORDED, name=WORDED, topic_name=WORDED, body=ANY_TEXT)
@example(title="]]>x", name="&amp;x", topic_name="\x00x", body="\x00")
def test_any_text_comes_back_from_every_format(title: str, name: str, topic_name: str, body: str) -> None:
    one = article(title=title, byline=(name,), topics=(named(topic_name),), body_html=body)
    rss, atom, in_json = (render(document(one, form=form), form) for form in FeedFormat)

    assert (rss_faults(rss), atom_faults(atom), json_faults(in_json)) == ([], [], [])
    item, entry = parse(rss).find("channel/item"), parse(atom).find(f"{ATOM}entry")
    parsed = json.loads(in_json)["items"][0]
    assert item is not None
    assert entry is not None
    assert texts(item, "title") == texts(entry, f"{ATOM}title") == [parsed["title"]] == [squeeze(title)]
    assert texts(item, f"{DC}creator") == texts(entry, f"{ATOM}author/{ATOM}name") == [squeeze(name)]
    assert texts(item, "category") == parsed["tags"] == [squeeze(topic_name)]
    content = entry_of(one, RULES).content_html
    expected = [] if content is None else [content]
    assert texts(item, f"{CONTENT}encoded") == texts(entry, f"{ATOM}content") == expected
    assert (content is not None) == bool(strip_controls(body).strip())


@settings(max_examples=60, deadline=None)
@given(name=WORDED)
def test_any_topic_can_stand_in_the_list_of_feeds(name: str) -> None:
    outline = parse(opml_bytes([topic(name)], BASE_URL)).find("body/outline")

    assert outline is not None
    assert outline.get("text") == outline.get("title") == squeeze(name)
    assert outline.get("xmlUrl", "").isascii()
