from datetime import datetime, timedelta

import pytest

from newsbell.domain.governor import FIRST_REST, LONGEST_REST, MANY_IN_A_ROW, PROBES, Governor
from newsbell.domain.push import Outcome, PushResult
from tests.factories import NOW

SENT = PushResult(outcome=Outcome.SENT, status=201)
BUSY = PushResult(outcome=Outcome.LATER, status=429)
HOST = "push.example"


def fail(
    governor: Governor,
    numbers: range,
    *,
    now: datetime = NOW,
    proven: bool = True,
    host: str = HOST,
    result: PushResult = BUSY,
) -> timedelta | None:
    """The rest that began with the last answer."""
    rest = None
    for number in numbers:
        rest = governor.answered(host, number, result, proven=proven, now=now, jitter=0)
    return rest


def test_many_failures_in_a_row_rest_a_service_and_no_other() -> None:
    governor = Governor()
    assert fail(governor, range(MANY_IN_A_ROW - 1)) is None
    assert governor.rest(HOST, NOW) is None
    assert fail(governor, range(MANY_IN_A_ROW, MANY_IN_A_ROW + 1)) == FIRST_REST
    assert governor.rest(HOST, NOW) == FIRST_REST
    assert governor.rest("other.example", NOW) is None


def test_one_message_taken_breaks_the_row() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW - 1))
    governor.answered(HOST, 1, SENT, proven=True, now=NOW, jitter=0)
    assert fail(governor, range(MANY_IN_A_ROW - 1)) is None


def test_one_subscription_counts_once_however_often_it_fails() -> None:
    governor = Governor()
    for _ in range(10 * MANY_IN_A_ROW):
        assert fail(governor, range(1)) is None
    assert governor.rest(HOST, NOW) is None


def test_whoever_never_was_rung_counts_for_nothing() -> None:
    governor = Governor()
    assert fail(governor, range(10 * MANY_IN_A_ROW), proven=False) is None
    assert governor.rest(HOST, NOW) is None


def test_what_is_asked_for_stretches_the_rest_up_to_a_bound() -> None:
    patient, greedy = Governor(), Governor()
    for seconds, governor, rest in ((60, patient, timedelta(seconds=60)), (86_400, greedy, LONGEST_REST)):
        asked = PushResult(outcome=Outcome.LATER, status=429, retry_after=timedelta(seconds=seconds))
        assert fail(governor, range(MANY_IN_A_ROW), result=asked) == rest


def test_one_that_asks_for_a_long_wait_does_not_decide_for_the_others() -> None:
    governor = Governor()
    asked = PushResult(outcome=Outcome.LATER, status=429, retry_after=timedelta(hours=6))
    fail(governor, range(1), result=asked)
    assert fail(governor, range(1, MANY_IN_A_ROW)) == FIRST_REST


def test_after_a_rest_a_few_are_tried_and_one_success_opens_the_service() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    assert [governor.rest(HOST, later) for _ in range(PROBES)] == [None] * PROBES
    assert governor.rest(HOST, later) == FIRST_REST
    governor.answered(HOST, 1, SENT, proven=True, now=later, jitter=0)
    assert [governor.rest(HOST, later) for _ in range(10 * PROBES)] == [None] * 10 * PROBES


def test_made_up_endpoints_do_not_use_the_tries_up() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    for number in range(10 * PROBES):
        assert governor.rest(HOST, later) is None
        fail(governor, range(number, number + 1), now=later, proven=False)


def test_a_service_that_fails_on_rests_longer_up_to_a_bound() -> None:
    governor, now, rests = Governor(), NOW, []
    for _ in range(8):
        rest = fail(governor, range(MANY_IN_A_ROW), now=now)
        rest = rest or governor.rest(HOST, now)
        assert rest is not None
        rests.append(rest)
        now += rest
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_the_end_of_a_rest_is_spread(jitter: float) -> None:
    governor = Governor()
    for number in range(MANY_IN_A_ROW):
        governor.answered(HOST, number, BUSY, proven=True, now=NOW, jitter=jitter)
    assert governor.rest(HOST, NOW) == FIRST_REST * (1 + jitter / 4)
