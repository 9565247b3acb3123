from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from newsbell.cli import main
from newsbell.config import Settings
from newsbell.storage.database import Database

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `newsbell` with these arguments on the test's data folder; `input` is standard input."""
    for name in [name for name in os.environ if name.startswith("NEWSBELL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NEWSBELL_DATA_DIR", str(settings.data_dir))

    def invoke(*arguments: str, input: str | bytes | None = None) -> Result:  # noqa: A002 - click's own name
        return CliRunner().invoke(main, arguments, input=input, catch_exceptions=False)

    return invoke


@pytest.fixture
def db(sqlite_database: Database) -> Database:
    """The store that the commands work on."""
    return sqlite_database
