"""What cleaning costs is bounded: work is counted here, never timed."""

from __future__ import annotations

from typing import Any

import pytest

from newsbell.domain.cleaning import body, clean, pictures
from newsbell.domain.text import squeeze
from newsbell.errors import TooLargeError
from tests.domain.cleaning.pages import PARAGRAPHS, page

URL = "https://news.example/a"


def figures(count: int) -> str:
    return "".join(
        f'<figure><img src="/img/quay-at-noon-{number}.jpg"></figure><p>{number}. {PARAGRAPHS[0]}</p>'
        for number in range(count)
    )


def test_pictures_are_compared_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = pictures.keys_of

    def counted(url: str) -> set[str]:
        asked.append(url)
        return real(url)

    monkeypatch.setattr(pictures, "keys_of", counted)
    clean(page(figures(100)), URL)
    assert 100 <= len(asked) <= 500


def test_a_picture_shown_twice_is_kept_once() -> None:
    article = clean(page(figures(3) + figures(3)), URL)
    assert article.body_html.count("<img") == 3
    assert [one.rule for one in article.removals].count("picture repeated") == 3


def test_an_article_keeps_at_most_two_hundred_pictures_and_says_so() -> None:
    article = clean(page(figures(205)), URL)
    assert article.body_html.count("<img") == 200
    assert ("too many pictures", "5 pictures") in {(one.rule, one.text) for one in article.removals}


def test_two_hundred_pictures_are_not_too_many() -> None:
    article = clean(page(figures(200)), URL)
    assert article.body_html.count("<img") == 200
    assert "too many pictures" not in {one.rule for one in article.removals}


@pytest.mark.parametrize(
    ("bound", "value"), [("MAX_PARAGRAPHS", 2), ("MAX_CHARACTERS", 100)], ids=["paragraphs", "characters"]
)
def test_more_text_than_an_article_has_is_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: Any
) -> None:
    assert clean(page(), URL).body_text
    monkeypatch.setattr(body, bound, value)
    with pytest.raises(TooLargeError):
        clean(page(), URL)


def test_pictures_do_not_make_the_article_be_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(text: str) -> str:
        read.append(len(text))
        return squeeze(text)

    monkeypatch.setattr(body, "squeeze", counted)
    html = page(figures(100))
    clean(html, URL)
    assert sum(read) <= 3 * len(html)
