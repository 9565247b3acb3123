"""A push transport that leads what is meant for a browser vendor's push service to a local one."""

from __future__ import annotations

from collections.abc import Generator, Iterable

import requests

from newsbell.edges.push_transport import Answer, Post, Reply
from tests.e2e.services.gcm import ORIGIN


class RoutedTransport:
    """Posts https://jmt17.google.com/…/<token> to <local>/send/<token>; anything else is a mistake.

    What is encrypted and signed stays as it was made for the real address.
    """

    def __init__(self, local: str) -> None:
        self._local = local

    def exchange(
        self, posts: Iterable[Post | None], *, at_once: int, timeout: float
    ) -> Generator[tuple[Post, Reply], None, None]:
        assert at_once > 0
        for post in posts:
            if post is not None:
                yield post, post.refusal or self._post(post, timeout)

    def _post(self, post: Post, timeout: float) -> Reply:
        assert post.url.startswith(f"{ORIGIN}/"), post.url
        token = post.url.rsplit("/", 1)[1]
        headers = dict(line.split(": ", 1) for line in post.headers)
        try:
            response = requests.post(
                f"{self._local}/send/{token}", data=post.body, headers=headers, timeout=timeout
            )
        except requests.RequestException as error:
            return OSError(str(error))
        return Answer(response.status_code, response.content)
