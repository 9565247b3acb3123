"""Texts that are nearly the same: an agency's report on three sites, a shortened or an edited copy.

Shingles, MinHash and locality-sensitive hashing (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of
Massive Datasets, chapter 3). The bands find candidates through an index; whether two texts are one
story is then decided on the texts themselves.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newsbell.domain.phrases import words
from newsbell.domain.text import fold

SHINGLE = 3
"""Words that follow one another and are compared as one."""
ENOUGH_WORDS = 24
"""Shorter texts are compared as a whole only: a brief shares half its words with any other on its subject."""
MOST_WORDS = 3_000
"""What is compared of a longer text: its beginning."""
BANDS = 48
ROWS = 2
"""Hashes in a band. Two texts with a third of all their shingles in common share a band in 99 of 100 cases,
with a fifth in 86; with a hundredth, as any two may have, in 5 of 1000.
"""
SHARED = 0.4
"""How much of the shorter text the longer one must hold for both to be one story."""
ENOUGH_SHARED = 15
"""Shingles in common, below which two short texts are told by chance or by a sentence both quote."""
LONGER = 5
"""A text so many times as long as another is no copy of it, but a review of the day that quotes it."""
ENOUGH_NUMBERS = 3
SAME_NUMBERS = 0.5
"""Of so many numbers or more, two copies have at least this part in common."""

_MASK = 2**64 - 1
_SIGN = 2**63


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What two texts are compared by: the hashes of their shingles, and the numbers in them. Empty for a text
    of fewer than ENOUGH_WORDS words.
    """

    shingles: frozenset[int] = frozenset()
    numbers: frozenset[str] = frozenset()


def likeness_of(body_text: str) -> Likeness:
    """Case, punctuation and white space make no difference."""
    found = words(fold(body_text[: 40 * MOST_WORDS]))[:MOST_WORDS]
    if len(found) < ENOUGH_WORDS:
        return Likeness()
    starts = range(len(found) - SHINGLE + 1)
    return Likeness(
        shingles=frozenset(_hash(" ".join(found[at : at + SHINGLE]).encode()) for at in starts),
        numbers=frozenset(word for word in found if word[0].isdecimal()),
    )


def bands(of: Likeness) -> tuple[int, ...]:
    """BANDS numbers (signed, of 64 bits) of which nearly the same texts have at least one in common."""
    if not of.shingles:
        return ()
    lowest = [
        min((factor * shingle + shift) & _MASK for shingle in of.shingles) for factor, shift in _functions()
    ]
    return tuple(_band(at, lowest[at * ROWS : (at + 1) * ROWS]) for at in range(BANDS))


def shared(one: Likeness, other: Likeness) -> float:
    """How much of the shorter of two texts is in the longer (0 to 1), by their shingles."""
    return _overlap(one.shingles, other.shingles)


def is_same_story(one: Likeness, other: Likeness) -> bool:
    """Whether one text is a copy of the other: edited, shortened or added to."""
    shorter, longer = sorted((len(one.shingles), len(other.shingles)))
    return (
        longer <= LONGER * shorter
        and len(one.shingles & other.shingles) >= ENOUGH_SHARED
        and shared(one, other) >= SHARED
        and not _is_another_issue(one, other)
    )


def _is_another_issue(one: Likeness, other: Likeness) -> bool:
    """Whether it is the same form filled in anew, as bulletins of weather, markets and earthquakes are."""
    fewer = min(len(one.numbers), len(other.numbers))
    return fewer >= ENOUGH_NUMBERS and _overlap(one.numbers, other.numbers) < SAME_NUMBERS


def _overlap(one: frozenset[Any], other: frozenset[Any]) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _hash(text: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def _band(number: int, hashes: Iterable[int]) -> int:
    packed = b"".join(value.to_bytes(8, "big") for value in (number, *hashes))
    return _hash(packed) - _SIGN


@lru_cache(maxsize=1)
def _functions() -> tuple[tuple[int, int], ...]:
    """The hash functions, the same in every process and for ever: what is stored depends on them."""
    chosen = random.Random("newsbell likeness 1")  # noqa: S311 - spread, not secrecy
    return tuple((chosen.getrandbits(64) | 1, chosen.getrandbits(64)) for _ in range(BANDS * ROWS))
