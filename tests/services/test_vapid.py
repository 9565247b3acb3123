import pytest

from newsbell.errors import NoStoreError
from newsbell.services.vapid import current_key, ensure_keys, rotate
from newsbell.storage.database import Database
from tests.factories import NOW


def maker(name: str) -> tuple[str, str]:
    return f"private {name}", f"public-{name}"


def test_a_key_is_made_once(database: Database) -> None:
    first = ensure_keys(database, lambda: maker("a"), NOW)
    again = ensure_keys(database, lambda: maker("b"), NOW)
    assert first == again == current_key(database)


def test_rotating_makes_a_new_current_key(database: Database) -> None:
    ensure_keys(database, lambda: maker("a"), NOW)
    new = rotate(database, lambda: maker("b"), NOW)
    assert current_key(database) == new
    assert new.public_key == "public-b"


def test_before_the_first_start_there_is_no_key(database: Database) -> None:
    with pytest.raises(NoStoreError):
        current_key(database)
