from __future__ import annotations

import re

import pytest
from lxml import html as parser

from newsbell.domain.cleaning.sanitise import sanitise
from newsbell.errors import MalformedError
from newsbell.services.media import (
    media_address,
    media_key,
    original_address,
    rewrite_pictures,
    sign,
    verify,
)
from newsbell.storage.database import Database

SECRET = bytes(range(32))
URL = "https://pictures.example/2026/ferry.jpg?width=1200&v=ü"
OWN = "https://bell.example"


def rewritten(html: str, *, base: str = "") -> str:
    return rewrite_pictures(html, base=base, secret=SECRET, own_origin=OWN)


def image_in(html: str) -> dict[str, str]:
    return dict(parser.fragment_fromstring(rewritten(html)).attrib)


def test_a_signature_is_taken_for_the_address_it_was_made_for() -> None:
    assert verify(SECRET, sign(SECRET, URL), URL)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "A" * 22,
        sign(SECRET, URL)[:-1],
        sign(SECRET, URL) + "=",
        sign(SECRET, URL) + "A",
        "é" * 22,
        "\udce9",
    ],
)
def test_any_other_signature_is_refused(signature: str) -> None:
    assert not verify(SECRET, signature, URL)


def test_a_signature_is_refused_for_another_address_and_by_another_key() -> None:
    assert not verify(SECRET, sign(SECRET, URL), URL + "x")
    assert not verify(bytes(32), sign(SECRET, URL), URL)


def test_a_signature_has_128_bits() -> None:
    assert len(sign(SECRET, URL)) == 22


def test_the_address_of_a_picture_leads_back_to_the_original() -> None:
    match = re.fullmatch(
        r"https://bell\.example/media/([\w-]+)/([\w-]+)", media_address(SECRET, URL, base=OWN)
    )
    assert match is not None
    assert original_address(match[2]) == URL
    assert verify(SECRET, match[1], URL)


@pytest.mark.parametrize("encoded", ["A", "!", "////", "_w", "é", "aHR0\n"])
def test_what_is_no_address_is_malformed(encoded: str) -> None:
    with pytest.raises(MalformedError):
        original_address(encoded)


def test_the_key_is_made_once_and_kept(database: Database) -> None:
    key = media_key(database)
    assert len(key) == 32
    assert media_key(database) == key


def test_a_picture_is_addressed_here_and_loaded_when_it_comes_into_view() -> None:
    assert image_in(f'<img src="{URL.replace("&", "&amp;")}" alt="A ferry" width="1200" height="800">') == {
        "src": media_address(SECRET, URL),
        "alt": "A ferry",
        "width": "1200",
        "height": "800",
        "loading": "lazy",
        "decoding": "async",
    }


def test_feeds_name_the_whole_address() -> None:
    assert f'src="{media_address(SECRET, URL, base=OWN)}"' in rewritten(f'<img src="{URL}">', base=OWN)


def test_a_picture_of_our_own_stays_as_it_is() -> None:
    assert image_in(f'<img src="{OWN}/static/harbour.png">')["src"] == f"{OWN}/static/harbour.png"


@pytest.mark.parametrize(
    "source",
    [
        "https://bell.example.evil.example/a.png",
        "https://bell.example:8443/a.png",
        "http://bell.example/a.png",
    ],
)
def test_a_picture_of_a_similar_origin_is_not_our_own(source: str) -> None:
    assert image_in(f'<img src="{source}">')["src"] == media_address(SECRET, source)


@pytest.mark.parametrize(
    "source",
    ["", "data:image/png;base64,AAAA", "/relative.png", "//pictures.example/a.png", "javascript:alert(1)",
     "ftp://pictures.example/a.png", "https://[::1/a.png", "https://pictures.example/" + "a" * 4_096],
)  # fmt: skip
def test_a_picture_that_cannot_be_addressed_keeps_its_words_only(source: str) -> None:
    assert image_in(f'<img src="{source}" alt="A ferry">') == {"alt": "A ferry"}


def test_other_sizes_of_a_picture_are_dropped() -> None:
    image = f'<img src="{URL}" srcset="https://a.example/c 2x" sizes="9px">'
    found = rewritten(f'<picture><source srcset="https://a.example/b.webp">{image}</picture>')
    assert "a.example" not in found
    assert "sizes" not in found
    assert found.count("<img") == 1


def test_the_text_around_pictures_is_not_changed() -> None:
    html = (
        "Before &lt;img&gt; &amp; <p>ru: Паром <em>причалил</em>… 🚢<br>שלום &nbsp;\N{NO-BREAK SPACE}</p>"
        '<p></p><figure><img src="https://a.example/b.png" alt="&quot;&lt;b&gt;&quot;">'
        "<figcaption>x</figcaption></figure> after"
        '<a href="https://a.example/?a=1&amp;b=2">link</a><ul><li>1</li></ul><pre>  two\n  lines</pre>'
    )
    before = parser.fragment_fromstring(html, create_parent="div")
    after = parser.fragment_fromstring(rewritten(html), create_parent="div")
    assert after.text_content() == before.text_content()
    assert [element.tag for element in after.iter()] == [element.tag for element in before.iter()]
    assert after.xpath("//a/@href") == before.xpath("//a/@href")
    assert after.xpath("//img/@alt") == ['"<b>"']


@pytest.mark.parametrize(
    "html", ["", "Just text &amp; more", "<p>No picture</p>", "<div>a</div><div>b</div>"]
)
def test_html_without_pictures_comes_back_as_it_is(html: str) -> None:
    assert rewritten(html) == html


def test_html_that_begins_and_ends_with_blocks_of_its_own_keeps_them() -> None:
    html = f'<div><img src="{URL}"></div><div>two</div>'
    assert rewritten(html).count("<div>") == 2


def test_nothing_that_runs_comes_in_by_rewriting() -> None:
    image = "<img src='https://a.example/\"onerror=\"alert(1)' alt='\"><script>'>"
    html = sanitise(f"<p title='<img src=x onerror=alert(1)>'>{image}")
    found = parser.fragment_fromstring(rewritten(html), create_parent="div")
    assert [element.tag for element in found.iter()] == ["div", "p", "img"]
    assert set(found.xpath("//img")[0].attrib) == {"src", "alt", "loading", "decoding"}
