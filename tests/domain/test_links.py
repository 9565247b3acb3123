from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsbell.domain.links import MAX_WRONG_TRIES, Link, is_verifier, is_verifier_hash, opens

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
# The example of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
HASH = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
LATER = NOW + timedelta(minutes=10)


def link(verifier_hash: str = HASH, wrong_tries: int = 0) -> Link:
    return Link(subscription_id=1, verifier_hash=verifier_hash, wrong_tries=wrong_tries, expires_at=LATER)


def test_the_verifier_behind_the_hash_opens_a_link_and_no_other_does() -> None:
    assert opens(link(), VERIFIER, NOW)
    assert not opens(link(), VERIFIER[:-1] + "l", NOW)
    assert not opens(link(), HASH, NOW)


def test_a_link_is_open_until_it_expires() -> None:
    assert opens(link(), VERIFIER, LATER - timedelta(microseconds=1))
    assert not opens(link(), VERIFIER, LATER)


def test_a_link_is_over_after_too_many_wrong_tries() -> None:
    assert opens(link(wrong_tries=MAX_WRONG_TRIES - 1), VERIFIER, NOW)
    assert not opens(link(wrong_tries=MAX_WRONG_TRIES), VERIFIER, NOW)


@pytest.mark.parametrize("text", ["", HASH[:-1], HASH + "A", HASH[:-1] + "=", HASH[:-1] + "é", HASH + "\n"])
def test_only_a_digest_is_a_hash(text: str) -> None:
    assert is_verifier_hash(HASH)
    assert not is_verifier_hash(text)


@pytest.mark.parametrize("text", ["", "a" * 42, "a" * 129, "a" * 42 + "é", "a" * 42 + " ", "a" * 43 + "\n"])
def test_a_verifier_is_long_enough_not_to_be_guessed(text: str) -> None:
    assert all(is_verifier(good) for good in (VERIFIER, "a" * 43, "-._~" * 32))
    assert not is_verifier(text)
