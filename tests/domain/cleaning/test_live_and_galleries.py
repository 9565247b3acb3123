"""Pages that are no text with pictures: live blogs, galleries, films."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import PARAGRAPHS, page
from tests.domain.cleaning.safety import check

URL = "https://www.thecoast.example/live/river"
REPORTS = (
    ("Mayor leaves the town hall", "The water has reached the second step, and the mayor has left by boat."),
    ("Bread by boat", "Boats are bringing bread to the houses on the quay, which nobody can leave tonight."),
    (
        "Later than thought",
        "The engineers now expect the level to fall on Thursday, a day later than planned.",
    ),
)
STANDFIRST = "All that happens at the river today, hour by hour."
FILM = "https://player.coast.example/v/99"


def script(node: Mapping[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def live_page(posts: str, zone: str = "+02:00") -> str:
    updates = [
        {"headline": head, "articleBody": text, "datePublished": f"2026-05-03T1{9 - at}:05:00{zone}"}
        for at, (head, text) in enumerate(REPORTS)
    ]
    node = {"@type": "LiveBlogPosting", "headline": "River rises: live", "liveBlogUpdate": updates}
    return (
        f"<html lang=en><head><title>River rises: live</title>{script(node)}</head><body><main>"
        f'<h1>River rises: live</h1><p class="standfirst">{STANDFIRST}</p>{posts}</main></body></html>'
    )


def post(at: int) -> str:
    head, text = REPORTS[at]
    return f"<article><time>1{9 - at}.05</time><h2>{head}</h2><p>{text}</p><button>Share</button></article>"


def test_a_live_blog_keeps_the_time_and_headline_of_each_report_in_their_order() -> None:
    article = clean(live_page("".join(map(post, range(3)))), URL)
    heads = re.findall(r"<h\d>(.*?)</h\d>", article.body_html)
    assert heads == [
        "19:05 · Mayor leaves the town hall",
        "18:05 · Bread by boat",
        "17:05 · Later than thought",
    ]
    assert article.body_text.split("\n") == [STANDFIRST, *(line for report in REPORTS for line in report)]
    check(article, URL)


@pytest.mark.parametrize(
    ("zone", "clock"), [("Z", "19:05 UTC · "), ("+00:00", "19:05 UTC · "), ("-03:00", "19:05 · ")]
)
def test_a_live_blog_shown_by_a_script_is_read_from_what_search_engines_are_told(
    zone: str, clock: str
) -> None:
    article = clean(live_page("<div id=app></div>", zone), URL)
    assert f"<h3>{clock}Mayor leaves the town hall</h3>" in article.body_html
    assert [line for line in article.body_text.split("\n") if line != STANDFIRST] == [
        line for report in REPORTS for line in report
    ]


def test_a_live_blog_that_shows_its_latest_reports_gives_those() -> None:
    article = clean(live_page(post(0) + post(1)), URL)
    assert REPORTS[2][1] not in article.body_text


def test_what_a_report_says_in_html_is_text_without_markup() -> None:
    html = live_page("").replace("by boat.", "by boat.<script>x</script><p onclick=x>So it is.")
    article = clean(html.replace("</script><p", "<\\/script><p"), URL)
    assert "So it is." in article.body_text.split("\n")
    assert "onclick" not in article.body_html
    check(article, URL)


def slides(*, cloned: bool = False) -> str:
    order = (
        [(2, True), (0, False), (1, False), (2, False), (0, True)]
        if cloned
        else [(at, False) for at in range(3)]
    )
    return "".join(
        f'<div class="slick-slide{" slick-cloned" if again else ""}"><figure>'
        f'<img data-lazy="https://img.example/g/flood-2026-050{at}.jpg">'
        f"<figcaption>Boats in street {at}</figcaption></figure></div>"
        for at, again in order
    )


@pytest.mark.parametrize("cloned", [False, True])
def test_a_gallery_gives_each_picture_once_with_its_caption_and_no_controls(cloned: bool) -> None:
    thumbs = "".join(
        f'<img src="https://img.example/g/flood-2026-050{at}.jpg?w=90" width="90">' for at in range(3)
    )
    inside = (
        f'<div class="carousel">{slides(cloned=cloned)}<button>Next</button><div>1 / 3</div>{thumbs}</div>'
    )
    article = clean(page(inside), URL)
    assert re.findall(r"<figcaption>(.*?)</figcaption>", article.body_html) == [
        f"Boats in street {at}" for at in range(3)
    ]
    assert article.body_text == "\n".join(PARAGRAPHS)


def test_a_page_that_is_a_gallery_with_a_summary_gives_both() -> None:
    text = "The river rose again on Monday; our photographers were in the lower town all night."
    article = clean(
        f"<title>The flood</title><body><article><h1>The flood</h1><p>{text}</p>{slides()}</article>", URL
    )
    assert article.body_text == text
    assert article.body_html.count("<figure>") == 3


def opened(head: str = "", hero: str = "", standfirst: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = (
        f"<html lang=en><head><title>River rises</title>{head}</head><body><main><h1>River rises</h1>"
        f"{standfirst}<div class=hero>{hero}</div><div class=text>{text}</div></main></body></html>"
    )
    article = clean(html, URL)
    check(article, URL)
    return re.sub(r' rel="[^"]*"', "", article.body_html)


LINK = f'<figure><a href="{FILM}">Video: The flood from above (player.coast.example)</a></figure>'
TOLD = {"@type": "VideoObject", "name": "The flood from above", "embedUrl": FILM}


def test_a_film_between_headline_and_text_opens_the_article() -> None:
    frame = f'<iframe src="{FILM}" title="The flood from above"></iframe>'
    assert opened(hero=frame).startswith(LINK.replace("Video: ", ""))


def test_a_film_that_a_script_shows_is_found_by_what_search_engines_are_told() -> None:
    assert opened(script({"@type": "NewsArticle", "headline": "River rises", "video": TOLD})).startswith(LINK)
    assert opened(script(TOLD)).startswith(LINK)


@pytest.mark.parametrize(
    "node",
    [
        {"@type": "NewsArticle", "headline": "River rises"},
        {"@type": "NewsArticle", "headline": "River rises", "video": {"@type": "VideoObject", "url": URL}},
        {**TOLD, "embedUrl": "https://live.example/index.m3u8"},
        {**TOLD, "embedUrl": "javascript:alert(1)"},
    ],
)
def test_an_article_without_a_film_that_can_be_seen_gets_none(node: Mapping[str, object]) -> None:
    assert "<figure>" not in opened(script(node))


def test_a_film_follows_a_standfirst() -> None:
    told = "The lower town is under water, and the engineers hope for Thursday."
    html = opened(hero=f'<iframe src="{FILM}"></iframe>', standfirst=f'<p class="standfirst">{told}</p>')
    assert html.startswith(f"<p>{told}</p>\n<figure>")


def test_a_page_that_is_a_film_with_a_summary_gives_both() -> None:
    text = "The river rose again on Monday. Our drone flew over the lower town in the evening."
    head = f"<head><title>The flood</title>{script(TOLD)}</head>"
    html = f"<html>{head}<main><h1>The flood</h1><p>{text}</p></main></html>"
    article = clean(html, URL)
    assert article.body_text == text
    assert FILM in article.body_html
