"""One page in Chromium: a tab, or a window that an extension opened."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.drivers.cdp import Connection, ProtocolError
from tests.e2e.drivers.scripts import SHOWN_TEXT
from tests.e2e.waiting import PATIENCE, until


class Page:
    def __init__(self, connection: Connection, target: str) -> None:
        self.target = target
        self.connection = connection
        self._session: str = connection.send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]

    def send(self, method: str, **parameters: Any) -> Any:
        return self.connection.send(method, session=self._session, **parameters)

    def run(self, expression: str) -> Any:
        """The value of an expression in the page, a promise's included."""
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise ProtocolError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    value = run
    """The same under the name that a Firefox has for it."""

    def text(self, selector: str) -> str:
        """The text of an element as it is shown; "" where it is hidden or missing."""
        return str(self.run(f"({SHOWN_TEXT})({json.dumps(selector)})"))

    def wait_for_text(self, selector: str, text: str, *, within: float = PATIENCE) -> None:
        until(lambda: text in self.text(selector), f"“{text}” in {selector}", within=within)
