from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Response, request
from werkzeug.serving import make_server

from newsbell.config import Settings
from newsbell.storage.database import Database
from tests.clients.newsboat import PROGRAM, Newsboat
from tests.factories import NOW
from tests.fakes import Clock
from tests.web.site import Site, build


@dataclass
class Served:
    """The application behind a real socket, and the answers it gave as (path, status)."""

    site: Site
    base_url: str
    answers: list[tuple[str, int]] = field(default_factory=list)


@pytest.fixture
def served(sqlite_database: Database, tmp_path: Path) -> Iterator[Served]:
    """Newsbell on a free port of this machine, with the address of that port in its feeds."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    base_url = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(data_dir=tmp_path / "data", base_url=base_url)
    found = Served(site=build(settings, sqlite_database, Clock(NOW)), base_url=base_url)

    @found.site.app.after_request
    def note(response: Response) -> Response:
        found.answers.append((request.path, response.status_code))
        return response

    server.app = found.site.app
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def newsboat(tmp_path: Path) -> Newsboat:
    if PROGRAM is None:
        pytest.skip("newsboat is not installed (apt install newsboat): no real RSS client to read with")
    return Newsboat(tmp_path / "newsboat")
