from __future__ import annotations

from newsbell.domain.stories import text_digest

TEXT = "The river rose again on Monday, and the lower town was under water by the evening. " * 3


def test_case_punctuation_and_spaces_make_no_other_story() -> None:
    changed = TEXT.upper().replace(",", " —").replace(". ", " !\n\n")
    assert text_digest(TEXT, "") == text_digest(changed, "")


def test_another_headline_makes_no_other_story() -> None:
    assert text_digest(TEXT, "River rises") == text_digest(TEXT, "Town under water")


def test_another_text_is_another_story() -> None:
    assert text_digest(TEXT, "River") != text_digest(TEXT.replace("Monday", "Tuesday"), "River")


def test_short_texts_are_told_apart_by_their_titles() -> None:
    assert text_digest("More soon.", "River rises") != text_digest("More soon.", "Bridge falls")
    assert text_digest("More soon.", "River rises") == text_digest("more soon", "River Rises!")


def test_words_in_scripts_without_spaces_count() -> None:
    assert text_digest("河水上涨" * 20, "一") == text_digest("河水上涨" * 20, "二")
