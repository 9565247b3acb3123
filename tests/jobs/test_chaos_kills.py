"""Worker, web, broker and database are killed with kill -9 in turn, each while the push service holds a
request: nobody due is missed, nobody else rung, and no more is repeated than was out when they died.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from newsbell.config import Settings
from newsbell.storage.database import Database
from newsbell.storage.migrations import upgrade
from tests.jobs.chaos import BATCH, on_stage
from tests.jobs.chaos_course import Course, Web
from tests.jobs.chaos_sink import sink
from tests.jobs.servers import MissingProgramError, Server, own_postgresql, own_rabbitmq, own_redis

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.xdist_group("servers")]

_READERS = 150


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    yield from _own(own_postgresql())


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[Server]:
    yield from _own(own_rabbitmq())


@pytest.fixture(scope="module")
def redis() -> Iterator[Server]:
    yield from _own(own_redis())


def _own(running: AbstractContextManager[Server]) -> Iterator[Server]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running)
        except MissingProgramError as missing:
            pytest.skip(str(missing))
        yield server


@pytest.mark.parametrize("broker", ["rabbitmq", "redis"])
def test_all_are_killed_in_turn_and_nobody_is_lost(
    request: pytest.FixtureRequest, postgresql: Server, settings: Settings, tmp_path: Path, broker: str
) -> None:
    server: Server = request.getfixturevalue(broker)
    settings.data_dir.mkdir(parents=True)
    settings = replace(settings, database_url=_fresh(postgresql, broker), broker_url=server.url)
    db = Database(settings.database_url)
    with ExitStack() as stack:
        stack.callback(db.close)
        course = _course(stack, db, settings, tmp_path)
        course.database, course.broker = postgresql, server
        _run(course)
    assert course.bound == 3 * BATCH


def test_worker_and_web_are_killed_on_one_machine_and_nobody_is_lost(
    sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        course = _course(stack, sqlite_database, settings, tmp_path)
        course.workers = 1
        _run(course)
    assert course.bound == BATCH


def _fresh(postgresql: Server, name: str) -> str:
    """The address of an empty store in the cluster."""
    admin = Database(postgresql.url)
    with admin.transaction() as conn:
        conn.exec_driver_sql(f"CREATE SCHEMA {name}")
    admin.close()
    url = f"{postgresql.url}?options=-c%20search_path%3D{name}"
    upgrade(url)
    return url


def _course(stack: ExitStack, db: Database, settings: Settings, folder: Path) -> Course:
    stage = stack.enter_context(on_stage(db, settings, stack.enter_context(sink())))
    stage.fill(_READERS)
    web = Web(stage, folder)
    stack.callback(web.end)
    return Course(stage, web)


def _run(course: Course) -> None:
    """A story for each death, and one after all of them."""
    course.begin()
    deeds = course.deeds()
    for deed in deeds:
        course.stage.sink.hold_after(_READERS // 4)
        course.web.publish()
        assert course.stage.sink.held.wait(120)
        deed()
    course.web.publish()
    course.stage.wait_for_end(seconds=400)
    course.stage.verdict().check(bound=course.bound)
    assert course.happened.total() == len(deeds)
