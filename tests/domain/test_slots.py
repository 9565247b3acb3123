import pytest

from newsbell.domain.slots import PATIENCE, Service, Slots
from tests.factories import NOW

MOST = 80  # 70 for one service, 10 for one that is not heard, 40 for all such


def begin(slots: Slots, service: Service, wanted: int = MOST, *, witness: bool = True) -> int:
    """As many messages as may begin, at most those wanted; how many that were."""
    begun = 0
    while begun < wanted and slots.room(service, witness=witness):
        slots.begun(service)
        begun += 1
    return begun


def answer(slots: Slots, service: Service, count: int) -> None:
    for _ in range(count):
        slots.ended(service, answered=True)


def heard(slots: Slots, host: str = "well.example") -> Service:
    service = Service(host)
    slots.begun(service)
    slots.ended(service, answered=True)
    return service


def mute(slots: Slots, host: str = "mute.example") -> Service:
    """A service that was waited for in vain, with all it may have under way."""
    service = Service(host)
    begin(slots, service)
    assert slots.worth_waiting(service, NOW), "the line waits for it"
    assert not slots.worth_waiting(service, NOW + PATIENCE)
    return service


def test_a_service_that_answers_has_all_but_what_is_kept_for_others() -> None:
    slots = Slots(MOST)
    assert begin(slots, heard(slots)) == 70
    assert begin(slots, Service("other.example")) == 10


def test_a_service_has_few_until_it_answers() -> None:
    slots, service = Slots(MOST), Service("new.example")
    assert begin(slots, service) == 10
    slots.ended(service, answered=True)
    assert begin(slots, service) == 61


def test_the_line_waits_for_who_answers_as_fast_as_it_is_asked() -> None:
    slots = Slots(MOST)
    service = heard(slots)
    begin(slots, service)
    for tick in range(40):
        assert slots.worth_waiting(service, NOW + tick * PATIENCE / 4)
        answer(slots, service, 9)
        assert begin(slots, service) == 9


def test_the_line_waits_a_second_for_who_does_not_answer() -> None:
    slots = Slots(MOST)
    service = mute(slots)
    assert not slots.worth_waiting(service, NOW + 2 * PATIENCE)
    assert not slots.room(service, witness=True)


def test_who_answers_a_little_keeps_the_line_no_longer_than_who_does_not() -> None:
    slots = Slots(MOST)
    service = heard(slots)
    begin(slots, service)
    assert slots.worth_waiting(service, NOW)
    answer(slots, service, 34)
    begin(slots, service)
    assert not slots.worth_waiting(service, NOW + PATIENCE)
    answer(slots, service, 60)
    assert begin(slots, service) == 0, "it has as many as it may have while it is slow"


def test_who_answers_again_has_its_share_again() -> None:
    slots = Slots(MOST)
    service = mute(slots)
    for tick in range(2, 5):
        answer(slots, service, 10)
        begin(slots, service)
        slots.worth_waiting(service, NOW + tick * PATIENCE)
    assert service.under_way == 70


@pytest.mark.parametrize("answered", [0, 70])
def test_a_service_that_falls_silent_with_all_it_may_have_leaves_others_theirs(answered: int) -> None:
    slots = Slots(MOST)
    service = heard(slots)
    begin(slots, service)
    slots.worth_waiting(service, NOW)
    answer(slots, service, answered)
    begin(slots, service)
    silent = not slots.worth_waiting(service, NOW + PATIENCE)
    assert silent == (not answered), "the twin answers, and stays"
    assert begin(slots, heard(slots, "other.example")) == 70


def test_many_silent_services_have_half_together_and_who_was_rung_before_is_tried_beyond_it() -> None:
    slots = Slots(MOST)
    silent = [mute(slots, f"{number}.example") for number in range(4)]
    assert sum(service.under_way for service in silent) == 40
    late = Service("late.example")
    assert begin(slots, late, witness=False) == 0
    assert not slots.worth_waiting(late, NOW), "others have the places"
    assert begin(slots, late) == 1, "so that it can show that it answers"
    slots.ended(late, answered=True)
    assert begin(slots, late) == 70


@pytest.mark.parametrize(("witness", "most"), [(False, 40), (True, 60)])
def test_silent_services_with_one_message_each_leave_the_others_their_share(witness: bool, most: int) -> None:
    slots = Slots(MOST)
    services = [Service(f"{number}.example") for number in range(1_000)]
    assert sum(begin(slots, service, 1, witness=witness) for service in services) == most
    assert not any(slots.worth_waiting(service, NOW) for service in services)
    for service in services[:most]:
        slots.ended(service, answered=False)
    assert sum(begin(slots, service, 1, witness=witness) for service in services[most:]) == most, "in turn"


@pytest.mark.parametrize("most", range(1, 9))
def test_however_few_there_are_each_service_has_its_turn(most: int) -> None:
    slots = Slots(most)
    services = [Service(f"{number}.example") for number in range(3)]
    for service in services:
        assert begin(slots, service, witness=False)
        slots.ended(service, answered=False)
        slots.not_begun(service, service.under_way)
    for service in services:
        begin(slots, service, 1)
        answer(slots, service, 1)
    assert all(service.heard and service.under_way == 0 for service in services)
    assert begin(slots, services[0], 8) == max(1, most - 1)
