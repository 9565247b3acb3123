"""What stands around the article and is not shown is on record where it speaks to the reader."""

from __future__ import annotations

import pytest

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean
from newsbell.errors import RefusedError
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://www.thecoast.example/world/river"


def around(before: str = "", after: str = "") -> CleanArticle:
    html = page().replace("<article>", before + "<article>").replace("</article>", "</article>" + after)
    return clean(html, URL)


def removed(article: CleanArticle) -> set[tuple[str, str]]:
    return {(removal.rule, removal.text) for removal in article.removals}


def test_a_prompt_outside_of_the_article_is_recorded_with_its_buttons() -> None:
    prompt = (
        "<div class=modal><p>Click 'OK' then 'Allow' to get our notifications</p>"
        "<button>OK</button><button>No thanks</button></div>"
    )
    assert removed(around(prompt)) >= {
        ("notification prompt", "Click 'OK' then 'Allow' to get our notifications"),
        ("notification prompt", "OK"),
        ("notification prompt", "No thanks"),
    }


def test_a_dialog_is_recorded() -> None:
    assert ("notification prompt", "Turn on notifications") in removed(
        around("<dialog><p>Turn on notifications</p></dialog>")
    )


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("newsletter", "Sign up to our newsletter"),
        ("app call", "Download our app"),
        ("follow us", "Follow us on Facebook"),
        ("share bar", "Share this article on Facebook"),
        ("tip line", "If you have a story for us, write to the desk"),
    ],
)
def test_calls_under_the_article_are_recorded(rule: str, text: str) -> None:
    article = around(after=f"<section><p>{text}</p></section>")
    assert (rule, text) in removed(article)
    assert text not in article.body_text


def test_a_list_of_other_articles_is_recorded_with_its_heading() -> None:
    links = "".join(f'<li><a href="/{at}">Island number {at} of the north</a></li>' for at in range(40))
    found = removed(around(after=f"<aside><h3>Most read</h3><ul>{links}</ul></aside>"))
    assert ("related", "Most read") in found
    assert ("related", "Island number 0 of the north") in found
    assert sum(1 for rule, _ in found if rule == "related") == 13


def test_menus_and_buttons_without_a_prompt_are_not_recorded() -> None:
    article = around(
        '<nav><a href="/">Coast</a> <a href="/n">Weather</a></nav><button>OK</button>',
        "<footer>Imprint</footer>",
    )
    assert {rule for rule, _ in removed(article)} == {"title repeated"}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<iframe title="The flood from above" src="https://video.example/embed/a1"></iframe>',
            "The flood from above https://video.example/embed/a1",
        ),
        ("<video controls><source src='/flood.mp4'></video>", "https://www.thecoast.example/flood.mp4"),
        ("<audio src='https://sound.example/a.mp3'></audio>", "https://sound.example/a.mp3"),
    ],
)
def test_what_is_embedded_in_the_article_is_kept_as_a_link_or_recorded(html: str, text: str) -> None:
    article = clean(page(html), URL)
    address = text.rsplit(maxsplit=1)[-1]
    assert ("embed", text) in removed(article) or f'href="{address}"' in article.body_html
    assert "<iframe" not in article.body_html


def test_a_frame_of_a_script_has_nothing_to_record() -> None:
    assert removed(clean(page('<iframe src="javascript:alert(1)"></iframe>'), URL)) == {
        ("title repeated", "River rises again")
    }


def test_a_table_of_one_row_stays_in_the_article() -> None:
    article = clean(page("<table><tr><td>Level on Monday</td><td>7.2 m</td></tr></table>"), URL)
    assert "<td>Level on Monday</td><td>7.2 m</td>" in article.body_html


def test_a_share_bar_of_words_leaves_the_body() -> None:
    article = clean(page("<p>Share this on Facebook Twitter</p>"), URL)
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert ("share bar", "Share this on Facebook Twitter") in removed(article)


def test_the_site_at_the_end_of_the_title_is_no_topic() -> None:
    head = '<meta name="keywords" content="The Coast, Floods, Ukraine">'
    article = clean(page(head=head).replace("</title>", " | The Coast</title>"), URL)
    assert [topic.name for topic in article.topics] == ["Floods", "Ukraine"]


def test_a_topic_at_the_end_of_the_title_stays_one() -> None:
    head = '<meta name="keywords" content="Monday, Floods">'
    article = clean(page(head=head).replace("</title>", " | Monday</title>"), URL)
    assert "Monday" in {topic.name for topic in article.topics}


@pytest.mark.parametrize("source", ["<" * 3_000, "-" * 2_000 + "\n" + "=., " * 900])
def test_text_without_letters_is_no_article(source: str) -> None:
    with pytest.raises(RefusedError) as caught:
        clean(source)
    assert caught.value.code == "no_article"
