"""The fuzzer runs, and would find something: a few pages here, as many as one likes by hand."""

from __future__ import annotations

import random

import pytest

from tests import fuzz_cleaning


def test_a_few_mutated_pages_break_nothing() -> None:
    chosen, pages = random.Random(7), fuzz_cleaning.seeds()
    for _ in range(25):
        fuzz_cleaning.try_page(fuzz_cleaning.mutated(pages, chosen))


def test_what_breaks_the_cleaning_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RecursionError

    monkeypatch.setattr(fuzz_cleaning, "clean", broken)
    with pytest.raises(RecursionError):
        fuzz_cleaning.try_page(fuzz_cleaning.seeds()[0])
