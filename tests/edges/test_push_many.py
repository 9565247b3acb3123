from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from newsbell.domain.push import Outcome, PushOrder
from newsbell.domain.subscription import PushTarget
from tests.edges.browser import Browser
from tests.edges.conftest import Serve
from tests.edges.local import Exchange
from tests.edges.pushing import KEY, MESSAGE, answering, sender_to


def test_messages_under_way_at_once_reach_each_its_own_browser(serve: Serve) -> None:
    server = serve(answering(201))
    browsers = {f"/push/{number}": Browser(auth=b"auth of %8d" % number) for number in range(60)}
    orders = [PushOrder(who.target(server.url + path), MESSAGE, KEY) for path, who in browsers.items()]
    results = list(sender_to(server).send_many(orders, at_once=8))
    assert {result.outcome for _, result in results} == {Outcome.SENT}
    assert sorted(id(order) for order, _ in results) == sorted(map(id, orders))
    assert sorted(received.path for received in server.received) == sorted(browsers)
    for received in server.received:
        assert browsers[received.path].decrypt(received.body) == MESSAGE.payload


def test_no_more_is_taken_than_can_be_under_way(serve: Serve) -> None:
    server = serve(answering(201))
    taken: list[int] = []

    def orders() -> Iterator[PushOrder]:
        for number in range(20):
            taken.append(number)
            yield PushOrder(Browser().target(server.url), MESSAGE, KEY)

    for answered, _ in enumerate(sender_to(server).send_many(orders(), at_once=3)):
        assert len(taken) - answered <= 2 * 3, "those under way, and those whose answers wait here"


def test_one_that_cannot_be_sent_does_not_stop_the_others(serve: Serve) -> None:
    server = serve(answering(201))
    targets = [Browser().target(server.url), PushTarget(endpoint="nothing", p256dh="", auth="")]
    orders = [PushOrder(target, MESSAGE, KEY) for target in (*targets, targets[0])]
    results = {id(order): result.outcome for order, result in sender_to(server).send_many(orders, at_once=2)}
    assert [results[id(order)] for order in orders] == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]


def test_an_exchange_that_is_left_does_not_disturb_the_next(serve: Serve) -> None:
    server = serve(answering(201))
    sender, target = sender_to(server), Browser().target(server.url)
    under_way = sender.send_many([PushOrder(target, MESSAGE, KEY)] * 10, at_once=4)
    next(under_way)
    under_way.close()
    assert sender.send(target, MESSAGE, KEY).outcome is Outcome.SENT


def test_answers_are_read_while_the_sender_is_kept_waiting(serve: Serve) -> None:
    """Otherwise what the service has taken would count as failed, and be sent again."""
    kept_waiting, too_long = Event(), 2.0

    def answer(exchange: Exchange) -> None:
        if not exchange.path.endswith("/0"):
            kept_waiting.wait(10)
        exchange.answer(201)

    server, browser = serve(answer), Browser()
    orders = [PushOrder(browser.target(f"{server.url}/{n}"), MESSAGE, KEY) for n in range(8)]
    outcomes = []
    for _, result in sender_to(server, timeout=too_long).send_many(orders, at_once=8):
        outcomes.append(result.outcome)
        if not kept_waiting.is_set():
            kept_waiting.set()
            Event().wait(1.5 * too_long)  # nothing ends it: a ledger that is locked for so long
    assert outcomes == [Outcome.SENT] * len(orders)
    assert len(server.received) == len(orders)


def test_threads_share_one_sender(serve: Serve) -> None:
    server, browser = serve(answering(201)), Browser()
    sender = sender_to(server)
    targets = [browser.target(f"{server.url}/push/{number}") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda target: sender.send(target, MESSAGE, KEY), targets))
    assert {result.outcome for result in results} == {Outcome.SENT}
    assert sorted(received.path for received in server.received) == sorted(f"/push/{n}" for n in range(40))
    assert all(browser.decrypt(received.body) == MESSAGE.payload for received in server.received)
