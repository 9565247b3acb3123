from __future__ import annotations

import pytest

from newsbell.domain.phrases import Phrases, Text


def found(name: str, text: str) -> int:
    phrases, read = Phrases(), Text(text)
    phrases.add(name, 1)
    return sum(phrases.found(read, at) is not None for at in range(len(read.folded)))


@pytest.mark.parametrize(
    ("name", "held", "not_held"),
    [
        ("Polish", "The Polish minister spoke.", "They polish the silver."),
        ("Un", "The UN met.", "Il a un plan."),
        ("WHO", "The WHO met.", "Those who met."),
        ("ukraine", "Ukraine and its neighbours", "The ukrainian is another word."),
        ("Климат", "Климат меняется.", "Погода меняется."),
        ("New York", "He left New York", "Nothing is new"),
    ],
)
def test_a_name_counts_as_it_is_written(name: str, held: str, not_held: str) -> None:
    assert found(name, held) == 1
    assert found(name, not_held) == 0


def test_several_words_count_however_they_are_written() -> None:
    assert found("Climate Change", "On climate change and the sea.") == 1


def test_two_topics_may_share_a_name() -> None:
    phrases = Phrases()
    phrases.add("Orvel", 1)
    phrases.add("orvel", 2)
    match = phrases.found(Text("Orvel"), 0)
    assert match is not None
    assert match.numbers == (1, 2)
