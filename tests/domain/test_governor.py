from datetime import datetime, timedelta

import pytest

from newsbell.domain.governor import FIRST_REST, LONGEST_REST, MANY_IN_A_ROW, PROBE_LASTS, PROBES, Governor
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
    witness: bool = True,
    host: str = HOST,
    result: PushResult = BUSY,
) -> timedelta | None:
    """The rest that began with the last answer."""
    rest = None
    for number in numbers:
        rest = governor.answered(host, number, result, witness=witness, now=now, jitter=0)
    return rest


def test_many_failures_in_a_row_rest_a_service_and_no_other() -> None:
    governor = Governor()
    assert fail(governor, range(MANY_IN_A_ROW - 1)) is None
    assert governor.rest(HOST, NOW, witness=True) is None
    assert fail(governor, range(MANY_IN_A_ROW, MANY_IN_A_ROW + 1)) == FIRST_REST
    assert governor.rest(HOST, NOW, witness=True) == FIRST_REST
    assert governor.rest("other.example", NOW, witness=True) is None


def test_one_message_taken_breaks_the_row() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW - 1))
    governor.answered(HOST, 1, SENT, witness=True, now=NOW, jitter=0)
    assert fail(governor, range(MANY_IN_A_ROW - 1)) is None


def test_one_subscription_counts_once_however_often_it_fails() -> None:
    governor = Governor()
    for _ in range(10 * MANY_IN_A_ROW):
        assert fail(governor, range(1)) is None
    assert governor.rest(HOST, NOW, witness=True) is None


def test_whoever_is_no_witness_counts_for_nothing() -> None:
    governor = Governor()
    assert fail(governor, range(10 * MANY_IN_A_ROW), witness=False) is None
    assert governor.rest(HOST, NOW, witness=True) is None


def test_what_is_asked_for_stretches_the_rest_up_to_a_bound() -> None:
    patient, greedy = Governor(), Governor()
    for seconds, governor, rest in ((60, patient, timedelta(seconds=60)), (86_400, greedy, LONGEST_REST)):
        asked = PushResult(outcome=Outcome.LATER, status=429, retry_after=timedelta(seconds=seconds))
        assert fail(governor, range(MANY_IN_A_ROW), result=asked) == FIRST_REST, "nobody else was tried"
        others = range(MANY_IN_A_ROW, MANY_IN_A_ROW + PROBES)
        assert fail(governor, others, now=NOW + FIRST_REST, result=asked) == rest


def test_one_that_asks_for_a_long_wait_does_not_decide_for_the_others() -> None:
    governor = Governor()
    asked = PushResult(outcome=Outcome.LATER, status=429, retry_after=timedelta(hours=6))
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    fail(governor, range(100, 101), now=later, result=asked)
    assert fail(governor, range(101, 100 + PROBES), now=later) == 2 * FIRST_REST


def test_after_a_rest_a_few_are_tried_and_one_success_opens_the_service() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    assert [governor.rest(HOST, later, witness=True) for _ in range(PROBES)] == [None] * PROBES
    assert governor.rest(HOST, later, witness=True) == FIRST_REST
    governor.answered(HOST, 1, SENT, witness=True, now=later, jitter=0)
    assert [governor.rest(HOST, later, witness=True) for _ in range(10 * PROBES)] == [None] * 10 * PROBES


def test_made_up_endpoints_do_not_use_the_tries_up() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    for number in range(10 * PROBES):
        assert governor.rest(HOST, later, witness=False) is None
        fail(governor, range(number, number + 1), now=later, witness=False)


def test_others_wait_for_the_place_of_no_witness_and_take_none() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    assert [governor.rest(HOST, later, witness=False) for _ in range(PROBES)] == [None] * PROBES
    assert governor.rest(HOST, later, witness=False) == FIRST_REST
    assert [governor.rest(HOST, later, witness=True) for _ in range(PROBES)] == [None] * PROBES


def test_who_caused_a_rest_causes_no_other_but_others_do() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    assert fail(governor, range(MANY_IN_A_ROW), now=later) is None
    assert governor.rest(HOST, later, witness=True) is None
    assert fail(governor, range(100, 100 + PROBES), now=later) == 2 * FIRST_REST


def test_a_probe_that_is_never_answered_does_not_keep_its_place_for_ever() -> None:
    governor = Governor()
    fail(governor, range(MANY_IN_A_ROW))
    later = NOW + FIRST_REST
    for _ in range(PROBES):
        assert governor.rest(HOST, later, witness=True) is None
    assert governor.rest(HOST, later + PROBE_LASTS / 2, witness=True) == FIRST_REST
    assert governor.rest(HOST, later + PROBE_LASTS, witness=True) is None


def test_a_service_that_fails_on_rests_longer_up_to_a_bound() -> None:
    governor, now, rests = Governor(), NOW, []
    for time in range(8):
        rest = fail(governor, range(time * MANY_IN_A_ROW, (time + 1) * MANY_IN_A_ROW), now=now)
        rest = rest or governor.rest(HOST, now, witness=True)
        assert rest is not None
        rests.append(rest)
        now += rest
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_the_end_of_a_rest_is_spread(jitter: float) -> None:
    governor = Governor()
    for number in range(MANY_IN_A_ROW):
        governor.answered(HOST, number, BUSY, witness=True, now=NOW, jitter=jitter)
    assert governor.rest(HOST, NOW, witness=True) == FIRST_REST * (1 + jitter / 4)
