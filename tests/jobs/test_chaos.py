"""Nothing is lost where a worker is killed or the network drops what leads to database and broker,
placed while the push service holds a request. Servers that are killed themselves: `test_chaos_kills`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from newsbell.config import Settings
from newsbell.jobs.hints import hinting
from newsbell.storage.database import Database
from tests.jobs.brokers import with_broker
from tests.jobs.chaos import BATCH, LONG_LEASE, Stage, address_of, on_stage, through
from tests.jobs.chaos_sink import sink
from tests.jobs.proxy import Proxy, proxy
from tests.jobs.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.database]

_READERS = 100


_MODES = ["sqlite", "postgresql", "sqlite rabbitmq", "postgresql rabbitmq"]


@pytest.fixture(params=_MODES)
def stage(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Stage]:
    """A stage in each mode."""
    name, _, broker = request.param.partition(" ")
    db: Database = request.getfixturevalue(f"{name}_database")
    if name == "postgresql":
        settings.data_dir.mkdir(parents=True)
        settings = replace(settings, database_url=request.getfixturevalue("migrated_postgresql"))
    with ExitStack() as stack:
        if broker:
            settings = stack.enter_context(with_broker(settings, db))
        service = stack.enter_context(sink())
        yield stack.enter_context(on_stage(db, settings, service))


def _publish(stage: Stage) -> None:
    with hinting(stage.settings, stage.db) as hints:
        stage.publish(hints)


def test_a_worker_killed_while_it_sends_loses_nobody(stage: Stage) -> None:
    stage.fill(_READERS)
    stage.sink.hold_after(_READERS // 3)
    stage.start("one")
    stage.start("two")
    _publish(stage)
    assert stage.sink.held.wait(30)
    killed = stage.kill(stage.sink.holder)
    assert not stage.is_over()
    stage.sink.go_on.set()
    stage.start(f"{killed}-again")
    stage.wait_for_end()
    stage.verdict().check(bound=BATCH)


@pytest.mark.parametrize("stage", ["sqlite", "postgresql rabbitmq"], indirect=True)
def test_workers_never_send_the_same_batch(stage: Stage) -> None:
    stage.lease = LONG_LEASE
    stage.fill(_READERS)
    for name in ("one", "two", "three"):
        stage.start(name)
    # All are there before there is anything to do: the first one's request is held meanwhile.
    stage.sink.hold_after(5)
    _publish(stage)
    assert stage.sink.held.wait(30)
    stage.sink.go_on.set()
    _publish(stage)
    stage.wait_for_end()
    stage.verdict().check(bound=0)
    first_tries: dict[tuple[str, str], set[str]] = defaultdict(set)
    for push in stage.sink.log:
        if push.status == 201 and push.path.startswith("/taken/"):
            first_tries[push.path, push.story].add(push.worker)
    assert all(len(workers) == 1 for workers in first_tries.values())
    assert len(set.union(*first_tries.values())) > 1


@pytest.mark.parametrize("stage", ["postgresql", "postgresql rabbitmq"], indirect=True)
def test_two_workers_get_a_fair_share_each(stage: Stage) -> None:
    stage.lease = LONG_LEASE
    stage.fill(4 * _READERS)
    names = {"mailto:one@news.example", "mailto:two@news.example"}
    stage.start("one")
    stage.start("two")
    wait_until(lambda: _alive(stage) == len(names), what="two workers")
    _publish(stage)
    stage.wait_for_end()
    verdict = stage.verdict()
    verdict.check(bound=0)
    assert set(verdict.by_worker) == names
    # Even would be a half each; a worker that sat on what it was handed ahead would leave far less.
    assert min(verdict.by_worker.values()) >= verdict.requests / 4


def _alive(stage: Stage) -> int:
    with stage.db.read() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM workers").scalar_one())


@pytest.fixture
def cut_database(migrated_postgresql: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy in front of PostgreSQL, and the store's address through it."""
    with proxy(*address_of(migrated_postgresql)) as between:
        yield between, through(migrated_postgresql, between.port)


@pytest.mark.parametrize("broker", ["", "rabbitmq"])
def test_a_database_that_goes_away_loses_nobody(
    postgresql_database: Database, cut_database: tuple[Proxy, str], settings: Settings, broker: str
) -> None:
    between, url = cut_database
    settings.data_dir.mkdir(parents=True)
    with ExitStack() as stack:
        if broker:
            settings = stack.enter_context(with_broker(settings, postgresql_database))
        service = stack.enter_context(sink())
        settings = replace(settings, database_url=url)
        stage = stack.enter_context(on_stage(postgresql_database, settings, service))
        stage.fill(_READERS)
        service.hold_after(_READERS // 3)
        stage.start("one")
        stage.start("two")
        stage.publish()
        assert service.held.wait(30)
        between.cut()
        service.go_on.set()
        between.mend()
        stage.wait_for_end()
        stage.verdict().check(bound=2 * BATCH)


def test_a_broker_that_goes_away_loses_nobody_and_repeats_nothing(
    postgresql_database: Database, migrated_postgresql: str, settings: Settings
) -> None:
    settings = replace(settings, database_url=migrated_postgresql)
    settings.data_dir.mkdir(parents=True)
    with ExitStack() as stack:
        settings = stack.enter_context(with_broker(settings, postgresql_database))
        between = stack.enter_context(proxy(*address_of(settings.broker_url)))
        settings = replace(settings, broker_url=through(settings.broker_url, between.port))
        service = stack.enter_context(sink())
        stage = stack.enter_context(on_stage(postgresql_database, settings, service))
        stage.lease = LONG_LEASE
        stage.fill(_READERS)
        service.hold_after(_READERS // 3)
        stage.start("one")
        stage.start("two")
        _publish(stage)
        assert service.held.wait(30)
        between.cut()
        service.go_on.set()
        # Publishing goes on, and so does ringing.
        _publish(stage)
        stage.wait_for_end()
        between.mend()
        _publish(stage)
        stage.wait_for_end()
        stage.verdict().check(bound=0)
