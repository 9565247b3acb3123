import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from newsbell.domain.article import Article
from newsbell.domain.payload import MAX_PAYLOAD, alert_payload, preview_payload, shorten, story_tag
from newsbell.web.feeds.entries import EntryRules, entry_of

ARTICLE = Article(
    id=7,
    uuid=UUID(int=7),
    story_id=3,
    url="https://paper.example/a",
    canonical_url="https://paper.example/a",
    title="Ferry returns to the northern islands",
    summary="The boat sails again after three winters.",
    byline=(),
    body_html="<p>The boat sails.</p>",
    body_text="The boat sails.",
    lead_image=None,
    site_name="Harbour Paper",
    language="en",
    published_at=None,
    modified_at=None,
    stored_at=datetime(2026, 1, 1, tzinfo=UTC),
    updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    sort_at=datetime(2026, 1, 1, tzinfo=UTC),
    topics=(),
    removals=(),
)
BASE = "https://news.example"


def notification(article: Article) -> dict[str, Any]:
    message = json.loads(alert_payload(article, BASE))
    assert message["web_push"] == 8030
    return dict(message["notification"])


def test_an_alert_says_what_and_where_from_and_leads_to_the_article() -> None:
    shown = notification(ARTICLE)
    assert shown["title"] == ARTICLE.title
    assert shown["body"] == "Harbour Paper\nThe boat sails again after three winters."
    assert shown["navigate"] == BASE + "/articles/7/ferry-returns-to-the-northern-islands"
    assert shown["tag"] == "story-3"
    assert (shown["lang"], shown["dir"]) == ("en", "ltr")


def test_an_article_without_a_summary_shows_its_first_paragraph() -> None:
    shown = notification(replace(ARTICLE, summary="", body_text="First.\nSecond."))
    assert shown["body"] == "Harbour Paper\nFirst."


def test_an_arabic_article_runs_from_right_to_left() -> None:
    assert notification(replace(ARTICLE, language="ar"))["dir"] == "rtl"


def test_an_undeclared_language_is_left_to_the_browser() -> None:
    shown = notification(replace(ARTICLE, language=""))
    assert shown["dir"] == "auto"
    assert "lang" not in shown


def test_an_alert_names_its_article_as_the_feed_does() -> None:
    rules = EntryRules(base_url=BASE, full_text=False, picture_url=str, rewrite=str)
    entry = entry_of(ARTICLE, rules)
    assert notification(ARTICLE)["data"] == {
        "id": entry.id,
        "date_published": entry.published.isoformat(),
        "external_url": entry.original_url,
    }
    assert notification(ARTICLE)["navigate"] == entry.url


def test_an_address_that_does_not_fit_is_left_to_the_feed_and_no_word_is_cut_for_it() -> None:
    long = replace(ARTICLE, url="https://paper.example/" + "a" * 3_000)
    shown = notification(long)
    assert set(shown["data"]) == {"id", "date_published"}
    assert shown["body"] == notification(ARTICLE)["body"]
    assert len(alert_payload(long, BASE)) <= MAX_PAYLOAD


@pytest.mark.parametrize("letter", ["a", "я", "語", "🐧", '"', "\\"])
def test_the_payload_stays_in_its_bound_in_every_script(letter: str) -> None:
    long = replace(ARTICLE, title=letter * 400, summary=letter * 4_000, site_name=letter * 400)
    payload = alert_payload(long, BASE)
    assert len(payload) <= MAX_PAYLOAD
    assert json.loads(payload)["notification"]["title"].startswith(letter)


def test_a_test_notification_says_that_it_is_one() -> None:
    shown = json.loads(preview_payload(BASE))["notification"]
    assert "test" in shown["body"]
    assert shown["navigate"] == BASE + "/subscription"


def test_text_is_cut_between_words() -> None:
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("one two", 12) == "one two"
    assert shorten("x" * 20, 12) == "x" * 11 + "…"


def test_the_tag_fits_the_push_topic_header() -> None:
    assert len(story_tag(2**63)) <= 32
