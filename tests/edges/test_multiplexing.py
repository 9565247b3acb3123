"""Over HTTP/2 many messages are under way at once, on few connections: to a real service, with TLS."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier

import pytest

from newsbell.config import Settings
from newsbell.domain.push import Outcome, PushOrder
from newsbell.edges.push import PushSender
from newsbell.edges.push_curl import CurlTransport
from tests.edges.browser import Browser
from tests.edges.conftest import Serve
from tests.edges.http2 import http2_before
from tests.edges.local import Exchange
from tests.edges.pushing import KEY, MESSAGE
from tests.jobs.waiting import wait_until

pytestmark = pytest.mark.slow

_UNDER_WAY = 120
"""All at one time: the service answers none before the last has come. With HTTP/1.1 64 would be the most."""
_FEW = 4


def test_many_messages_are_under_way_on_few_connections(serve: Serve, tmp_path: Path) -> None:
    all_are_here = Barrier(_UNDER_WAY)

    def together(exchange: Exchange) -> None:
        all_are_here.wait(60)
        exchange.answer(201)

    with http2_before(serve(together), tmp_path) as service:
        settings = Settings(
            private_hosts=frozenset({service.host}), vapid_subject="mailto:operator@bell.example"
        )
        transport = CurlTransport(settings, ca_bundle=str(service.certificate))
        sender, browser = PushSender(settings, timeout=60, transport=transport), Browser()
        orders = [
            PushOrder(browser.target(f"https://{service.host}/push/{number}"), MESSAGE, KEY)
            for number in range(3 * _UNDER_WAY)
        ]
        results = [result for _, result in sender.send_many(orders, at_once=_UNDER_WAY)]
        assert [result.outcome for result in results] == [Outcome.SENT] * len(orders)
        wait_until(lambda: len(service.requests()) == len(orders), what="the log of each request")
        asked = service.requests()
    assert {(protocol, status) for _, protocol, status in asked} == {("HTTP/2.0", "201")}
    assert len({connection for connection, _, _ in asked}) <= _FEW
