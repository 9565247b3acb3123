"""What a person does in an extension's popup, in whichever browser."""

from __future__ import annotations

import contextlib
import json
from abc import ABC, abstractmethod
from typing import Any

from tests.e2e.drivers.scripts import MARK_BY_LABEL, SETTLED, SHOWN_TEXT
from tests.e2e.waiting import PATIENCE, until

_MARKED = "[data-tests]"
_PRESSED = "document.documentElement.hasAttribute('data-tests-pressed')"
_PRESSES = 4


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

    @abstractmethod
    def press_key(self, name: str) -> None:
        """Press a key where the focus is, named as `KeyboardEvent.key` names it."""

    def text(self, selector: str = "body") -> str:
        """The text of an element as it is shown; "" where it is hidden or missing."""
        return str(self.run(f"({SHOWN_TEXT})({json.dumps(selector)})"))

    def wait_for_text(self, selector: str, text: str, *, within: float = PATIENCE) -> None:
        until(lambda: text in self.text(selector), f"“{text}” in {selector}", within=within)

    def offers(self, label: str) -> bool:
        """Whether something to press has this name."""
        return bool(self.run(f"({MARK_BY_LABEL})({json.dumps(label)})"))

    def press(self, label: str) -> None:
        """Press what has this name, as a screen reader would say it, once the popup is at rest.

        A popup that paints itself anew just then takes the press from under the pointer: a person sees that
        nothing came of it, and presses again.
        """
        for _ in range(_PRESSES):
            until(lambda: self.offers(label), f"“{label}” to press")
            self.run(SETTLED)
            until(lambda: self.offers(label), f"“{label}” to press")
            self.click(_MARKED)
            with contextlib.suppress(TimeoutError):
                until(lambda: self.run(_PRESSED), f"a press of “{label}” that arrives", within=1)
                return
        raise TimeoutError(f"“{label}” was pressed {_PRESSES} times, and none arrived")
