from newsbell.domain.key_refusals import MANY_IN_A_ROW, KeyRefusals


def refuse(refusals: KeyRefusals, count: int, *, first: int = 0, proven: bool = True) -> dict[int, int]:
    found: dict[int, int] = {}
    for number in range(first, first + count):
        found = refusals.refused("push.example", number, 7, proven=proven)
    return found


def test_many_proven_subscriptions_in_a_row_mean_our_key() -> None:
    refusals = KeyRefusals()
    assert refuse(refusals, MANY_IN_A_ROW - 1) == {}
    assert refuse(refusals, 1, first=MANY_IN_A_ROW - 1) == dict.fromkeys(range(MANY_IN_A_ROW), 7)


def test_one_success_between_them_begins_anew() -> None:
    refusals = KeyRefusals()
    refuse(refusals, MANY_IN_A_ROW - 1)
    refusals.sent("push.example")
    assert refuse(refusals, 1, first=100) == {}


def test_subscriptions_that_never_rang_pause_nothing() -> None:
    assert refuse(KeyRefusals(), 10 * MANY_IN_A_ROW, proven=False) == {}


def test_one_subscription_pauses_nothing_however_often_it_is_refused() -> None:
    refusals = KeyRefusals()
    for _ in range(10 * MANY_IN_A_ROW):
        assert refusals.refused("push.example", 1, 7, proven=True) == {}


def test_another_service_is_another_row() -> None:
    refusals = KeyRefusals()
    refuse(refusals, MANY_IN_A_ROW - 1)
    assert refusals.refused("other.example", 99, 7, proven=True) == {}
