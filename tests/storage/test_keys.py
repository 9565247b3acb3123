from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from newsbell.domain.subscription import VapidKey
from newsbell.errors import ConflictError, UnavailableError
from newsbell.storage import keys
from newsbell.storage.database import Connection, Database
from newsbell.storage.statements import take_turn
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
    with postgresql_database.transaction() as first:
        keys.take_turn(first)
        assert _waits(postgresql_database, keys.take_turn)


@pytest.mark.database
def test_two_stores_in_one_database_do_not_wait_for_each_other(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as first:
        take_turn(first)
        assert _waits(postgresql_database, take_turn)
        assert not _waits(postgresql_database, take_turn, schema="public")


def _waits(database: Database, turn: Callable[[Connection], None], schema: str = "") -> bool:
    """Whether another transaction does not get its turn now."""
    try:
        with database.transaction() as conn:
            conn.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            if schema:
                conn.exec_driver_sql(f"SET LOCAL search_path TO {schema}")
            turn(conn)
    except UnavailableError:
        return True
    return False
