"""The push service of `benchmarks chaos` answers each kind of reader as it says, and its log is what was."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.chaos_service import Service, service
from benchmarks.sink import program

from newsbell.config import Settings
from newsbell.domain.push import PushMessage, PushOrder, PushResult
from newsbell.edges.push import PushSender
from newsbell.edges.push_curl import CurlTransport
from tests.edges.browser import new_vapid_key
from tests.factories import push_target
from tests.jobs.chaos_sink import FINAL, SHARES
from tests.jobs.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(program() is None, reason="nginx is not installed")]

_AT_FIRST = {"late": 429, "broken": 500, "silent": 0, "reset": 0}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as started:
        yield started


def _send(running: Service, paths: list[str]) -> dict[str, PushResult]:
    """A message to each, all at once; what came of each."""
    hosts = frozenset(running.hosts.split(","))
    settings = replace(Settings(), private_hosts=hosts, vapid_subject="mailto:one@news.example")
    transport = CurlTransport(settings, ca_bundle=running.ca_bundle)
    sender = PushSender(settings, timeout=1.0, transport=transport)
    message, key = PushMessage(payload=b"{}", ttl=60, topic="story-1"), new_vapid_key()
    orders = [PushOrder(push_target(running.address(path)), message, key) for path in paths]
    answers = sender.send_many(orders, at_once=100)
    return {order.target.endpoint.split("/", 3)[3]: result for order, result in answers}


def test_every_kind_is_answered_as_it_says_at_first_and_later(running: Service) -> None:
    paths = [f"/{kind}/7" for kind in SHARES]
    first, again = _send(running, paths), _send(running, paths)
    for kind in SHARES:
        assert first[f"{kind}/7"].status == _AT_FIRST.get(kind, FINAL.get(kind, 201)), kind
        assert again[f"{kind}/7"].status == FINAL.get(kind, 201), kind
    assert first["late/7"].retry_after
    # nginx writes down who gave up waiting when it notices.
    wait_until(lambda: running.requests() == 2 * len(paths), what="the log of the last request")
    log = running.log
    assert len(running.sizes()) == len(log)
    assert {push.worker for push in log} == {"mailto:one@news.example"}
    assert {push.story for push in log} == {"story-1"}
    taken = sorted(push.path for push in log if push.status == 201)
    assert taken == sorted(["/taken/7", *(f"/{kind}/7" for kind in ("taken", *_AT_FIRST))])


def test_a_request_is_held_until_it_may_go_on(running: Service) -> None:
    running.hold_after(0)
    sending = threading.Thread(target=_send, args=(running, ["/taken/1", "/late/1"]))
    sending.start()
    assert running.held.wait(20)
    assert running.holder == "mailto:one@news.example"
    assert "/late/1" not in {push.path for push in running.log}
    running.go_on.set()
    sending.join()
    wait_until(lambda: "/late/1" in {push.path for push in running.log}, what="the log of what was held")
