"""What travels to push services and back, and what carries it: the seam where tests put in their own."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol


@dataclass(eq=False, slots=True)
class Post:
    """One request. `about` is the caller's own, given back with the reply. `trusted`: the operator named the
    host, so it may be private and need not speak TLS. With `refusal` nothing is sent: that is the reply.
    """

    about: Any
    url: str
    headers: Sequence[str]
    body: bytes
    trusted: bool
    refusal: Exception | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a push service said: the status, the first bytes of its words, and the wait it asked for."""

    status: int
    words: bytes = b""
    retry_after: timedelta | None = None


Reply = Answer | Exception
"""An answer; or RefusedError, MalformedError or OSError where none came."""


class PushTransport(Protocol):
    """Posts what it is given, at most `at_once` at a time, and gives each reply as it comes. It takes a post
    only when it can begin it. `timeout` in seconds bounds each post; redirects are answers like any other.
    """

    def exchange(
        self, posts: Iterable[Post | None], *, at_once: int, timeout: float
    ) -> Generator[tuple[Post, Reply], None, None]: ...
