"""What a dead worker had written down is not done again; and work that is asked for by its number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsbell.storage import delivery
from newsbell.storage.database import Connection, Database
from newsbell.storage.delivery import ClaimedBatch
from tests.factories import NOW, stored_article, subscriber, topic_ids

LEASE = timedelta(minutes=5)


def _alert(conn: Connection, *names: str) -> int:
    stored = stored_article(conn, *names)
    expires_at = NOW + timedelta(hours=1)
    number = delivery.add_alert(
        conn, stored.story_id, stored.id, topic_ids(conn, names), now=NOW, expires_at=expires_at
    )
    assert number is not None
    return number


def _batches(conn: Connection, alert: int, size: int) -> list[int]:
    """Plan the alert whole; the numbers of its batches."""
    made, more = [], True
    while more:
        planned = delivery.plan_next_batch(conn, alert, size=size, now=NOW)
        made += [planned.id] if planned.id is not None else []
        more = planned.more
    return made


def _claim(conn: Connection, worker: str, number: int, after: timedelta = timedelta()) -> ClaimedBatch:
    batch = delivery.claim_batch(conn, worker, NOW + after, LEASE, batch_id=number)
    assert batch is not None
    return batch


def _readers(conn: Connection, batch: ClaimedBatch) -> list[int]:
    return [one.subscription_id for one in delivery.recipients(conn, batch)]


@pytest.mark.parametrize(("done", "left"), [(0, 4), (1, 3), (3, 1)])
def test_what_was_written_down_is_behind_whoever_claims_next(
    database: Database, done: int, left: int
) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(4)]
        [number] = _batches(conn, _alert(conn, "Snow"), size=9)
        _claim(conn, "dead", number)
        place = readers[done - 1] if done else 0
        assert delivery.extend_lease(conn, number, "dead", NOW, LEASE, after_id=place)
        assert _readers(conn, _claim(conn, "other", number, LEASE)) == readers[-left:]


def test_nobody_moves_a_batch_that_is_not_theirs(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(2)]
        [number] = _batches(conn, _alert(conn, "Snow"), size=9)
        _claim(conn, "dead", number)
        other = _claim(conn, "other", number, LEASE)
        assert not delivery.extend_lease(conn, number, "dead", NOW, LEASE, after_id=readers[0])
        assert _readers(conn, other) == readers


def test_a_batch_asked_for_by_its_number_is_given_once(database: Database) -> None:
    with database.transaction() as conn:
        readers = [subscriber(conn, "Snow") for _ in range(2)]
        first, second = _batches(conn, _alert(conn, "Snow"), size=1)[:2]
        assert _readers(conn, _claim(conn, "worker", second)) == readers[1:]
        assert delivery.claim_batch(conn, "other", NOW, LEASE, batch_id=second) is None
        assert delivery.claim_batch(conn, "other", NOW, LEASE, batch_id=second + 9) is None
        left = delivery.claim_batch(conn, "other", NOW, LEASE)
        assert left is not None
        assert left.id == first


def test_an_alert_asked_for_by_its_number_is_given_while_there_is_some_of_it_to_plan(
    database: Database,
) -> None:
    with database.transaction() as conn:
        _, second = _alert(conn, "Snow"), _alert(conn, "Rain")
        for _ in range(2):
            assert delivery.take_alert_to_plan(conn, NOW, alert_id=second) == second
        assert delivery.take_alert_to_plan(conn, NOW, alert_id=second + 9) is None
        _batches(conn, second, size=9)
        assert delivery.take_alert_to_plan(conn, NOW, alert_id=second) is None
