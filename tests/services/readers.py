"""Readers' browsers and what rings them."""

from functools import cache

from newsbell.domain.subscription import PushTarget
from newsbell.services.delivery import Delivery
from newsbell.services.importing import Source, import_article
from newsbell.storage import delivery
from tests.factories import push_target, subscribers
from tests.pages import news_page, paragraphs_of


@cache
def browser(name: str) -> PushTarget:
    """The push subscription of the browser of that name, at a push service that Newsbell knows."""
    return push_target(f"https://updates.push.services.mozilla.com/wpush/{name}")


def followers(work: Delivery, count: int, *, host: str = "push.example", proven: bool = True) -> list[str]:
    """Store as many readers of that push service, `proven` if they were rung before; their endpoints."""
    endpoints = [f"https://{host}/{number}" for number in range(count)]
    with work.db.transaction() as conn:
        subscribers(conn, endpoints, "Russia", proven=proven)
    return endpoints


def ring(work: Delivery, url: str = "https://news.example/a") -> None:
    """Store a story that rings for all of them."""
    page = news_page(topics=["Russia"], paragraphs=paragraphs_of(url))
    assert import_article(work.db, work.settings, Source(url=url, content=page), now=work.clock()).rung


def left(work: Delivery) -> tuple[int, int, int]:
    """The alerts, batches and retries there are still."""
    with work.db.read() as conn:
        found = delivery.pending(conn, work.clock())
    return found.alerts, found.batches, found.retries
