from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from newsbell.config import Settings
from newsbell.edges.vapid import new_key_pair
from newsbell.services.vapid import ensure_keys
from newsbell.storage.database import Database
from tests.factories import NOW
from tests.fakes import Clock
from tests.web.site import BASE_URL, Site, build


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", base_url=BASE_URL)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough for what happens above the services; those are tested on both."""
    return sqlite_database


@pytest.fixture
def site(database: Database, settings: Settings) -> Site:
    """The whole application, its key made."""
    ensure_keys(database, new_key_pair, NOW)
    return build(settings, database, Clock(NOW))


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.client
