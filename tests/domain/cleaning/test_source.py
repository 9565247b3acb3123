from __future__ import annotations

import pytest

from newsbell.domain.cleaning import MAX_BYTES, clean, looks_like_html
from newsbell.domain.cleaning.source import read_source
from newsbell.errors import MalformedError, NewsbellError, RefusedError, UnsupportedTypeError
from tests.domain.cleaning.pages import page

UMLAUTS = page("<p>Größere Übungen in Köln wären möglich, hieß es, und zwar früh am Tag.</p>", title="Übung")


def code(source: str | bytes, content_type: str | None = None) -> str:
    try:
        clean(source, content_type=content_type)
    except NewsbellError as error:
        return error.code
    return "accepted"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_page_that_says_nothing_is_utf_8_or_has_a_mark(encoding: str) -> None:
    assert clean(UMLAUTS.encode(encoding)).title == "Übung"


@pytest.mark.parametrize(
    ("label", "encoding"),
    [("iso-8859-1", "cp1252"), ("windows-1252", "cp1252"), ("ISO-8859-15", "iso8859-15")],
)
def test_the_header_names_the_encoding(label: str, encoding: str) -> None:
    assert clean(UMLAUTS.encode(encoding), content_type=f"text/html; charset={label}").title == "Übung"


def test_the_page_names_the_encoding() -> None:
    text = UMLAUTS.replace(
        "<head>", '<head><meta http-equiv="Content-Type" content="text/html; charset=latin1">'
    )
    assert clean(text.encode("cp1252")).title == "Übung"


def test_a_wrong_label_on_utf_8_does_no_harm() -> None:
    assert clean(UMLAUTS.encode(), content_type="text/html; charset=x-unknown").title == "Übung"


HARBOUR = "Порт снова открыт\n\n" + "Паромы снова ходят по расписанию, сообщила администрация порта.\n\n" * 3


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_a_text_in_an_encoding_nobody_declared_is_refused_with_a_way_forward(encoding: str) -> None:
    with pytest.raises(MalformedError) as caught:
        clean(HARBOUR.encode(encoding))
    assert caught.value.code == "bad_encoding"
    assert "iconv -f windows-1251 -t utf-8" in caught.value.message
    assert "<meta>" in caught.value.message


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r"])
def test_declaring_the_encoding_is_that_way(encoding: str) -> None:
    declared = f"text/plain; charset={encoding}"
    assert clean(HARBOUR.encode(encoding), content_type=declared).title == "Порт снова открыт"


def test_a_page_cut_within_a_character_is_read() -> None:
    assert clean(UMLAUTS.encode() + "ü".encode()[:1]).title == "Übung"


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("", "empty"),
        (b"", "empty"),
        (" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7 and so on", "unsupported_type"),
        (b"\x89PNG\r\n\x1a\n", "unsupported_type"),
        (b"text \x00 more", "unsupported_type"),
        ("\x01\x02\x03" * 100, "unsupported_type"),
        (UMLAUTS.encode("cp1251", "replace") + b"\xcd\xee\xe2\xee\xf1\xf2\xfc" * 50, "bad_encoding"),
        ("\ufffd" * 100, "bad_encoding"),
        (b"a" * (MAX_BYTES + 1), "too_large"),
        ("<p>" + "a" * MAX_BYTES, "too_large"),
        ("<html><body><nav><a href='/'>Home</a></nav></body></html>", "no_article"),
        ("<html></html>", "no_article"),
        (UMLAUTS, "accepted"),
    ],
)
def test_what_is_no_article_is_refused_by_name(source: str | bytes, refusal: str) -> None:
    assert code(source) == refusal


@pytest.mark.parametrize(
    ("content_type", "refusal"),
    [
        ("image/png", "unsupported_type"),
        ("application/pdf", "unsupported_type"),
        ("application/json", "unsupported_type"),
        ("text/html", "accepted"),
        ("Text/HTML; charset=utf-8", "accepted"),
        ("application/xhtml+xml", "accepted"),
        ("", "accepted"),
    ],
)
def test_types_are_told_apart(content_type: str, refusal: str) -> None:
    assert code(UMLAUTS.encode(), content_type) == refusal


def test_html_is_known_by_its_tags() -> None:
    assert looks_like_html("<!doctype html>\n<p>Hello")
    assert looks_like_html("  <div>Hello</div>")
    assert not looks_like_html("Prices < 5 and > 3 were seen. He typed <b> once.")
    assert not looks_like_html("Title\nhttps://a.example/\nText")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [f"<p>{'Das Öl stieg. ' * 20}</p>", "The river rose again on Monday. " * 9])
def test_utf_16_without_a_mark_is_read_where_it_is_unmistakable(encoding: str, text: str) -> None:
    assert read_source(text.encode(encoding)).text == text


@pytest.mark.parametrize("content", [b"a\x00" * 9, bytes(range(256)) * 20, b"\x00" * 500, b"abc\x00" * 90])
def test_other_bytes_with_zeros_are_no_text(content: bytes) -> None:
    with pytest.raises((UnsupportedTypeError, RefusedError)):
        read_source(content)
