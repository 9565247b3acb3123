"""What a reader costs in bytes: rows and indexes on PostgreSQL, and a message on the wire.

The database is the benchmark's own; endpoints and keys are as long as those of the large push services, and as
hard to guess, so that indexes grow as they do there. The wire is counted between the sender and a push service
with TLS and HTTP/2, in both directions, handshakes included.
"""

from __future__ import annotations

import argparse
import socket
import tempfile
import threading
from collections import Counter
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from tests.jobs.proxy import Proxy
from tests.jobs.servers import MissingProgramError, own_postgresql

from benchmarks.sink import sink
from benchmarks.store import Browser, new_store, ring
from newsbell.config import Settings
from newsbell.domain.payload import alert_payload, story_tag
from newsbell.domain.push import Outcome, PushMessage, PushOrder
from newsbell.domain.subscription import PushTarget
from newsbell.edges.push import PushSender
from newsbell.edges.push_curl import CurlTransport
from newsbell.storage import articles, keys
from newsbell.storage.database import Connection, Database

TOPICS_OF_A_READER = 3
TOPICS = 1_000
READERS_OF_A_BATCH = 1_000
FAIL = 20
"""One reader in so many waits for another try."""
ENDPOINT = 188
"""Characters of an endpoint of Google's, the host included."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks sizes", description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=20_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        try:
            server = stack.enter_context(own_postgresql())
        except MissingProgramError as missing:
            print(missing)
            return 1
        settings, db = new_store(Path(name), database_url=server.url)
        stack.callback(db.close)
        _fill(db, settings, options.readers)
        _print_rows(db)
        _print_wire(db, settings, options.messages)
    return 0


def _fill(db: Database, settings: Settings, readers: int) -> None:
    ring(db, settings)
    steps = (
        """INSERT INTO topics (name, folded, slug, revision, articles, by_editor, created_at, changed_at)
           SELECT 't' || n, 't' || n, 't' || n, 0, 0, false, now(), now() FROM generate_series(1, :topics) n""",
        # Not in the order of anything, as they come; md5 gives 32 characters that look random.
        """INSERT INTO subscriptions
             (endpoint, p256dh, auth, vapid_key_id, manage_token_hash, created_at, first_success_at)
           SELECT left('https://fcm.googleapis.com/fcm/send/' || md5(n::text) || md5('a' || n) || md5('b' || n)
                       || md5('c' || n) || md5('d' || n), :endpoint),
                  left(md5('e' || n) || md5('f' || n) || md5('g' || n), 87), left(md5('h' || n), 22),
                  (SELECT min(id) FROM vapid_keys), md5('i' || n) || md5('j' || n), now(), now()
           FROM generate_series(1, :readers) n""",
        """INSERT INTO subscription_topics (topic_id, subscription_id)
           SELECT (SELECT min(id) FROM topics) + (s.id * 7919 + k * 331) % :topics, s.id
           FROM subscriptions s, generate_series(1, :each) k""",
        """INSERT INTO batches (alert_id, after_id, until_id, due_at, attempts, done_at)
           SELECT (SELECT min(id) FROM alerts), n, n + :size, now(), 1, now()
           FROM generate_series(0, :readers, :size) n""",
        """INSERT INTO retries (alert_id, subscription_id, due_at, attempts)
           SELECT (SELECT min(id) FROM alerts), id, now() + (id % 300) * interval '1 second', 1
           FROM subscriptions WHERE id % :fail = 0""",
    )
    values = {
        "topics": TOPICS, "endpoint": ENDPOINT, "readers": readers, "each": TOPICS_OF_A_READER,
        "size": READERS_OF_A_BATCH, "fail": FAIL,
    }  # fmt: skip
    for step in steps:
        with db.transaction() as conn:
            statement = sa.text(step)
            conn.execute(statement, {name: values[name] for name in statement.compile().params})
    with db.transaction() as conn:
        conn.execute(sa.text("ANALYZE"))


def _print_rows(db: Database) -> None:
    print(
        f"{'table':22}{'rows':>12}{'bytes a row':>13}{'in the table':>14}{'in indexes':>12}{'together, MB':>14}"
    )
    with db.read() as conn:
        for table in ("subscriptions", "subscription_topics", "batches", "retries"):
            rows, own, indexes = _sizes(conn, table)
            print(
                f"{table:22}{rows:12}{(own + indexes) / rows:13.0f}{own / rows:14.0f}{indexes / rows:12.0f}"
                f"{(own + indexes) / 1e6:14.1f}"
            )
        largest = conn.execute(
            sa.text(
                "SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes"
                " WHERE relname = 'subscriptions' ORDER BY 2 DESC LIMIT 1"
            )
        ).one()
        rows = _sizes(conn, "subscriptions")[0]
        print(
            f"the largest index of subscriptions: {largest[0]}, {largest[1] / rows:.0f} bytes a row",
            flush=True,
        )


def _sizes(conn: Connection, table: str) -> tuple[int, int, int]:
    statement = f"SELECT (SELECT count(*) FROM {table}), pg_table_size('{table}'), pg_indexes_size('{table}')"  # noqa: S608 - names of our own
    rows, own, indexes = conn.execute(sa.text(statement)).one()
    return int(rows), int(own), int(indexes)


class Counting(Proxy):
    """Counts the bytes it passes on, to the service and back."""

    def __init__(self, host: str, port: int) -> None:
        self.bytes: Counter[str] = Counter()
        self._counting = threading.Lock()
        super().__init__(host, port)

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            there = "out" if sink.getpeername()[1] == self._target[1] else "back"
            while data := source.recv(65_536):
                sink.sendall(data)
                with self._counting:
                    self.bytes[there] += len(data)


def _print_wire(db: Database, settings: Settings, messages: int) -> None:
    with db.read() as conn:
        article = articles.get(conn, 1)
        key = keys.current(conn)
    assert article is not None
    assert key is not None
    message = PushMessage(
        payload=alert_payload(article, "https://news.example.org"),
        ttl=86_400,
        topic=story_tag(article.story_id),
    )
    with tempfile.TemporaryDirectory() as name, sink(Path(name), 0) as service:
        between = Counting("127.0.0.1", service.port)
        host = f"127.0.0.1:{between.port}"
        known = replace(settings, private_hosts=frozenset({host}))
        sender = PushSender(known, transport=CurlTransport(known, ca_bundle=str(service.cert)))
        browser = Browser()
        path = "x" * (ENDPOINT - len("https://fcm.googleapis.com/") - 8)
        orders = (
            PushOrder(
                PushTarget(
                    endpoint=f"https://{host}/{path}{number:08}",
                    p256dh=browser.p256dh,
                    auth=browser.auth_text,
                ),
                message,
                key,
            )
            for number in range(messages)
        )
        began = datetime.now(UTC)
        with closing(sender.send_many(orders, at_once=600)) as answers:
            taken = sum(result.outcome is Outcome.SENT for _, result in answers)
        seconds = (datetime.now(UTC) - began).total_seconds()
        between.cut()
    assert taken == messages
    print(
        f"a message of {len(message.payload)} bytes to an endpoint of {ENDPOINT} characters: "
        f"{between.bytes['out'] / messages:.0f} bytes out, {between.bytes['back'] / messages:.0f} back, "
        f"before TCP and IP ({messages} messages, {messages / seconds:.0f} a second through the counter)"
    )
