from datetime import datetime, timedelta

from newsbell.domain.key_refusals import FIRST_PAUSE, LONGEST_PAUSE, MANY_IN_A_ROW, KeyRefusals, Refused
from tests.factories import NOW

HOST = "push.example"


def refuse(
    refusals: KeyRefusals, count: int, *, first: int = 0, proven: bool = True, now: datetime = NOW
) -> Refused | None:
    """What the last of them came to."""
    found: Refused | None = None
    for number in range(first, first + count):
        found = refusals.refused(HOST, number, 7, attempts=number % 3, proven=proven, now=now)
    return found


def test_many_proven_subscriptions_in_a_row_mean_our_key() -> None:
    refusals = KeyRefusals()
    assert refuse(refusals, MANY_IN_A_ROW - 1) is None
    row = {(7, number): number % 3 for number in range(MANY_IN_A_ROW)}
    assert refuse(refusals, 1, first=MANY_IN_A_ROW - 1) == Refused(row, NOW + FIRST_PAUSE, begins=True)


def test_whoever_was_refused_for_two_stories_is_told_of_for_both() -> None:
    refusals = KeyRefusals()
    refusals.refused(HOST, 1, 6, attempts=4, proven=True, now=NOW)
    found = refuse(refusals, MANY_IN_A_ROW)
    assert found is not None
    assert (found.row[6, 1], found.row[7, 1], len(found.row)) == (4, 1, MANY_IN_A_ROW + 1)


def test_whoever_is_refused_during_the_pause_is_not_suspended_and_does_not_stretch_it() -> None:
    refusals = KeyRefusals()
    refuse(refusals, MANY_IN_A_ROW)
    for number in range(100, 100 + 3 * MANY_IN_A_ROW):
        assert refuse(refusals, 1, first=number) == Refused(
            {(7, number): number % 3}, NOW + FIRST_PAUSE, begins=False
        )


def test_one_success_between_them_begins_anew() -> None:
    refusals = KeyRefusals()
    refuse(refusals, MANY_IN_A_ROW - 1)
    refusals.sent(HOST, NOW)
    assert refuse(refusals, 1, first=100) is None


def test_a_service_that_refuses_on_is_paused_longer_up_to_a_bound() -> None:
    refusals, now, pauses = KeyRefusals(), NOW, list[timedelta]()
    for _ in range(6):
        found = refuse(refusals, MANY_IN_A_ROW, now=now)
        assert found is not None
        assert found.begins
        pauses.append(found.until - now)
        now = found.until
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_who_caused_a_pause_that_others_disproved_causes_no_other() -> None:
    refusals = KeyRefusals()
    refuse(refusals, MANY_IN_A_ROW + 5)
    later = NOW + FIRST_PAUSE
    refusals.sent(HOST, later)
    assert refuse(refusals, MANY_IN_A_ROW + 5, now=later) is None
    found = refuse(refusals, MANY_IN_A_ROW, first=100, now=later)
    assert found is not None
    assert found.until == later + FIRST_PAUSE


def test_a_message_taken_before_the_end_of_the_pause_disproves_nothing() -> None:
    refusals = KeyRefusals()
    refuse(refusals, MANY_IN_A_ROW)
    refusals.sent(HOST, NOW)
    found = refuse(refusals, MANY_IN_A_ROW, now=NOW + FIRST_PAUSE)
    assert found is not None
    assert found.begins


def test_subscriptions_that_never_rang_pause_nothing() -> None:
    assert refuse(KeyRefusals(), 10 * MANY_IN_A_ROW, proven=False) is None


def test_during_a_pause_nobody_is_suspended_who_never_rang_and_nobody_else_is_blamed_for_it() -> None:
    refusals = KeyRefusals()
    assert refuse(refusals, 1, first=50, proven=False) is None, "no pause yet"
    refuse(refusals, MANY_IN_A_ROW)
    found = refuse(refusals, 1, first=50, proven=False)
    assert found == Refused({(7, 50): 2}, NOW + FIRST_PAUSE, begins=False)
    later = NOW + FIRST_PAUSE
    assert refuse(refusals, MANY_IN_A_ROW - 1, first=60, now=later) is None
    assert refuse(refusals, 1, first=50, proven=False, now=later) is None, "it does not make the row long"
    refusals.sent(HOST, later)
    assert refuse(refusals, MANY_IN_A_ROW, first=50, now=later) is not None, "nor is it disproved"


def test_one_subscription_pauses_nothing_however_often_it_is_refused() -> None:
    refusals = KeyRefusals()
    for alert in range(10 * MANY_IN_A_ROW):
        assert refusals.refused(HOST, 0, alert, attempts=0, proven=True, now=NOW) is None


def test_another_service_is_another_row() -> None:
    refusals = KeyRefusals()
    refuse(refusals, MANY_IN_A_ROW - 1)
    assert refusals.refused("other.example", 99, 7, attempts=0, proven=True, now=NOW) is None
