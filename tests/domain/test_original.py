from __future__ import annotations

import pytest

from newsbell.domain.original import original_url, web_host
from tests.feeds.making import article

PAPER = "https://paper.example/ferry"


@pytest.mark.parametrize(
    ("url", "canonical_url", "original"),
    [
        (f"{PAPER}?from=front", PAPER, f"{PAPER}?from=front"),
        ("", PAPER, PAPER),
        ("http://[paper", PAPER, PAPER),
        ("javascript:alert(1)", PAPER, PAPER),
        ("https:///no-host", "urn:newsbell:text:1", ""),
        ("data:text/html,x", "//paper.example/", ""),
        ("http://[paper", "https://[", ""),
        ("", "", ""),
        (f"{PAPER}\x00\x1b", "", PAPER),
    ],
)
def test_the_original_is_the_first_address_of_the_web(url: str, canonical_url: str, original: str) -> None:
    assert original_url(article(url=url, canonical_url=canonical_url)) == original


def test_the_host_of_an_address_is_named() -> None:
    assert web_host("https://user@Paper.Example:8443/x") == "paper.example"
    assert web_host("ftp://paper.example/") == ""
