from __future__ import annotations

from datetime import timedelta

import pytest

from newsbell.domain.subscription import VapidKey
from newsbell.errors import ConflictError
from newsbell.storage import keys
from newsbell.storage.database import Database
from tests.factories import NOW, vapid_pair


def test_there_is_no_key_at_first(database: Database) -> None:
    with database.read() as conn:
        assert keys.current(conn) is None
        assert keys.get(conn, 1) is None
        assert keys.all_keys(conn) == []


def test_the_newest_key_is_the_current_one_and_the_others_stay(database: Database) -> None:
    (private, public), later = vapid_pair(), NOW + timedelta(days=1)
    with database.transaction() as conn:
        old = keys.add(conn, private, public, NOW)
        new = keys.add(conn, *vapid_pair(), later)
        assert old == VapidKey(id=old.id, private_key=private, public_key=public, created_at=NOW)
        assert keys.current(conn) == new
        assert keys.get(conn, old.id) == old
        assert keys.all_keys(conn) == [old, new]


def test_a_key_is_stored_once(database: Database) -> None:
    pair = vapid_pair()
    with database.transaction() as conn:
        keys.add(conn, *pair, NOW)
    with pytest.raises(ConflictError), database.transaction() as conn:
        keys.add(conn, *pair, NOW)


def test_the_first_secret_of_a_name_stays(database: Database) -> None:
    with database.transaction() as conn:
        assert keys.secret(conn, "media") is None
        assert keys.set_secret(conn, "media", b"\x00first") == b"\x00first"
        assert keys.set_secret(conn, "media", b"second") == b"\x00first"
        assert keys.set_secret(conn, "other", b"second") == b"second"
        assert keys.secret(conn, "media") == b"\x00first"


@pytest.mark.database
def test_making_keys_is_done_by_one_at_a_time(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as first, postgresql_database.transaction() as second:
        keys.take_turn(first)
        taken = second.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({keys._KEY_LOCK})").scalar_one()
    assert taken is False
