"""What services need of the outside world; `newsbell.edges` fulfils it, tests fake it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Protocol, TypeVar

from newsbell.domain.article import CleanArticle, Removal
from newsbell.domain.push import Outgoing, PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, VapidKey

M = TypeVar("M", bound=Outgoing)


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
    """Encrypts and sends messages; an answer of a push service is a result, never an exception.

    `send_many` takes a message only when it can begin it, has at most `at_once` under way, and gives each
    with its result, in the order of the answers. It may end before the messages do; all it took are answered.
    None among the messages: none may begin now; it asks again after an answer, or after a moment.
    """

    def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult: ...
    def send_many(
        self, messages: Iterable[M | None], *, at_once: int
    ) -> Generator[tuple[M, PushResult], None, None]: ...


class Hints(Protocol):
    """Told, after the commit, what has become due, so that somebody may look at once. A hint that is lost
    costs time and nothing else: the rows say what is due. Never raises, and never waits for anybody.
    """

    def alert_due(self, alert_id: int) -> None: ...
    def batch_planned(self, batch_id: int) -> None: ...


class NoHints:
    """Nobody is told: the worker looks at the rows often enough."""

    def alert_due(self, alert_id: int) -> None: ...
    def batch_planned(self, batch_id: int) -> None: ...


class EndpointRules(Protocol):
    """Refuses push endpoints and keys that no browser's push service hands out."""

    def check(self, target: PushTarget) -> None: ...


class KeyMaker(Protocol):
    """A new VAPID pair: (private key as PKCS 8 PEM, public key as base64url of the point)."""

    def __call__(self) -> tuple[str, str]: ...
