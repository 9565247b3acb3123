"""An article of which the site gives only the beginning says so; one that is all there does not."""

from __future__ import annotations

import json

import pytest

from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://www.thecoast.example/world/river"
CALL = "<div class=offer><p>Subscribe now to continue reading</p></div>"
CLOSED = {"isAccessibleForFree": False}
PART = {"isAccessibleForFree": "False", "cssSelector": ".closed"}
TIER = '<meta name="article:content_tier" content="{}">'


def told(**more: object) -> str:
    node = {"@type": "NewsArticle", "headline": "River rises again", **more}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def is_cut_off(after: str = "", *, head: str = "", times: int = 0) -> bool:
    more = "".join(
        f"<p>On day {day} the water stood at the quay and people said so.</p>" for day in range(times)
    )
    return clean(page(more, head=head).replace("</article>", "</article>" + after), URL).cut_off


@pytest.mark.parametrize(
    ("after", "head"),
    [
        (CALL, ""),
        (CALL, told(**CLOSED)),
        ("<p>Il vous reste 52% de cet article à lire. La suite est réservée aux abonnés.</p>", ""),
        ("<p>Jetzt weiterlesen mit dem Monatsabo</p>", ""),
        ("<p>Чтобы читать дальше, оформите подписку</p>", ""),
        ("<p>Щоб читати далі, передплатіть видання</p>", ""),
        ("<p>この記事は有料会員限定です。残り1234文字</p>", ""),
        ("<p>登录后继续阅读</p>", ""),
        ("<p>لمتابعة القراءة سجل الدخول</p>", ""),
        ('<div class="pay-wall"></div>', told(**CLOSED)),
        ('<div class="x-paywall-box">Our offers</div>', TIER.format("locked")),
        ("", told(wordCount=900, **CLOSED)),
        (
            '<div class="closed"></div>',
            told(hasPart=PART, isAccessibleForFree="False"),
        ),
    ],
)  # fmt: skip
def test_the_beginning_of_an_article(after: str, head: str) -> None:
    assert is_cut_off(after, head=head)


@pytest.mark.parametrize(
    ("after", "head", "times"),
    [
        ("", "", 0),
        ("", told(**CLOSED), 40),
        ("", TIER.format("metered"), 40),
        ("<p>Already a subscriber? Sign in</p>", "", 0),
        (CALL, "", 40),
        (CALL, told(wordCount=45, **CLOSED), 0),
        (CALL.replace("reading", "with the newsletter"), "", 40),
        ("", told(isAccessibleForFree=True), 0),
    ],
)
def test_an_article_that_is_all_there(after: str, head: str, times: int) -> None:
    assert not is_cut_off(after, head=head, times=times)


def test_a_closed_part_that_the_page_shows_is_not_cut_off() -> None:
    part = {"isAccessibleForFree": False, "cssSelector": ".story"}
    more = "<p>On the fourth day the water stood at the quay, and nobody had seen it there before.</p>"
    html = page(more, head=told(hasPart=part, **CLOSED)) + "<div class=pay-wall></div>"
    assert clean(html, URL).cut_off
    assert not clean(html.replace("<article>", '<article class="story">'), URL).cut_off


def test_the_call_is_on_record_and_not_in_the_text() -> None:
    article = clean(page().replace("</article>", "<p>Subscribe now to continue reading</p></article>"), URL)
    assert article.cut_off
    assert article.body_text == "\n".join(PARAGRAPHS)
    assert "Subscribe now to continue reading" in {removal.text for removal in article.removals}


def test_a_text_that_ends_with_a_call() -> None:
    text = "River rises again\n\n" + "\n\n".join(PARAGRAPHS)
    assert clean(f"{text}\n\nSubscribe to continue reading\n\nTerms of use").cut_off
    assert not clean(text).cut_off
    assert not clean(f"River rises again\n\nSubscribe to continue reading\n\n{text}").cut_off
