"""What services need of the outside world; `newsbell.edges` fulfils it, tests fake it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from newsbell.domain.article import CleanArticle, Removal
from newsbell.domain.push import PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, VapidKey


class FetchedPage(Protocol):
    """A page as it came: `url` after redirects, `content_type` as the server named it."""

    @property
    def url(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...


class FetchedPicture(Protocol):
    """A raster picture; `content_type` by its own first bytes, not by what the server said."""

    @property
    def content(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...


class Cleaner(Protocol):
    """Cleans a page or a text, with the removals in `restored` put back where they stood.

    `newsbell.domain.cleaning.clean_restoring` is one; that of the server runs it where it can be killed
    (`newsbell.jobs.cleaning`). Raises errors of our tree, whatever the page is.
    """

    def __call__(
        self,
        source: str | bytes,
        url: str = "",
        *,
        content_type: str | None = None,
        restored: Sequence[Removal] = (),
    ) -> CleanArticle: ...


class PageFetcher(Protocol):
    """Fetches a page through the address guard; raises errors of our tree."""

    def fetch_page(self, url: str) -> FetchedPage: ...


class PictureFetcher(Protocol):
    """Fetches a picture through the address guard; raises errors of our tree."""

    def fetch_picture(self, url: str) -> FetchedPicture: ...


class Pusher(Protocol):
    """Encrypts and sends one message; an answer of the push service is a result, never an exception."""

    def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult: ...


class EndpointRules(Protocol):
    """Refuses push endpoints and keys that no browser's push service hands out."""

    def check(self, target: PushTarget) -> None: ...


class KeyMaker(Protocol):
    """A new VAPID pair: (private key as PKCS 8 PEM, public key as base64url of the point)."""

    def __call__(self) -> tuple[str, str]: ...
