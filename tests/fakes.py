"""Stand-ins for the network's edge, the only fakes there are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from newsbell.domain.push import Outcome, Outgoing, PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.errors import NewsbellError, UnreachableError

M = TypeVar("M", bound=Outgoing)
SENT = PushResult(outcome=Outcome.SENT, status=201)


@dataclass
class FakePusher:
    """A push service that remembers what it was given; `answer` decides what it says to whom."""

    answer: Callable[[PushTarget], PushResult] = lambda _target: SENT
    sent: list[tuple[PushTarget, PushMessage, VapidKey]] = field(default_factory=list)

    def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult:
        self.sent.append((target, message, key))
        return self.answer(target)

    def send_many(
        self, messages: Iterable[M | None], *, at_once: int
    ) -> Generator[tuple[M, PushResult], None, None]:
        assert at_once > 0
        for one in messages:
            if one is not None:
                yield one, self.send(one.target, one.message, one.key)

    @property
    def endpoints(self) -> list[str]:
        return [target.endpoint for target, _, _ in self.sent]


@dataclass(frozen=True)
class Page:
    url: str
    content: bytes
    content_type: str = "text/html; charset=utf-8"


@dataclass
class FakeFetcher:
    """Pages and pictures by address; anything else cannot be reached."""

    pages: dict[str, Page | NewsbellError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch_page(self, url: str) -> Page:
        self.asked.append(url)
        found = self.pages.get(url, UnreachableError("Nobody answers there."))
        if isinstance(found, NewsbellError):
            raise found
        return found

    fetch_picture = fetch_page


class AnyEndpoint:
    """Rules that take every endpoint; those that do not are tested with the real ones."""

    def check(self, target: PushTarget) -> None:
        """Nothing is refused."""


@dataclass
class Clock:
    """A clock that goes only when told to."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by
