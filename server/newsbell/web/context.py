"""What a view may use, handed in by create_app and found on the Flask app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from newsbell.config import Settings
from newsbell.services.media import PictureCache
from newsbell.services.ports import Cleaner, EndpointRules, Hints, PageFetcher, PictureFetcher, Pusher
from newsbell.storage.database import Database

_KEY = "newsbell"


@dataclass(frozen=True, kw_only=True)
class Context:
    """The store, the edges and the clock, as given to `create_app`. `media_key` signs picture addresses."""

    settings: Settings
    db: Database
    cleaner: Cleaner
    fetcher: PageFetcher
    picture_fetcher: PictureFetcher
    pusher: Pusher
    rules: EndpointRules
    clock: Callable[[], datetime]
    hints: Hints
    pictures: PictureCache
    media_key: bytes


def install(app: Flask, context: Context) -> None:
    app.extensions[_KEY] = context


def current() -> Context:
    """The context of the app that answers this request."""
    context: Context = current_app.extensions[_KEY]
    return context
