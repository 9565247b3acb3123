from __future__ import annotations

import pytest

from newsbell.domain.article import Picture
from newsbell.domain.lead_picture import lead_stands_in_body
from tests.feeds.making import article

LEAD = "https://Pictures.example/lead.jpg?width=800&fit=1"


@pytest.mark.parametrize(
    ("body", "stands"),
    [
        ('<img src="https://pictures.example/lead.jpg?width=400&amp;fit=2" alt="Quay">', True),
        ('<p><img alt="src=" src="https://pictures.example/lead.jpg"></p>', True),
        ('<img src="https://pictures.example/other.jpg">', False),
        ('<img src="https://elsewhere.example/lead.jpg">', False),
        ('<p title="&lt;img src=https://pictures.example/lead.jpg&gt;">x</p>', False),
        ('<a href="https://pictures.example/lead.jpg">x</a>', False),
        ('<img src="http://[pictures"><img>', False),
        ("", False),
    ],
)
def test_the_lead_picture_is_found_in_the_body(body: str, *, stands: bool) -> None:
    assert lead_stands_in_body(article(lead_image=Picture(url=LEAD), body_html=body)) is stands


def test_no_picture_stands_nowhere() -> None:
    assert not lead_stands_in_body(article(lead_image=None, body_html='<img src="">'))
