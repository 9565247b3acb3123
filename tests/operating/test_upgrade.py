"""An upgrade by the steps of the operator's guide, while processes of the old version run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.conftest import own_schema
from tests.jobs.serving import Served, serving
from tests.jobs.waiting import wait_until

pytestmark = pytest.mark.slow

_CHECKOUT = Path(__file__).parents[2]
_NEWSBELL = [sys.executable, "-P", "-m", "newsbell"]
_NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("mood", sa.String))


def downgrade() -> None:
    op.drop_column("articles", "mood")
"""

Environ = dict[str, str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environ]:
    """The surroundings of this version's commands, with a store of their own."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBELL_")}
    given |= {"NEWSBELL_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(_CHECKOUT / "server")}
    with ExitStack() as stack:
        if request.param == "postgresql":
            given["NEWSBELL_DATABASE_URL"] = stack.enter_context(own_schema())
        yield given


@pytest.fixture
def new(old: Environ, tmp_path: Path) -> Environ:
    """The same with the next version: this one and a migration more."""
    shutil.copytree(_CHECKOUT / "server", tmp_path / "next" / "server")
    migrations = tmp_path / "next" / "migrations"
    shutil.copytree(_CHECKOUT / "migrations", migrations)
    head = max(path.name for path in (migrations / "versions").glob("0*.py"))[:4]
    (migrations / "versions" / "next.py").write_text(_NEXT_MIGRATION.format(head=head))
    # A copy that is gone after the test is no code whose coverage counts.
    unmeasured = {name: value for name, value in old.items() if not name.startswith("COVERAGE")}
    return {**unmeasured, "PYTHONPATH": str(tmp_path / "next" / "server")}


def _run(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*_NEWSBELL, *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)


@contextmanager
def _worker(environ: Environ, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, once it works."""
    with log.open("wb") as errors, subprocess.Popen([*_NEWSBELL, "worker"], env=environ, stderr=errors) as it:
        try:
            wait_until(lambda: "worker_started" in log.read_text(), seconds=60, what="the worker's start")
            yield it
        finally:
            it.kill()


def _publish(served: Served, token: str, number: int) -> None:
    article = {
        "url": f"https://news.example/{number}",
        "text": f"Bridge {number} opens\n\nThe bridge opened on Monday. The ferry made its last crossing.\n",
        "topics": ["Bridges"],
    }
    request = urllib.request.Request(
        f"{served.address}/api/v1/articles",
        data=json.dumps(article).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 201


def test_by_the_guide_nothing_is_lost_and_nobody_is_turned_away(
    old: Environ, new: Environ, tmp_path: Path
) -> None:
    places = {name: tmp_path / name for name in ("first", "second")}
    for place in places.values():
        place.mkdir()
    with ExitStack() as web, ExitStack() as working:
        served = web.enter_context(serving(_NEWSBELL, places["first"], old, "--no-worker"))
        worker = working.enter_context(_worker(old, tmp_path / "worker.log"))
        token = _run(old, "token", "create", "editor").stdout.strip()
        _publish(served, token, 1)

        # Step 3: the tables, while the old processes run. They go on.
        migrated = _run(new, "migrate")
        assert migrated.returncode == 0, migrated.stderr
        _publish(served, token, 2)
        assert "Bridge 2" in served.get("/topics/bridges")

        # Step 4: the workers, and then the web.
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
        working.enter_context(_worker(new, tmp_path / "next.log"))
        renewed = web.enter_context(serving(_NEWSBELL, places["second"], new, "--no-worker"))
        page = renewed.get("/topics/bridges")
        assert "Bridge 1" in page
        assert "Bridge 2" in page
        _publish(renewed, token, 3)
        assert "Bridge 3" in served.get("/topics/bridges"), "until it is ended, the old one serves too"

    for command in ("worker", "serve"):
        refused = _run(old, command, *(["--port", "0"] if command == "serve" else []))
        assert refused.returncode != 0
        assert "tables" in refused.stderr, "a version that does not fit says so"
