from __future__ import annotations

from datetime import timedelta

import pytest

from newsbell.errors import ConflictError
from newsbell.storage import api_tokens
from newsbell.storage.api_tokens import ApiToken
from newsbell.storage.database import Database
from tests.factories import NOW

LATER = NOW + timedelta(hours=1)


def test_a_token_is_found_by_its_hash(database: Database) -> None:
    with database.transaction() as conn:
        api_tokens.add(conn, "anna", "hash of anna", NOW)
        api_tokens.add(conn, "boris", "hash of boris", NOW)
        assert api_tokens.find(conn, "hash of anna") == "anna"
        assert api_tokens.find(conn, "hash of nobody") is None


def test_a_revoked_token_opens_nothing(database: Database) -> None:
    with database.transaction() as conn:
        api_tokens.add(conn, "anna", "hash", NOW)
        assert api_tokens.revoke(conn, "anna", LATER)
        assert not api_tokens.revoke(conn, "anna", LATER)
        assert api_tokens.find(conn, "hash") is None
        assert not api_tokens.revoke(conn, "nobody", LATER)


def test_a_name_in_use_is_taken_and_a_revoked_ones_is_free(database: Database) -> None:
    with database.transaction() as conn:
        api_tokens.add(conn, "anna", "first", NOW)
        with pytest.raises(ConflictError):
            api_tokens.add(conn, "anna", "second", NOW)
        api_tokens.revoke(conn, "anna", LATER)
        api_tokens.add(conn, "anna", "third", LATER)
        assert api_tokens.find(conn, "third") == "anna"
        assert api_tokens.listed(conn) == [
            ApiToken(name="anna", created_at=NOW, revoked_at=LATER),
            ApiToken(name="anna", created_at=LATER, revoked_at=None),
        ]
