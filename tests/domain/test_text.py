from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.text import fold, squeeze, strip_controls

XML_CHARACTERS = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


@given(st.text(st.characters(codec=None)))
def test_what_is_left_may_stand_in_xml(text: str) -> None:
    assert XML_CHARACTERS.fullmatch(strip_controls(text))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_squeezed_text_is_one_line(text: str) -> None:
    assert squeeze(text) == " ".join(squeeze(text).split())


@pytest.mark.parametrize("text", ["‏مرحبا‎ abc", "👩‍🚀", "می‌خواهم", "क्‍ष"])  # noqa: PLE2502
def test_marks_of_direction_and_joiners_stay(text: str) -> None:
    assert strip_controls(text) == text


def test_case_width_and_spaces_are_set_aside() -> None:
    assert fold("  Straße\u00a0ＡＢＣ ") == fold("STRASSE abc")


def test_line_ends_become_one_kind() -> None:
    assert strip_controls("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"


def test_what_turns_the_following_text_around_goes() -> None:
    """Unicode Standard Annex 9 section 2.2: an override makes "fdp.exe" of "exe.pdf", whatever the script."""
    assert strip_controls("Harbour \u202eexe.pdf\u202c \u202dabc") == "Harbour exe.pdf\u202c abc"
