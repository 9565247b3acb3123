from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.topics import slugify


@given(st.text())
def test_a_slug_holds_letters_marks_digits_and_single_hyphens(name: str) -> None:
    slug = slugify(name)
    assert 1 <= len(slug) <= 80
    assert slug != "all"
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug
    assert all(character == "-" or unicodedata.category(character)[0] in "LNM" for character in slug)


@given(st.text())
def test_a_slug_is_its_own_slug(name: str) -> None:
    assert slugify(slugify(name)) == slugify(name)


@given(st.text(max_size=200), st.text(max_size=200))
def test_case_and_width_make_no_other_slug(one: str, other: str) -> None:
    assert slugify(one + " " + other) == slugify(one + "\u00a0 " + other)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Climate change", "climate-change"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("C", "c"),
        (".NET", "dot-net"),
        ("#Ukraine", "ukraine"),
        ("Women’s rights", "womens-rights"),
        ("Россия", "россия"),
        ("हिन्दी", "हिन्दी"),
        ("🎉", "party-popper"),
        ("All", "topic-all"),
        ("AT&T", "at-and-t"),
    ],
)
def test_names_and_their_slugs(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_long_names_that_begin_alike_have_slugs_of_their_own() -> None:
    assert slugify("a" * 100 + " one") != slugify("a" * 100 + " two")


def test_nothing_but_punctuation_has_a_slug_too() -> None:
    assert re.fullmatch(r"[\w-]+", slugify("\ue000"))
