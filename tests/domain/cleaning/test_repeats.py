"""What is said twice, leads away or is not shown goes; what only looks like it stays."""

from __future__ import annotations

import lxml.html
import pytest

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean
from newsbell.domain.cleaning.blocks import Block, read_blocks
from newsbell.domain.cleaning.election import with_lost
from newsbell.domain.cleaning.removals import Removals
from newsbell.domain.cleaning.trimming import trimmed
from tests.domain.cleaning.pages import PARAGRAPHS, page
from tests.pages import paragraphs_of

URL = "https://news.example/a"
LONG = "".join(f"<p>{text}</p>" for name in ("harbour", "quarry", "orchard") for text in paragraphs_of(name))


def rules(article: CleanArticle) -> dict[str, str]:
    return {one.text: one.rule for one in article.removals}


def test_a_list_of_key_points_is_not_the_text_a_second_time() -> None:
    points = f"<div class=points><ul><li>{PARAGRAPHS[0][:60]}</li><li>{PARAGRAPHS[1][:60]}</li></ul></div>"
    body = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>{LONG}"
    article = clean(
        f"<html><body>{points}<div><h1>River rises</h1><div>{body}</div></div></body></html>", URL
    )
    assert article.body_text.startswith(PARAGRAPHS[0])
    assert article.body_text.count(PARAGRAPHS[1][:60]) == 1


def test_a_call_made_twice_stands_once() -> None:
    call = '<p>Click <a href="/game">here</a> to see the whole map of the dams.</p>'
    article = clean(page(call + LONG + call), URL)
    assert article.body_text.count("whole map of the dams") == 1
    assert rules(article)["Click here to see the whole map of the dams."] == "call repeated"


def test_a_refrain_stands_as_often_as_it_is_sung() -> None:
    refrain = "<p>And the river, the river rose again.</p>"
    assert clean(page(refrain + LONG + refrain), URL).body_text.count("the river rose again") == 2


def test_a_paragraph_that_is_a_list_of_links_goes() -> None:
    links = (
        '<p><strong>DO READ</strong><br><a href="/1">Dam keeper speaks of the long night</a> [NOTE]<br>'
        '<a href="/2">School kitchen feeds forty families from the lower town</a> [VIDEO]</p>'
    )
    article = clean(page(links + LONG), URL)
    assert "Dam keeper" not in article.body_text
    assert "related" in {rule for text, rule in rules(article).items() if "Dam keeper" in text}


def test_a_verse_with_links_stays() -> None:
    verse = '<p>Sang <a href="/1">the keeper</a> of the wall,<br>and <a href="/2">the children</a> sang.</p>'
    assert "the children sang" in clean(page(verse + LONG), URL).body_text


@pytest.mark.parametrize(("linked", "left"), [(0.8, 1), (0.65, 3)])
def test_a_row_of_headlines_goes_though_one_ends_like_a_sentence(linked: float, left: int) -> None:
    texts = ("Dams: the keeper speaks of the night", "Schools: forty families, and all is well!")
    row = [Block(kind="li", text=text, html=text, element=None, group=1, linked=linked) for text in texts]
    text = Block(kind="p", text=PARAGRAPHS[0], html=PARAGRAPHS[0], element=None)
    assert len(trimmed([text, *row], Removals())) == left


def test_a_pointer_with_a_link_is_no_credit() -> None:
    pointer = '<p>(Graphic: Height of the river since May - <a href="https://maps.example/1">here</a>)</p>'
    article = clean(page(LONG + pointer), URL)
    assert "Height of the river since May" in article.body_text


def test_a_credit_with_a_link_by_its_picture_is_one() -> None:
    credit = '<img src="/img/river.jpg"><p>Photo: <a href="https://ada.example/">Ada Example</a></p>'
    assert "Ada Example" not in clean(page(credit + LONG), URL).body_text


@pytest.mark.parametrize(
    ("heading", "stays"),
    [("Flood report: River rises again", False), ("Dams and what they are made of", True)],
)
def test_the_headline_is_no_paragraph_however_it_is_worded(heading: str, stays: bool) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    html = (
        f"<html><head><title>Floods: River rises again</title></head>"
        f"<body><article><h1>{heading}</h1>{paragraphs}{LONG}"
        "</article></body></html>"
    )
    assert (heading in clean(html, URL).body_text) is stays


@pytest.mark.parametrize(
    "unseen",
    ['class="link sr-only"', 'class="visually-hidden"', 'style="display: none"', "hidden"],
)
def test_words_for_screen_readers_alone_are_not_the_text(unseen: str) -> None:
    inside = f'<p>The <a href="/r">report<span {unseen}>, opens new tab</span></a> was read.</p>'
    assert "The report was read." in clean(page(inside + LONG), URL).body_text


def test_words_that_are_shown_stay() -> None:
    inside = '<p>The <a href="/r">report<span class="visual">, opens new tab</span></a> was.</p>'
    assert "The report, opens new tab was." in clean(page(inside + LONG), URL).body_text


def test_an_address_in_full_between_pictures_is_text() -> None:
    line = '<p><a href="/m"><img src="/img/{}.jpg"></a><br><a href="/m">https://dams.example/{}</a></p>'
    inside = "".join(line.format(number, number) + f"<p>{PARAGRAPHS[0]} {number}</p>" for number in (1, 2))
    assert "https://dams.example/2" in clean(page(LONG + inside), URL).body_text


def test_what_to_do_at_an_advertisement_is_no_text() -> None:
    article = clean(page(LONG + "<p>Advertisement · Scroll to continue</p>"), URL)
    assert rules(article)["Advertisement · Scroll to continue"] == "advertisement"
    assert "Scroll" not in article.body_text
    about = "Advertisement: the river has a new sponsor, and nobody scrolls past it."
    assert about in clean(page(LONG + f"<p>{about}</p>"), URL).body_text


@pytest.mark.parametrize(("wrapped", "found"), [("<h3>{}</h3>", True), ("<b>Notice</b><h3>{}</h3>", False)])
def test_a_subheading_in_a_wrapping_of_its_own_stands_between_its_paragraphs(
    wrapped: str, found: bool
) -> None:
    parts = [f"<div><p>{text}</p></div>" for text in PARAGRAPHS[:2]]
    parts.insert(1, f"<div>{wrapped.format('What is next')}</div>")
    blocks = read_blocks(lxml.html.document_fromstring(f"<div>{''.join(parts)}</div>"), URL)
    kept = {at for at, block in enumerate(blocks) if block.text in PARAGRAPHS}
    heading = next(at for at, block in enumerate(blocks) if block.text == "What is next")
    assert (heading in with_lost(blocks, kept)) is found


def test_headlines_above_the_sites_own_line_of_rights_lead_away() -> None:
    heads = "".join(f'<h3><a href="/{at}">The ferry story number {at} of this week</a></h3>' for at in "123")
    rights = "<p>copyright Quay Review 2026 - ISSN: 1234-5678</p>"
    html = page().replace("</article>", f"{heads}{rights}</article>")
    article = clean(html.replace("<head>", '<head><meta property="og:site_name" content="Quay Review">'), URL)
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert rules(article)["copyright Quay Review 2026 - ISSN: 1234-5678"] == "legal line"
    other = clean(html, URL)
    assert other.body_text.endswith("ISSN: 1234-5678")
