"""create_app: the Flask wiring, nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from newsbell.config import Settings
from newsbell.edges.endpoints import PushEndpointRules
from newsbell.edges.fetch import Fetcher, FetchLimits
from newsbell.edges.push import PushSender
from newsbell.jobs.cleaning import CleaningProcesses
from newsbell.jobs.hints import hints_for
from newsbell.services.media import PictureCache, media_key
from newsbell.services.ports import (
    Cleaner,
    EndpointRules,
    Hints,
    NoHints,
    PageFetcher,
    PictureFetcher,
    Pusher,
)
from newsbell.storage.database import Database, open_database
from newsbell.web import api, context, errors, feeds, headers, health, limits, media, pages

MAX_BODY = 12 * 1024 * 1024
"""Bytes of any request: a page of 10 MB and its JSON around it. Routes that take less bound it themselves."""


def create_app(
    settings: Settings,
    *,
    db: Database,
    cleaner: Cleaner,
    fetcher: PageFetcher,
    picture_fetcher: PictureFetcher,
    pusher: Pusher,
    rules: EndpointRules,
    clock: Callable[[], datetime],
    hints: Hints | None = None,
) -> Flask:
    """The web application over an open store; the edges, the clock, and whom to tell of an alert are what it
    is given.
    """
    app = Flask("newsbell.web", static_folder="static", template_folder="templates")
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, SEND_FILE_MAX_AGE_DEFAULT=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # flask types the interface, not its default
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the same
    context.install(
        app,
        context.Context(
            settings=settings,
            db=db,
            cleaner=cleaner,
            fetcher=fetcher,
            picture_fetcher=picture_fetcher,
            pusher=pusher,
            rules=rules,
            clock=clock,
            hints=hints or NoHints(),
            pictures=PictureCache(settings.data_dir / "pictures"),
            media_key=media_key(db),
        ),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # flask's documented way
    for blueprint in (pages.blueprint, feeds.blueprint, media.blueprint, api.blueprint, health.blueprint):
        app.register_blueprint(blueprint)
    headers.install(app)
    errors.install(app)
    limits.install(app)
    return app


def wsgi() -> Flask:
    """The application of `newsbell serve`, with the settings of the environment and the real edges."""
    settings = Settings.from_environment(os.environ)
    db = open_database(settings)
    return create_app(
        settings,
        db=db,
        cleaner=CleaningProcesses(),
        fetcher=Fetcher(settings),
        # A page waits for its pictures: a host that does not answer must not hold a thread for long.
        picture_fetcher=Fetcher(settings, limits=FetchLimits(total=8)),
        pusher=PushSender(settings),
        rules=PushEndpointRules(settings),
        clock=lambda: datetime.now(UTC),
        hints=hints_for(settings, db),
    )
