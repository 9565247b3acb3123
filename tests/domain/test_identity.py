from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.identity import canonical_url, normalise_url
from newsbell.errors import MalformedError

PAGE = "https://www.example.co.uk/news/river-rises"


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Www.Example.COM:443", "https://www.example.com/"),
        ("http://example.com:80/a#top", "http://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://example.com/a?utm_source=x&id=3&fbclid=9&gclid=1", "https://example.com/a?id=3"),
        ("https://example.com/a?", "https://example.com/a"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://example.com/a b/ü", "https://example.com/a%20b/%C3%BC"),
        ("https://example.com/%7euser/%c3%bc", "https://example.com/~user/%C3%BC"),
        ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_addresses_have_one_form(url: str, normal: str) -> None:
    assert normalise_url(url) == normal


@pytest.mark.parametrize(
    "url",
    ["", "example.com/a", "ftp://example.com/", "javascript:alert(1)", "https://", "http://a b/", "http://[::1",
     "https://example.com:99999/", "https://example.com/" + "x" * 3000, "https://" + "ü" * 300 + ".example/"],
)  # fmt: skip
def test_what_is_no_http_address_is_malformed(url: str) -> None:
    with pytest.raises(MalformedError):
        normalise_url(url)


@given(st.one_of(st.text(), st.text().map(lambda text: "https://example.com/" + text)))
def test_a_normal_address_stays_as_it_is(url: str) -> None:
    try:
        normal = normalise_url(url)
    except MalformedError:
        return
    assert normalise_url(normal) == normal
    assert normal.isascii()


@given(st.text(), st.text())
def test_no_declared_address_breaks_the_page(path: str, named: str) -> None:
    try:
        found = canonical_url("https://example.com/" + path, named)
    except MalformedError:
        return
    assert found.startswith(("https://example.com/", "http"))


@pytest.mark.parametrize(
    ("named", "identity"),
    [
        ("https://example.co.uk/river", "https://example.co.uk/river"),
        ("https://m.example.co.uk/river?utm_medium=x", "https://m.example.co.uk/river"),
        ("/river", "https://www.example.co.uk/river"),
        (None, PAGE),
        ("  ", PAGE),
        ("https://other.co.uk/river", PAGE),
        ("https://example.co.uk.evil.example/river", PAGE),
        ("https://www.example.co.uk/", PAGE),
        ("https://www.example.co.uk/index.html", PAGE),
        ("javascript:alert(1)", PAGE),
        ("http://[", PAGE),
    ],
)
def test_a_declared_address_counts_within_its_own_site(named: str | None, identity: str) -> None:
    assert canonical_url(PAGE, named) == identity


def test_sites_under_a_private_suffix_are_strangers() -> None:
    assert canonical_url("https://a.github.io/x", "https://b.github.io/x") == "https://a.github.io/x"
    assert canonical_url("https://a.github.io/x", "https://a.github.io/y") == "https://a.github.io/y"


def test_local_hosts_are_compared_whole() -> None:
    assert canonical_url("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/y") == "http://127.0.0.1:8000/y"
    assert canonical_url("http://127.0.0.1:8000/x", "http://127.0.0.1:9000/y") == "http://127.0.0.1:8000/x"


def test_text_without_an_address_has_no_identity() -> None:
    assert canonical_url("", "https://example.com/a") == ""
