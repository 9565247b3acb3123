import pytest

from newsbell.errors import ConflictError, MalformedError, NotFoundError, UnauthorizedError
from newsbell.services.tokens import check_token, create_token, list_tokens, revoke_token
from newsbell.storage.database import Database
from tests.factories import NOW


def test_a_token_opens_until_it_is_revoked(database: Database) -> None:
    token = create_token(database, "desk", NOW)
    assert check_token(database, token) == "desk"
    revoke_token(database, "desk", NOW)
    with pytest.raises(UnauthorizedError):
        check_token(database, token)


def test_a_guess_does_not_open(database: Database) -> None:
    token = create_token(database, "desk", NOW)
    with pytest.raises(UnauthorizedError):
        check_token(database, token[:-1])


def test_a_name_is_used_once_at_a_time_and_again_after_it_was_revoked(database: Database) -> None:
    first = create_token(database, "desk", NOW)
    with pytest.raises(ConflictError):
        create_token(database, "desk", NOW)
    revoke_token(database, "desk", NOW)
    assert create_token(database, "desk", NOW) != first


@pytest.mark.parametrize("name", ["", "two words", "x" * 65, "tab\there"])
def test_a_name_that_cannot_be_typed_is_refused(database: Database, name: str) -> None:
    with pytest.raises(MalformedError):
        create_token(database, name, NOW)
    assert list_tokens(database) == []


def test_revoking_what_is_not_there_says_so(database: Database) -> None:
    with pytest.raises(NotFoundError):
        revoke_token(database, "desk", NOW)
