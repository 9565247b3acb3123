"""Pictures in the forms in which pages hold them back until they are seen, and what is no picture."""

from __future__ import annotations

import re

import pytest

from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://www.thecoast.example/world/river"
QUAY = "https://img.example/quay-2026-05-800.jpg"
SMALL = "https://img.example/quay-2026-05-400.jpg"
NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def images(inside: str) -> list[str]:
    return re.findall(r"<img [^>]*>", clean(page(inside), URL).body_html)


def shown(inside: str) -> list[str]:
    return [image.split('"')[1].replace("&amp;", "&") for image in images(inside)]


@pytest.mark.parametrize(
    "inside",
    [
        f'<img src="{NOTHING}" data-src="{QUAY}">',
        f'<img src="{NOTHING}" data-srcset="{SMALL} 400w, {QUAY} 800w" sizes="auto">',
        f'<img src="/img/placeholder.png" data-original="{QUAY}">',
        f'<img src="{NOTHING}" data-lazy-src="{QUAY}"><noscript><img src="{QUAY}"></noscript>',
        f'<img src="{NOTHING}" data-lazy="{QUAY}">',
        f'<img data-echo="{QUAY}">',
        f'<img data-flickity-lazyload="{QUAY}">',
        f'<img src="" data-imgix-src="{QUAY}">',
        f'<img src="{NOTHING}" data-src="https://img.example/quay-2026-05-{{width}}.jpg">',
        f'<div class="img"><noscript><img src="{QUAY}"></noscript></div>',
        f'<figure><img src="{NOTHING}"><noscript><img src="{QUAY}"></noscript></figure>',
        f'<picture><source srcset="{SMALL} 400w, {QUAY} 800w"><img src="{NOTHING}"></picture>',
        f'<picture><source data-srcset="{SMALL} 1x, {QUAY} 2x"><img class="lazy"></picture>',
        f'<img srcset="{SMALL} 1x, {QUAY} 2x">',
        f'<img src="https://img.example/quay-2026-05-40.jpg" srcset="{SMALL} 400w, {QUAY} 800w">',
        f'<img src="https://img.example/quay-2026-05.jpg?w=20&amp;blur=50" data-src="{QUAY}">',
        f'<img src="https://img.example/quay-2026-05.jpg?w=20" srcset="{QUAY} 800w">',
        f'<amp-img src="{QUAY}" width="800" height="500"><noscript><img src="{QUAY}"></noscript></amp-img>',
        QUAY.replace("https:", '<img src="') + '">',
    ],
)
def test_the_real_picture_is_shown_once(inside: str) -> None:
    assert shown(inside) == [QUAY]


def test_a_small_picture_is_better_than_none() -> None:
    blurred = "https://img.example/quay-2026-05.jpg?w=20&blur=50"
    assert shown(f'<img src="{blurred.replace("&", "&amp;")}">') == [blurred]


@pytest.mark.parametrize(
    "inside",
    [
        '<img src="https://stats.example/x.gif" width="1" height="1">',
        f'<img src="{QUAY}" style="display: none">',
        '<img src="https://b.scorecardresearch.com/p?c1=2&amp;c2=1">',
        '<img src="https://www.facebook.com/tr?id=1&amp;ev=PageView">',
        '<img src="https://paper.example/content/270911/count.gif?from=feed">',
        f'<img class="author-avatar" src="{QUAY}">',
        f'<img class="icon" src="{QUAY}">',
        f'<div class="ad-slot"><a href="https://shop.example/"><img src="{QUAY}"></a></div>',
        f'<img src="{NOTHING}">',
    ],
)
def test_what_counts_readers_or_decorates_is_no_picture(inside: str) -> None:
    assert images(inside) == []


@pytest.mark.parametrize(
    ("alt", "caption", "said"),
    [
        ("Two boats at the quay", "", "Two boats at the quay"),
        ("Two boats at the quay", "The quay at noon.", "Two boats at the quay"),
        ("", "The quay at noon.", "The quay at noon."),
        ("IMG_20260503.jpg", "The quay at noon.", "The quay at noon."),
        ("Photo 3", "", ""),
        ("harbour-quay-boats-cover", "", ""),
        ("Short-lived two-and-a-half-year repair", "", "Short-lived two-and-a-half-year repair"),
        ("", "[2/5]The quay at noon.", "The quay at noon."),
        ('"><script>x</script>', "", '"><script>x</script>'),
    ],
)
def test_a_picture_says_what_it_shows(alt: str, caption: str, said: str) -> None:
    alt = alt.replace('"', "&quot;").replace("<", "&lt;")
    told = f"<figcaption>{caption}</figcaption>" if caption else ""
    (image,) = images(f'<figure><img src="{QUAY}" alt="{alt}">{told}</figure>')
    said = said.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    assert image == f'<img src="{QUAY}" alt="{said}">'


def test_a_page_whose_head_nothing_closes_keeps_its_pictures() -> None:
    """The parser leaves elements that are younger than itself in such a head."""
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    figure = f'<figure><img src="{QUAY}" alt="Boats"></figure>'
    html = f"<!doctype html><title>River rises again</title><article>{paragraphs}{figure}</article>"
    for more in ("", paragraphs.replace("river", "lake")):
        article = clean(html + more, "https://paper.example/a")
        assert f'<img src="{QUAY}" alt="Boats">' in article.body_html
        assert article.body_text.startswith(PARAGRAPHS[0])
