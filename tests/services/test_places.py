"""Places are few, fewer for one, and free again after use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from newsbell.services.places import Places

AT_ONCE, OF_ONE = 5, 2


def places(*, waiting: int = 1) -> Places:
    return Places(AT_ONCE, waiting=waiting)


@contextmanager
def taken(places: Places, *names: str) -> Iterator[list[bool]]:
    with ExitStack() as stack:
        yield [stack.enter_context(places.one({name: OF_ONE}, wait=0)) for name in names]


def test_one_gets_a_few_places_and_another_still_gets_one() -> None:
    with taken(places(), *["a"] * (OF_ONE + 1), "b") as got:
        assert got == [True] * OF_ONE + [False, True]


def test_there_are_so_many_places_in_all() -> None:
    with taken(places(), *map(str, range(AT_ONCE + 1))) as got:
        assert got == [True] * AT_ONCE + [False]


def test_every_name_given_must_have_room() -> None:
    those = places()
    with those.one({"site": 2, "picture": 1}, wait=0) as first, those.one({"site": 2}, wait=0) as second:
        assert (first, second) == (True, True)
        with those.one({"other": 2, "picture": 1}, wait=0) as again:
            assert not again
        with those.one({"site": 2, "another": 1}, wait=0) as third:
            assert not third
        with those.one({"other": 2, "another": 1}, wait=0) as elsewhere:
            assert elsewhere


def test_a_place_is_free_again_after_use() -> None:
    those = places()
    for _ in range(AT_ONCE * 2):
        with taken(those, *["a"] * OF_ONE) as got:
            assert all(got)


def start_waiting(those: Places, got: list[bool]) -> threading.Thread:
    """A thread that waits for a place of "a", as long as this test has patience."""

    def wait() -> None:
        with those.one({"a": OF_ONE}, wait=60) as place:
            got.append(place)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def test_whoever_waits_gets_the_place_that_comes_free() -> None:
    those, got = places(), list[bool]()
    with taken(those, *["a"] * OF_ONE):
        thread = start_waiting(those, got)
        while not those._waiting:
            thread.join(0.01)
        assert got == []
    thread.join(20)
    assert got == [True]


def test_no_more_wait_than_may() -> None:
    those, got = places(waiting=1), list[bool]()
    with taken(those, *["a"] * OF_ONE):
        thread = start_waiting(those, got)
        while not those._waiting:
            thread.join(0.01)
        with those.one({"a": OF_ONE}, wait=60) as place:  # as long as nobody has patience for
            assert not place
        with those.one({"b": OF_ONE}, wait=0) as place:
            assert place
    thread.join(20)
    assert got == [True]
