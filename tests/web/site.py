"""A whole web application over a real database, with the network's edges faked and a clock that stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from newsbell.app import create_app
from newsbell.config import Settings
from newsbell.domain.cleaning import clean_restoring
from newsbell.edges.endpoints import PushEndpointRules
from newsbell.services.ports import Cleaner, PageFetcher, PictureFetcher
from newsbell.services.tokens import create_token
from newsbell.storage.database import Database
from tests.fakes import Clock, FakeFetcher, FakePusher
from tests.pages import news_page

BASE_URL = "https://news.example"
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/a-browser"
# A browser's keys, from the example of RFC 8291 section 5.
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
# The same, from the example of the server's side: another point on the curve.
OTHER_KEYS = {
    "p256dh": "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
    "auth": "AAAAAAAAAAAAAAAAAAAAAA",
}


class _Compiled(BytecodeCache):
    """The templates of all applications of a test process: each is compiled once, and not for every test."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


class _Route(Rule):
    """A route whose addresses are made by code that is written once, and not for every application."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, self.subdomain, repr(self.defaults), append_unknown)
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]


_compiled = _Compiled()
_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
Flask.url_rule_class = _Route


@dataclass(kw_only=True)
class Site:
    """The application, what it stands on, and the requests that most tests begin with."""

    app: Flask
    client: FlaskClient
    db: Database
    settings: Settings
    fetcher: FakeFetcher
    pusher: FakePusher
    clock: Clock
    _token: str = ""

    @property
    def editor(self) -> dict[str, str]:
        """Headers with an API token."""
        if not self._token:
            self._token = create_token(self.db, "editor", self.clock())
        return bearer(self._token)

    def save(self, **body: Any) -> TestResponse:
        """Save a page of our own by the API; fields given replace the usual ones, None leaves one out."""
        usual = {"url": "https://paper.example/2026/ferry", "html": news_page()}
        given = {name: value for name, value in (usual | body).items() if value is not None}
        return self.send("/api/v1/articles", given, headers=self.editor)

    def follow(self, topics: Sequence[str] = ("Russia",), **body: Any) -> TestResponse:
        """Subscribe a browser by the API."""
        given = {"endpoint": ENDPOINT, "keys": KEYS, "topics": list(topics)} | body
        return self.send("/api/v1/subscriptions", given)

    def send(self, path: str, body: object, **options: Any) -> TestResponse:
        """Post JSON; in ASCII, so that it can hold what UTF-8 cannot."""
        return self.client.post(path, data=json.dumps(body), content_type="application/json", **options)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return row_counts(self.db)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def build(
    settings: Settings,
    database: Database,
    clock: Clock,
    fetcher: PageFetcher | None = None,
    picture_fetcher: PictureFetcher | None = None,
    cleaner: Cleaner = clean_restoring,
) -> Site:
    """An application over the database; fetchers given are used instead of the fake one. Pages are cleaned in
    this process unless another cleaner is given.
    """
    fake_fetcher, pusher = FakeFetcher(), FakePusher()
    app = create_app(
        settings,
        db=database,
        cleaner=cleaner,
        fetcher=fetcher or fake_fetcher,
        picture_fetcher=picture_fetcher or fake_fetcher,
        pusher=pusher,
        rules=PushEndpointRules(settings),
        clock=clock,
    )
    app.jinja_env.bytecode_cache = _compiled
    return Site(
        app=app,
        client=app.test_client(),
        db=database,
        settings=settings,
        fetcher=fake_fetcher,
        pusher=pusher,
        clock=clock,
    )


def row_counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    from sqlalchemy import func, select

    from newsbell.storage.schema import metadata

    with database.read() as conn:
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
