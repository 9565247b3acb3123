from __future__ import annotations

from pathlib import Path

import pytest

from newsbell.config import Settings
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import Clock
from tests.feeds.making import BASE_URL
from tests.web.site import Site, build


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", base_url=BASE_URL)


@pytest.fixture
def site(sqlite_database: Database, settings: Settings) -> Site:
    """The whole application over a store without articles."""
    return build(settings, sqlite_database, Clock(NOW))
