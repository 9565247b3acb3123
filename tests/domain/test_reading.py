from __future__ import annotations

import pytest

from newsbell.domain.reading import reading_minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 0),
        (" \n ", 0),
        ("A few words.", 1),
        ("word " * 200, 1),
        ("word " * 1_000, 5),
        ("Слово " * 1_000, 5),
        ("水" * 1_800, 5),
        ("น้ำ" * 1_500, 5),
        ("word " * 400 + "水" * 1_080, 5),
        ("- — – " * 1_000, 1),
    ],
)
def test_minutes_by_words_and_where_there_are_none_by_characters(text: str, minutes: int) -> None:
    assert reading_minutes(text) == minutes
