"""What stands in an article beside paragraphs: notes, code, tables, lists, quotations, formulas."""

from __future__ import annotations

import re

import pytest

from newsbell.domain.cleaning import clean, html_to_text
from tests.domain.cleaning.pages import PARAGRAPHS, page
from tests.domain.cleaning.safety import check

URL = "https://www.thecoast.example/world/river"
REFERRING = (
    '<p>The dam was built in 1950.<sup id="r1"><a href="#fn1">1</a></sup> It held until this spring, and it'
    ' is empty now.<sup><a href="#fn:b">[2]</a></sup> <a href="#map">A map</a> shows where it stands.</p>'
)
NOTES = (
    '<div><h2>Notes</h2><ol><li id="fn1"><p>Harbour archive. <a href="#r1">↩</a></p>'
    '</li><li id="fn:b">The engineers, on Monday.</li><li id="fn3">A note of another text.</li></ol></div>'
)
TABLE = (
    "<table><caption>Water levels</caption><thead><tr><th scope=col>Day</th><th colspan=2>Level in"
    ' <a href="/m" onclick=x()>metres</a></th></tr></thead><tr><th scope=row>Monday</th><td>7.2</td>'
    "<td>x<br>y</td></tr></table>"
)


def shown(inside: str, after: str = "") -> str:
    """The body's HTML without the page's own three paragraphs."""
    article = clean(page(inside).replace("</article>", after + "</article>"), URL)
    check(article, URL)
    html = re.sub(r' rel="[^"]*"', "", article.body_html)
    for text in PARAGRAPHS:
        html = html.replace(f"<p>{text}</p>", "")
    return html.strip()


def test_notes_stay_with_what_refers_to_them() -> None:
    html = shown(REFERRING, NOTES)
    assert '1950.<sup><a href="#note-fn1">1</a></sup>' in html
    assert '<a href="#note-fn-b">[2]</a>' in html
    assert html.endswith(
        '<h2>Notes</h2>\n<ol><li id="note-fn1">Harbour archive.</li>'
        '<li id="note-fn-b">The engineers, on Monday.</li></ol>'
    )
    assert f'<a href="{URL}#map">A map</a>' in html


def test_a_reference_without_its_note_leads_to_the_page() -> None:
    assert f'<sup><a href="{URL}#fn1">1</a></sup>' in shown(REFERRING)


@pytest.mark.parametrize("name", ['x" onclick="alert(1)', "<script>", "javascript:x", "ä" * 90])
def test_the_name_of_a_note_is_made_harmless(name: str) -> None:
    safe = name.replace('"', "&quot;").replace("<", "&lt;")
    html = shown(REFERRING.replace("#fn1", f"#{safe}"), f'<p id="{safe}">Harbour archive, file 12.</p>')
    assert "Harbour archive, file 12." in html
    assert all(re.fullmatch(r"note-[A-Za-z0-9-]+", found) for found in re.findall(r'id="([^"]*)"', html))
    assert all(
        re.match(r"https://|#note-[A-Za-z0-9-]+$", found) for found in re.findall(r'href="([^"]*)"', html)
    )


def test_code_keeps_its_lines_and_spaces() -> None:
    code = "<pre><code>for x in range(3):\n    if x:\n        print(x &lt; 2)\n</code></pre>"
    assert shown(f"<p>The gauge is read by this program every hour:</p>{code}").endswith(code)


def test_a_table_keeps_headings_spans_and_what_stands_in_its_cells() -> None:
    assert shown(TABLE) == (
        '<table><caption>Water levels</caption><thead><tr><th scope="col">Day</th><th colspan="2">Level in '
        '<a href="https://www.thecoast.example/m">metres</a></th></tr></thead><tbody><tr><th scope="row">'
        "Monday</th><td>7.2</td><td>x<br>y</td></tr></tbody></table>"
    )
    text = clean(page(TABLE), URL).body_text
    assert "Day | Level in metres\nMonday | 7.2 | x y\n" in text


def test_the_text_of_a_table_that_an_editor_gives_has_its_cells_apart() -> None:
    assert (
        html_to_text("<table><tr><th>Day</th> <td>7.2</td></tr><tr><td>x</td></tr></table>") == "Day | 7.2\nx"
    )


def test_a_table_that_lays_out_the_page_is_unwrapped() -> None:
    texts = [
        "All boats stay until the wind has dropped, the ferry office said on Tuesday.",
        "Nobody was hurt when the old pier broke in two.",
    ]
    cells = "".join(f"<p>{text}</p>" for text in texts)
    assert shown(f"<table><tr><td>{cells}</td></tr></table>") == "\n".join(f"<p>{text}</p>" for text in texts)


