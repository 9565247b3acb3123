"""What extraction loses or takes in too much, and the rules that mend it."""

from __future__ import annotations

import pytest

from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://www.news.example/world/river"
LONG = "The ferry office said on Tuesday that all boats would stay until the wind had dropped."
OTHER = (
    "A baker in the upper town has won the valley's prize for rye bread for the third year in a row now.",
    "She learned the trade from her grandmother, who had kept the old oven going through two hard winters.",
    "The jury praised the crust above all, and the baker said that patience was the whole of her secret.",
)


def body(html: str) -> str:
    return clean(html, URL).body_text


def test_the_article_ends_where_the_next_begins() -> None:
    other = "".join(f"<p>{text}</p>" for text in OTHER)
    own = "".join(f"<p>{text} {LONG}</p>" for text in PARAGRAPHS)
    html = f"""<html><head><title>River rises again</title></head><body>
    <article><h1>River rises again</h1><div class="body">{own}</div></article>
    <article><h1>Prize for a baker</h1><div class="body">{other}</div></article></body></html>"""
    text = body(html)
    assert all(paragraph in text for paragraph in PARAGRAPHS)
    assert not any(paragraph in text for paragraph in OTHER)


def test_a_headline_inside_the_text_ends_nothing() -> None:
    own = [f"<p>{text} {LONG}</p>" for text in PARAGRAPHS]
    html = f"""<html><head><title>River rises again</title></head><body><article><h1>River rises again</h1>
    {own[0]}{own[1]}<h1>What comes next</h1>{own[2]}</article></body></html>"""
    assert PARAGRAPHS[2] in body(html)


@pytest.mark.parametrize("before", ["", "Weather: "])
def test_a_row_of_links_goes_with_its_heading(before: str) -> None:
    titles = ("Dam holds for now, engineers say", "School takes in forty families")
    row = "".join(f'<li>{before}<a href="/1">{title}</a></li>' for title in titles)
    article = clean(page(f"<h3>Exclusive stories for you</h3><ul>{row}</ul>"), URL)
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert set(titles) <= {removal.text.removeprefix(before) for removal in article.removals}


def test_a_list_of_sentences_with_links_stays() -> None:
    row = '<li><a href="/1">The dam</a> held all night.</li><li><a href="/2">The school</a> is open.</li>'
    assert "The dam held all night." in body(page(f"<ul>{row}</ul>"))


def test_a_heading_at_the_end_has_nothing_under_it() -> None:
    html = page().replace("</article>", "<h3>Numbers of the week</h3></article>")
    assert body(html) == "\n".join(PARAGRAPHS)


def test_the_words_of_an_element_with_a_picture_are_its_caption() -> None:
    inside = (
        '<div class="inset"><span><img src="/img/quay-2026-03.jpg"></span><div>The quay at noon</div></div>'
    )
    article = clean(page(inside), URL)
    assert "The quay at noon" not in article.body_text
    assert "<figcaption>The quay at noon</figcaption>" in article.body_html


@pytest.mark.parametrize("line", ["© Reuters", "© 2026 Associated Press. All rights reserved."])
def test_whose_text_it_is_stays(line: str) -> None:
    html = page(f"<p>{LONG}</p>").replace("</article>", f"<p>{line}</p></article>")
    assert body(html).endswith(line)


def test_a_line_that_parts_sections_stays() -> None:
    assert "\n___\n" in body(page("<p>___</p>"))


@pytest.mark.parametrize(
    "noise",
    [
        "Published 11:34 PM EST Nov 19, 2026",
        "14/03/2026 - Author: Ada Example - Category: World",
        "5 min read",
        "Lesezeit: 4 Minuten",
        "Log in or create an account to continue",
        "Il vous reste 57% de cet article à lire.",
        "Les også: Demningen holdt",
        "Läs också: Dammen höll",
        "(Reporting by Ada Example; Editing by Bo Beispiel)",
        "We may earn a commission from links on this page.",
        "関連記事",
        "残り1200文字",
        "اقرأ أيضا: السد",
        "קראו עוד",
        "यह भी पढ़ें: बाँध",
        "Baca juga: Bendungan",
        "Čtěte také: Hráz",
        "无断转载",
    ],
)
def test_more_noise_in_more_languages_leaves_the_body(noise: str) -> None:
    html = page().replace(f"<p>{PARAGRAPHS[0]}", f"<p>{noise}</p><p>{PARAGRAPHS[0]}")
    assert body(html) == "\n".join(PARAGRAPHS)


def test_lost_paragraphs_of_the_articles_own_form_are_found() -> None:
    html = page(f'<p class="x"><a href="/a">The ferry office</a> {LONG[16:]}</p>')
    assert LONG in body(html)
