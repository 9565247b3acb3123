"""Statements that both databases have, each in its own words."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

Insert: TypeAlias = "postgresql.Insert | sqlite.Insert"

LARGEST_NUMBER = 2**63 - 1
_CHANGES = 0x4E65_7773
_STORE = func.hashtext(func.coalesce(func.current_schema(), ""))


def insert(conn: Connection, table: Table) -> Insert:
    """INSERT that can say ON CONFLICT and RETURNING."""
    return (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(table)


def is_number(value: int) -> bool:
    """Whether it can be a row's number; anybody may write a larger one into an address."""
    return 0 <= value <= LARGEST_NUMBER


def is_text(value: str) -> bool:
    """Whether a database can hold it; anybody may write the others into an address."""
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def take_turn(conn: Connection) -> None:
    """Wait until this is the one transaction that changes articles and topics, to its end.

    Those changes touch several topics each, in any order; one at a time they can neither deadlock nor
    make one topic twice. SQLite's writing transactions are like that by themselves.
    """
    if conn.dialect.name == "postgresql":
        lock(conn, _CHANGES)


def try_turn(conn: Connection) -> bool:
    """Take the turn if nobody has it now, to the end of the transaction; whether it was taken."""
    if conn.dialect.name != "postgresql":
        return True
    return bool(conn.execute(select(func.pg_try_advisory_xact_lock(_CHANGES, _STORE))).scalar_one())


def lock(conn: Connection, what: int) -> None:
    """Wait for PostgreSQL's advisory lock of this number, and keep it to the end of the transaction. It is
    the store's own: two stores in two schemas of one database do not wait for each other.
    """
    conn.execute(select(func.pg_advisory_xact_lock(what, _STORE)))
