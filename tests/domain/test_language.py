import pytest

from newsbell.domain.language import direction


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", "rtl"), ("he-IL", "rtl"), ("fa", "rtl"), ("pa-Arab", "rtl"),
        ("en", "ltr"), ("uk", "ltr"), ("ja", "ltr"), ("ug-Latn", "ltr"), ("", "auto"),
    ],
)  # fmt: skip
def test_direction_follows_the_script_of_the_language(language: str, expected: str) -> None:
    assert direction(language) == expected
