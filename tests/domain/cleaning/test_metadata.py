from __future__ import annotations

import pytest

from newsbell.domain.article import Picture
from newsbell.domain.cleaning import clean
from tests.domain.cleaning.pages import page

LD = '<script type="application/ld+json">'
URL = "https://www.news.example/world/river"


def title(named: str, heading: str = "River rises again", site: str = "The Ansel Herald") -> str:
    head = f'<meta property="og:site_name" content="{site}"><meta property="og:title" content="{named}">'
    return clean(page(head=head, title=heading).replace(f"<title>{heading}</title>", ""), URL).title


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("River rises again - The Ansel Herald", "River rises again"),
        ("River rises again | anselherald.com", "River rises again"),
        ("The river rises – and the town waits", "The river rises – and the town waits"),
        ("Flood in town | The Ansel Herald", "Flood in town"),
        ("Fish &amp;amp; chips", "Fish & chips"),
    ],
)
def test_the_title_loses_the_sites_name(named: str, shown: str) -> None:
    assert title(named) == shown


def byline(head: str = "", inside: str = "") -> tuple[str, ...]:
    return clean(page(inside, head=head), URL).byline


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('"Mara Lindqvist"', ("Mara Lindqvist",)),
        ('{"name": "By Mara Lindqvist and Teo Okafor"}', ("Mara Lindqvist", "Teo Okafor")),
        (
            '[{"name": "Mara Lindqvist"}, {"name": "mara lindqvist"}, {"name": "https://x.example/mara"}]',
            ("Mara Lindqvist",),
        ),
        ('{"name": ["Mara Lindqvist", "Teo Okafor"]}', ("Mara Lindqvist", "Teo Okafor")),
        ('{"@id": "#mara"}', ("Mara Lindqvist",)),
    ],
)
def test_bylines_in_json_ld(author: str, names: tuple[str, ...]) -> None:
    article = f'{{"@type": "NewsArticle", "headline": "x", "author": {author}}}'
    graph = f'[{article}, {{"@type": "Person", "@id": "#mara", "name": "Mara Lindqvist"}}]'
    assert byline(f"{LD}{graph}</script>") == names


def test_bylines_in_meta_elements_and_markup() -> None:
    assert byline('<meta name="author" content="Von Käthe Brühl">') == ("Käthe Brühl",)
    assert byline('<meta property="article:author" content="https://facebook.com/x">') == ()
    assert byline("", '<a rel="author" href="/x">Teo Okafor</a>') == ("Teo Okafor",)


def picture(inside: str = "", head: str = "") -> Picture | None:
    return clean(page(inside, head=head), URL).lead_image


def test_the_lead_image_is_the_one_the_page_names() -> None:
    named = picture(head='<meta property="og:image" content="/img/river-2026-large.jpg">')
    assert named == Picture(url="https://www.news.example/img/river-2026-large.jpg")


def test_without_a_named_image_the_first_figure_leads() -> None:
    image = '<img src="data:image/gif;base64,AA" data-src="/r.jpg">'
    figure = f"<figure>{image}<figcaption>The quay (Photo: Ida Marsh)</figcaption></figure>"
    assert picture(figure) == Picture(
        url="https://www.news.example/r.jpg", caption="The quay", credit="Ida Marsh"
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "/static/logo.png",
        "/icon.svg",
        "/img/appIcon.png",
        "",
    ],
)
def test_logos_and_scripts_are_no_pictures(url: str) -> None:
    assert picture(f'<img src="{url}">', f'<meta property="og:image" content="{url}">') is None


def test_the_widest_picture_of_a_set_is_taken() -> None:
    lead = picture('<img srcset="/small.jpg 300w, /large.jpg 1200w">')
    assert lead is not None
    assert lead.url.endswith("/large.jpg")


def test_a_credit_line_in_the_text_goes_to_the_lead_image() -> None:
    head = '<meta property="og:image" content="/img/river.jpg">'
    lead = picture("<p>Bildquelle: Ida Marsh</p>", head)
    assert lead is not None
    assert lead.credit == "Ida Marsh"


@pytest.mark.parametrize(
    ("head", "date"),
    [
        (
            '<meta property="article:published_time" content="2026-03-14T06:30:00+02:00">',
            "2026-03-14T06:30:00+02:00",
        ),
        ('<meta name="date" content="2026-03-14">', "2026-03-14T00:00:00+00:00"),
        (
            f'{LD}{{"@type":"Article","datePublished":"2026-03-14T06:30:00Z",}}</script>',
            "2026-03-14T06:30:00+00:00",
        ),
        ("", None),
    ],
)
def test_dates_in_the_head(head: str, date: str | None) -> None:
    published = clean(page(head=head), URL).published_at
    assert (published.isoformat() if published else None) == date


def test_a_date_of_a_change_is_not_the_date_when_there_is_another() -> None:
    times = '<time datetime="2026-03-15">Updated 15 March</time><time datetime="2026-03-14">14 March</time>'
    published = clean(page(times), URL).published_at
    assert published is not None
    assert published.day == 14


def test_a_canonical_address_of_another_site_is_ignored() -> None:
    stranger = clean(page(head='<link rel="canonical" href="https://evil.example/a">'), URL)
    own = clean(page(head='<link rel="canonical" href="https://news.example/a">'), URL)
    assert stranger.canonical_url == URL
    assert own.canonical_url == "https://news.example/a"


def test_a_saved_page_tells_where_it_was() -> None:
    saved = page().replace("<html", f"<!-- saved from url=(0036){URL} --><html")
    assert clean(saved).canonical_url == URL
    assert clean(page()).canonical_url == ""
