"""What a person does in an extension's popup, in whichever browser."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

from tests.e2e.drivers.scripts import MARK_BY_LABEL, SETTLED, SHOWN_TEXT
from tests.e2e.waiting import until

_MARKED = "[data-tests]"


class AnyPopup(ABC):
    @abstractmethod
    def run(self, expression: str) -> Any:
        """The value of an expression in the popup, a promise's included."""

    @abstractmethod
    def click(self, selector: str) -> None:
        """Press an element with the pointer, once it stands still."""

    @abstractmethod
    def type(self, selector: str, text: str) -> None:
        """Press a field and type."""

    def text(self, selector: str = "body") -> str:
        """The text of an element as it is shown; "" where it is hidden or missing."""
        return str(self.run(f"({SHOWN_TEXT})({json.dumps(selector)})"))

    def wait_for_text(self, selector: str, text: str, *, within: float = 20) -> None:
        until(lambda: text in self.text(selector), f"“{text}” in {selector}", within=within)

    def offers(self, label: str) -> bool:
        """Whether something to press has this name."""
        return bool(self.run(f"({MARK_BY_LABEL})({json.dumps(label)})"))

    def press(self, label: str) -> None:
        """Press what has this name, as a screen reader would say it, once the popup is at rest."""
        until(lambda: self.offers(label), f"“{label}” to press")
        self.run(SETTLED)
        until(lambda: self.offers(label), f"“{label}” to press")
        self.click(_MARKED)
