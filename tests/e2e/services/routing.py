"""A push transport that leads what is meant for a browser vendor's push service to a local one."""

from __future__ import annotations

from collections.abc import Mapping

import requests

from newsbell.edges.push import Answer
from tests.e2e.services.gcm import ORIGIN


class RoutedTransport:
    """Posts https://jmt17.google.com/…/<token> to <local>/send/<token>; anything else is a mistake.

    What is encrypted and signed stays as it was made for the real address.
    """

    def __init__(self, local: str) -> None:
        self._local = local

    def post(self, url: str, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        assert url.startswith(f"{ORIGIN}/"), url
        token = url.rsplit("/", 1)[1]
        response = requests.post(
            f"{self._local}/send/{token}", data=data, headers=dict(headers), timeout=timeout
        )
        return response.status_code, response.headers, response.content
