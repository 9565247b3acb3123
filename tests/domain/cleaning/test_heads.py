"""Titles, writers, dates and the lead image, where pages disagree with themselves."""

from __future__ import annotations

import json

import pytest

from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://www.anselherald.example/world/river"


def described(**node: object) -> str:
    told = json.dumps({"@type": "NewsArticle", "headline": "River rises again", **node})
    return f'<script type="application/ld+json">{told}</script>'


def test_the_newsrooms_headline_comes_before_that_for_networks() -> None:
    head = described() + '<meta property="og:title" content="You will not believe this river">'
    assert clean(page(head=head), URL).title == "River rises again"


def test_a_person_comes_before_the_site() -> None:
    head = described(author={"name": "Ansel Herald"}, publisher={"name": "Ansel Herald"})
    assert clean(page(head=head + '<meta name="author" content="Ada Example">'), URL).byline == (
        "Ada Example",
    )
    assert clean(page(head=head), URL).byline == ("Ansel Herald",)


def test_a_name_on_a_line_of_its_own_signs_what_nobody_else_does() -> None:
    html = page(head=described(author={"name": "Ansel Herald"}, publisher={"name": "Ansel Herald"}))
    signed = html.replace(
        f"<p>{PARAGRAPHS[0]}", f"<p><strong>Ada Example/Bo Beispiel</strong></p><p>{PARAGRAPHS[0]}"
    )
    article = clean(signed, URL)
    assert article.byline == ("Ada Example", "Bo Beispiel")
    assert article.body_text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By <a href='/staff/7'>Ada Example</a> on Monday, May 3rd, 2021 at 11:04 a.m.", ("Ada Example",)),
        ("By Ada Example and Bo Beispiel on 3 May 2021", ("Ada Example", "Bo Beispiel")),
        ("Von Ada Example am 3. Mai 2021", ("Ada Example",)),
    ],
)
def test_a_byline_with_its_date_tells_both(line: str, names: tuple[str, ...]) -> None:
    article = clean(page().replace("</h1>", f"</h1><p class=meta>{line}</p>"), URL)
    assert article.byline == names
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2021-05-03"
    assert article.body_text == "\n".join(PARAGRAPHS)


def test_a_sentence_about_a_day_is_no_byline() -> None:
    line = "By the quay on 3 May 2021 the ferry Ada Example sank within an hour, and nobody saw it go."
    article = clean(page().replace("</h1>", f"</h1><p>{line}</p>"), URL)
    assert article.byline == ()
    assert article.published_at is None
    assert article.body_text.startswith(line)


def test_what_somebody_is_for_the_site_is_no_second_writer() -> None:
    head = '<meta property="og:site_name" content="KTV">'
    named = '<meta name="author" content="{}">'.format
    both = clean(page(head=head + named("Ada Example, KTV Editor-at-large")), URL)
    assert both.byline == ("Ada Example",)
    assert clean(page(head=head + named("Ada Example, Ktva Vale")), URL).byline == (
        "Ada Example",
        "Ktva Vale",
    )


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("Harbour Post | News | Sport", "Harbour Post"),
        ("Breaking News | Ansel Herald", "Ansel Herald"),
        ("Fish | Chips", "Fish | Chips"),
    ],
)
def test_a_sites_sections_are_not_its_name(named: str, shown: str) -> None:
    assert clean(page(head=f'<meta property="og:site_name" content="{named}">'), URL).site_name == shown


def test_two_writers_and_a_place_are_two_writers() -> None:
    html = page(head='<meta name="author" content="Ada Example und Bo Beispiel, Nairobi">')
    assert clean(html, URL).byline == ("Ada Example", "Bo Beispiel")


@pytest.mark.parametrize("line", ["<li>Datum 28.04.2026</li>", '<span class="tarih">28.04.2026</span>'])
def test_a_labelled_date_is_that_of_publication(line: str) -> None:
    html = page().replace("</article>", f"</article><ul>{line}</ul>")
    found = clean(html, URL).published_at
    assert found is not None
    assert found.date().isoformat() == "2026-04-28"


def test_the_picture_above_the_text_leads_where_the_named_one_is_not_shown() -> None:
    head = '<meta property="og:image" content="/img/for-networks-4711.jpg">'
    shown = '<figure><img src="/img/quay-2026-03.jpg"></figure>'
    article = clean(page(head=head).replace("</h1>", "</h1>" + shown), URL)
    assert article.lead_image is not None
    assert article.lead_image.url.endswith("/img/quay-2026-03.jpg")
    alone = clean(page(head=head), URL)
    assert alone.lead_image is not None
    assert alone.lead_image.url.endswith("/img/for-networks-4711.jpg")


def test_a_standfirst_after_a_place_is_the_description() -> None:
    text = "The lower town is under water, and the engineers hope for Thursday."
    html = page(head=f'<meta name="description" content="{text}">').replace(
        "</h1>", f"</h1><div>Ansel. {text}</div>"
    )
    assert clean(html, URL).summary == f"Ansel. {text}"


def names(html: str) -> set[str]:
    return {topic.name for topic in clean(html, URL).topics}


def test_topics_shown_to_readers_come_before_those_for_machines() -> None:
    shown = "".join(f'<a href="/tags/{name}">{name}</a> ' for name in ("river", "dam", "school"))
    head = '<meta name="keywords" content="river, dam, school, template nine, evening">'
    tagged = page(head=head + '<meta property="article:tag" content="river, dam, school">')
    assert names(tagged.replace("</article>", f'<div class="tags">{shown}</div></article>')) == {
        "river",
        "dam",
        "school",
    }
    assert "evening" in names(tagged)


def test_links_after_the_word_for_topics_are_topics() -> None:
    row = '<div><h4>More on</h4></div><ul><li><a href="/world/dams/">Dams</a></li></ul>'
    assert names(page().replace("</article>", f"<section>{row}</section></article>")) == {"Dams"}


def test_a_section_is_a_topic_only_where_nothing_else_is() -> None:
    section = '<meta property="article:section" content="Rivers">'
    assert names(page(head=section)) == {"Rivers"}
    assert names(page(head=section + '<meta name="news_keywords" content="Dams, Schools">')) == {
        "Dams",
        "Schools",
    }
