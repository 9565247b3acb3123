"""One machine for the rows, the broker and the push service, one for the web and two that send, each with a
network of its own; and what happens when one falls out of the network without a word.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from newsbell.config import Settings
from newsbell.storage.database import Database
from tests.jobs.brokers import with_broker
from tests.jobs.chaos import BATCH, Stage, address_of, on_stage, through
from tests.jobs.chaos_course import Web
from tests.jobs.chaos_sink import sink
from tests.jobs.machines import HERE, Machine, NoMachinesError, machines
from tests.jobs.proxy import proxy
from tests.jobs.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.xdist_group("servers")]

_READERS = 100
_IMPATIENT = {
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "3000",
    "connect_timeout": "2",
}
"""Who vanished is given up sooner than in production, where it takes half a minute; so are leases."""
_LOCKS_HELD = "-c idle_in_transaction_session_timeout=1s"
_STATUS_OF = """
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=120).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


@pytest.fixture
def network() -> Iterator[Sequence[Machine]]:
    """Three machines."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(machines(3))
        except NoMachinesError as missing:
            pytest.skip(str(missing))
        yield found


@pytest.fixture
def stage(
    network: Sequence[Machine], postgresql_database: Database, migrated_postgresql: str, settings: Settings
) -> Iterator[Stage]:
    """A stage whose database, broker and push service the machines reach at this one's address."""
    settings.data_dir.mkdir(parents=True)
    with ExitStack() as stack:
        settings = stack.enter_context(with_broker(settings, postgresql_database))
        database = stack.enter_context(proxy(*address_of(migrated_postgresql), at=HERE))
        broker = stack.enter_context(proxy(*address_of(settings.broker_url), at=HERE))
        url = make_url(through(migrated_postgresql, database.port, at=HERE))
        url = url.update_query_dict({**_IMPATIENT, "options": f"{url.query['options']} {_LOCKS_HELD}"})
        settings = replace(
            settings,
            database_url=url.render_as_string(hide_password=False),
            broker_url=through(settings.broker_url, broker.port, at=HERE),
        )
        service = stack.enter_context(sink(HERE))
        stage = stack.enter_context(on_stage(postgresql_database, settings, service))
        stage.fill(_READERS)
        yield stage


def test_a_machine_that_vanishes_is_stood_in_for_and_comes_back(
    network: Sequence[Machine], stage: Stage, tmp_path: Path
) -> None:
    at_web, *at_work = network
    machine_of = dict(zip(("one", "two"), at_work, strict=True))
    web = Web(stage, tmp_path, "--host", at_web.address, there=at_web.there)
    with ExitStack() as stack:
        stack.callback(web.end)
        web.start()
        for name, machine in machine_of.items():
            stage.start(name, machine.there)
        stage.sink.hold_after(_READERS // 3)
        web.publish()
        assert stage.sink.held.wait(60)
        holder = stage.sink.holder
        lost = holder.removeprefix("mailto:").partition("@")[0]
        machine_of[lost].unplug()
        stage.sink.go_on.set()
        stage.wait_for_end(120)
        stage.verdict().check(bound=BATCH)

        # It works again as soon as it is in the network: the other one is out of it now.
        [other] = machine_of.keys() - {lost}
        before = stage.verdict().by_worker
        machine_of[lost].plug_in()
        machine_of[other].unplug()
        web.publish()
        stage.wait_for_end(120)
        verdict = stage.verdict()
        verdict.check(bound=BATCH)
        assert set(verdict.by_worker - before) == {holder}


def test_a_web_machine_without_the_database_says_so_and_serves_again(
    network: Sequence[Machine], stage: Stage, tmp_path: Path
) -> None:
    machine = network[0]
    web = Web(stage, tmp_path, "--host", machine.address, there=machine.there)
    with ExitStack() as stack:
        stack.callback(web.end)
        web.start()
        machine.unplug()
        # More at once than it has threads: none may be lost to a connection that nobody answers any more.
        asked = [_status(stack, machine, web.address + "/readyz") for _ in range(20)]
        assert {one.communicate(timeout=240)[0] for one in asked} == {"503\n"}
        machine.plug_in()
        wait_until(web.answers, seconds=120, what="a web machine that is back")
        web.publish()


def _status(stack: ExitStack, machine: Machine, address: str) -> subprocess.Popen[str]:
    command = machine.there(sys.executable, "-c", _STATUS_OF, address)
    asking = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    stack.callback(asking.kill)
    return asking
