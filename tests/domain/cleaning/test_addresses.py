"""E-mail addresses hidden from robots are shown to readers, as the page's own script would."""

from __future__ import annotations

import pytest

from newsbell.domain.cleaning import clean
from newsbell.domain.cleaning.addresses import decoded
from tests.domain.cleaning.pages import page
from tests.domain.cleaning.safety import check

URL = "https://www.thecoast.example/world/river"
ADDRESS = "desk@coast.example"


def hidden(text: str, key: int = 0x5A) -> str:
    return bytes([key, *(key ^ byte for byte in text.encode())]).hex()


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/cdn-cgi/l/email-protection" data-cfemail="{0}">[email&#160;protected]</a>',
        '<a href="/cdn-cgi/l/email-protection#{0}"><i data-cfemail="{0}">[email&#160;protected]</i></a>',
    ],
)
def test_an_address_stands_where_it_stood(link: str) -> None:
    article = clean(
        page(f"<p>People who saw the dam break may write to {link.format(hidden(ADDRESS))} today.</p>"), URL
    )
    assert f"People who saw the dam break may write to {ADDRESS} today." in article.body_text
    assert f'<a href="mailto:{ADDRESS}"' in article.body_html
    assert "hidden e-mail address" not in {removal.rule for removal in article.removals}
    check(article, URL)


@pytest.mark.parametrize(
    "bytes_", ["", "5a", "zz" * 9, hidden("javascript:alert(1)"), hidden('"><script>@x.example'), "5" * 999]
)
def test_what_is_no_address_stays_hidden(bytes_: str) -> None:
    assert decoded(bytes_) == ""
    link = f'<a href="/x" data-cfemail="{bytes_}">[email&#160;protected]</a>'
    article = clean(page(f"<p>People may write to {link} or call the office on Monday.</p>"), URL)
    assert "mailto:" not in article.body_html
    assert "hidden e-mail address" in {removal.rule for removal in article.removals}
    check(article, URL)
