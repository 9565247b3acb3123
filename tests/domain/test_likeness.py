from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.likeness import BANDS, Likeness, bands, is_same_story, likeness_of, shared
from tests.pages import PARAGRAPHS, paragraphs_of

TEXT = "\n".join((*PARAGRAPHS, *paragraphs_of("a long report")))
OTHER = "\n".join(paragraphs_of("another report"))
FIRST_BANDS = (-3682745423331017493, 5329445686364018689, 4347108589242776687)


def every(nth: int, text: str) -> str:
    """The text with each nth word replaced."""
    return " ".join("otherwise" if at % nth == 0 else word for at, word in enumerate(text.split()))


COPIES: dict[str, Callable[[str], str]] = {
    "cut to a third": lambda text: text[: len(text) // 3],
    "without its beginning": lambda text: text[len(text) // 2 :],
    "every eighth word replaced": lambda text: every(8, text),
    "with a paragraph of their own": lambda text: f"{OTHER[:300]}\n{text}",
    "in capitals, without punctuation": lambda text: text.upper().replace(",", "").replace(".", ""),
    "paragraphs in another order": lambda text: "\n".join(reversed(text.split("\n"))),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_copy_is_the_same_story_and_is_found(copy: Callable[[str], str]) -> None:
    original, copied = likeness_of(TEXT), likeness_of(copy(TEXT))
    assert is_same_story(original, copied)
    assert is_same_story(copied, original)
    assert set(bands(original)) & set(bands(copied))


def test_another_text_is_another_story_and_is_not_even_found() -> None:
    original, other = likeness_of(TEXT), likeness_of(OTHER)
    assert not is_same_story(original, other)
    assert not set(bands(original)) & set(bands(other))


def test_reports_that_quote_the_same_sentence_are_two_stories() -> None:
    quote = PARAGRAPHS[0]
    one, other = f"{quote}\n{OTHER}", f"{TEXT}"
    assert not is_same_story(likeness_of(one), likeness_of(other))


@pytest.mark.parametrize(("numbers", "same"), [((4, 17, 2038), True), ((5, 12, 1170), False)])
def test_a_form_filled_in_with_other_numbers_is_another_story(
    numbers: tuple[int, int, int], same: bool
) -> None:
    def bulletin(magnitude: int, depth: int, felt: int) -> str:
        return f"{TEXT} It had a magnitude of {magnitude}, was {depth} km deep, and {felt} people felt it."

    assert is_same_story(likeness_of(bulletin(4, 17, 2038)), likeness_of(bulletin(*numbers))) is same


def test_a_short_text_is_like_no_other() -> None:
    assert likeness_of("Too short to tell.") == Likeness()
    assert bands(Likeness()) == ()
    assert not is_same_story(Likeness(), Likeness())


def test_a_review_of_the_day_is_not_the_story_it_quotes() -> None:
    brief = "\n".join(paragraphs_of("brief"))
    review = "\n".join([brief, *(text for number in range(8) for text in paragraphs_of(str(number)))])
    assert shared(likeness_of(brief), likeness_of(review)) > 0.9
    assert not is_same_story(likeness_of(brief), likeness_of(review))


def test_scripts_without_spaces_are_compared_too() -> None:
    chosen = random.Random("characters")
    text = "".join(chr(chosen.randint(0x4E00, 0x9000)) for _ in range(400))
    assert is_same_story(likeness_of(text), likeness_of(text[:200]))
    assert not is_same_story(likeness_of(text), likeness_of(text[::-1]))


def test_the_bands_of_a_text_are_the_same_for_ever() -> None:
    """They are stored: a change here means that no copy of an older article is found."""
    found = bands(likeness_of(TEXT))
    assert len(found) == BANDS
    assert found[:3] == FIRST_BANDS


@given(st.text(max_size=3_000))
def test_any_text_is_compared_within_bounds(text: str) -> None:
    found = likeness_of(text)
    assert shared(found, found) in (0.0, 1.0)
    assert all(-(2**63) <= band < 2**63 for band in bands(found))
