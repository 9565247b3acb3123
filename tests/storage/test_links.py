"""Links and linked tokens, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsbell.domain.links import Link
from newsbell.storage import links, subscriptions
from newsbell.storage.database import Connection, Database
from newsbell.storage.schema import linked_tokens
from newsbell.storage.schema import links as links_table
from tests.factories import NOW, subscriber

LATER = NOW + timedelta(minutes=10)


def _link(subscription_id: int, verifier_hash: str = "hash") -> Link:
    return Link(subscription_id=subscription_id, verifier_hash=verifier_hash, wrong_tries=0, expires_at=LATER)


def _count(conn: Connection) -> tuple[int, int]:
    tables = (links_table, linked_tokens)
    first, second = (conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
    return first, second


def test_a_link_is_found_by_its_code(database: Database) -> None:
    with database.transaction() as conn:
        link = _link(subscriber(conn, "Snow"))
        links.put(conn, link, code_hash="code")
        assert links.find(conn, "code") == link
        assert links.find(conn, "another") is None


def test_a_subscription_has_one_link_at_a_time(database: Database) -> None:
    with database.transaction() as conn:
        reader, other = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        links.put(conn, _link(reader), code_hash="first")
        links.count_wrong_try(conn, "first")
        links.put(conn, _link(reader, "new hash"), code_hash="second")
        links.put(conn, _link(other), code_hash="of another")
        assert links.find(conn, "first") is None
        assert links.find(conn, "second") == _link(reader, "new hash")
        assert links.find(conn, "of another") == _link(other)


def test_wrong_tries_are_counted(database: Database) -> None:
    with database.transaction() as conn:
        links.put(conn, _link(subscriber(conn, "Snow")), code_hash="code")
        links.count_wrong_try(conn, "code")
        links.count_wrong_try(conn, "code")
        found = links.find(conn, "code")
    assert found is not None
    assert found.wrong_tries == 2


@pytest.mark.parametrize("takers", [5])
def test_of_several_that_take_a_link_at_once_one_has_it(database: Database, takers: int) -> None:
    with database.transaction() as conn:
        links.put(conn, _link(subscriber(conn, "Snow")), code_hash="code")
    barrier, taken = threading.Barrier(takers), []

    def take() -> None:
        barrier.wait()
        with database.transaction() as conn:
            taken.append(links.take(conn, "code"))

    threads = [threading.Thread(target=take) for _ in range(takers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * (takers - 1) + [True]


def test_a_linked_token_opens_beside_the_first_until_another_takes_its_place(database: Database) -> None:
    with database.transaction() as conn:
        reader = subscriber(conn, "Snow")
        subscriptions.set_token(conn, reader, "own")
        links.set_linked_token(conn, reader, "linked", NOW)
        assert [subscriptions.find_by_token(conn, token) for token in ("own", "linked")] == [reader, reader]
        links.set_linked_token(conn, reader, "linked anew", LATER)
        found = [subscriptions.find_by_token(conn, token) for token in ("own", "linked", "linked anew")]
        assert found == [reader, None, reader]


def test_a_subscription_says_whether_it_is_linked(database: Database) -> None:
    with database.transaction() as conn:
        alone, linked = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        links.set_linked_token(conn, linked, "token", NOW)
        seen = [subscriptions.get(conn, reader) for reader in (alone, linked)]
    assert [one and one.linked for one in seen] == [False, True]


def test_a_subscription_takes_its_link_and_its_token_along(database: Database) -> None:
    with database.transaction() as conn:
        kept, ended = subscriber(conn, "Snow"), subscriber(conn, "Snow")
        for reader in (kept, ended):
            links.put(conn, _link(reader), code_hash=f"code {reader}")
            links.set_linked_token(conn, reader, f"token {reader}", NOW)
        subscriptions.remove(conn, ended)
        assert _count(conn) == (1, 1)
        assert subscriptions.find_by_token(conn, f"token {ended}") is None
        assert subscriptions.find_by_token(conn, f"token {kept}") == kept


def test_links_that_nobody_claimed_are_cleared(database: Database) -> None:
    with database.transaction() as conn:
        links.put(conn, _link(subscriber(conn, "Snow")), code_hash="code")
        assert links.clear_expired(conn, LATER - timedelta(microseconds=1), 9) == 0
        assert links.clear_expired(conn, LATER, 9) == 1
        assert links.find(conn, "code") is None