def test_terms_stay_with_what_they_mean() -> None:
    dam = "<dt>Dam</dt><dd>A wall of earth and stone that keeps the river out.</dd>"
    terms = f"<dl>{dam}<dt>Quay</dt><dd>Where boats lie.</dd></dl>"
    assert shown(terms) == terms


NESTED = (
    "<ul><li>Boats that sail on Monday:<ul><li>The Gull sails at nine in the morning</li>"
    "<li>The Tern sails at noon</li></ul></li><li>Boats that stay in the harbour for now</li></ul>"
)
COUNTED = (
    '<ol start="3"><li>Close the gates on the northern side first.</li>'
    "<li>Open the sluice after that.</li></ol>"
)
TWO = (
    "<ol><li>First close the gates on the northern side.</li></ol>\n"
    "<ul><li>Then open the sluice when the water falls.</li></ul>"
)
DEEP = (
    "<ul><li>One boat is at sea today.<ol><li>It is the Gull, which sails on Mondays."
    "<ul><li>She is old and painted green.</li></ul></li></ol></li></ul>"
)


@pytest.mark.parametrize("lists", [NESTED, COUNTED, TWO, DEEP])
def test_lists_keep_their_form(lists: str) -> None:
    assert shown(lists) == lists


def test_a_quotation_keeps_who_said_it_and_the_words_of_buttons() -> None:
    quote = "<blockquote><p>We will not leave our houses, she said.</p><p>Not now.</p>{}</blockquote>"
    html = shown(quote.format("<footer>— Ida Marsh, <cite>a baker</cite></footer>"))
    assert html == quote.format("<p>— Ida Marsh, <cite>a baker</cite></p>")
    assert shown("<p>Not now.</p>") == ""


def test_text_that_runs_the_other_way_says_so_block_by_block() -> None:
    text = "قال عمال الميناء إن السفن ستبقى حتى يهدأ الريح، وإن المدينة السفلى غمرتها المياه."
    assert shown(f'<p dir="RTL" lang="ar">{text}</p>') == f'<p dir="rtl" lang="ar">{text}</p>'
    assert shown(f"<div dir=rtl><p>{text}</p></div>") == f'<p dir="rtl">{text}</p>'
    assert (
        shown(f"<blockquote dir=rtl><p>{text}</p></blockquote>")
        == f'<blockquote><p dir="rtl">{text}</p></blockquote>'
    )


def test_a_page_that_runs_that_way_as_a_whole_needs_no_word_on_each_block() -> None:
    html = (
        page()
        .replace("<html lang=en>", "<html lang=he dir=rtl>")
        .replace("<article>", '<article lang="he-IL">')
    )
    assert "dir=" not in clean(html, URL).body_html
    assert "lang=" not in clean(html, URL).body_html


def test_elements_of_the_pages_own_making_that_hold_paragraphs_are_no_line() -> None:
    inside = "<x-box>The quay<p>They wrote it on the board of the harbour office on Monday.</p></x-box> "
    assert shown(inside + "<x-line>The ferries were late on Tuesday as well, the office said.</x-line>") == (
        "<p>They wrote it on the board of the harbour office on Monday.</p>\n"
        "<p>The ferries were late on Tuesday as well, the office said.</p>"
    )


@pytest.mark.parametrize(
    ("inline", "kept"),
    [
        ("40 m<sup>2</sup> of ice and CO<sub>2</sub>", "40 m<sup>2</sup> of ice and CO<sub>2</sub>"),
        (
            "<ruby>港<rt>みなと</rt></ruby>",
            "<ruby>港<rt>みなと</rt></ruby>",
        ),
        ('<math alttext="h=t^2"><mi>h</mi></math>', "h=t^2"),
        (
            "<math><mi>h</mi><annotation encoding='application/x-tex'>h_0</annotation></math>",
            "h_0",
        ),
        ("<math><mi>h</mi><mo>=</mo><mn>2</mn></math>", "h = 2"),
        (
            "it (<x-note kind=study><b>7</b></x-note>)",
            "it (<b>7</b>)",
        ),
        ('<q cite="x">so it is</q>, <kbd>x</kbd>', "<q>so it is</q>, x"),
    ],
)
def test_what_stands_in_a_line(inline: str, kept: str) -> None:
    text = "<p>They wrote {} on the board of the harbour office on Monday morning.</p>"
    assert shown(text.format(inline)) == text.format(kept)
