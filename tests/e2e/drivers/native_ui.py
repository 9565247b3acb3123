"""Chromium's own windows and dialogs, which no page protocol shows: found by its inspector for native
widgets, so that a real pointer can press them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from tests.e2e.drivers.cdp import Connection, ProtocolError
from tests.e2e.waiting import until

Node = dict[str, Any]


class Box(NamedTuple):
    """A rectangle on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class NativeUI:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def button(self, label: str, dialog: str) -> Box | None:
        """Where the button stands in the dialog of this class name; None while it is not there."""
        return self._search(dialog, "MdTextButton", label)

    def view(self, name: str) -> Box | None:
        """Where the first visible view of this class name is; None while there is none."""
        return self._search(None, name, None)

    def steady_button(self, label: str, dialog: str) -> Box:
        """The same, waited for until it stands still: dialogs slide in."""
        last: Box | None = None

        def still() -> Box | None:
            nonlocal last
            last, before = self.button(label, dialog), last
            return last if last and last == before else None

        return until(still, f"{label} in {dialog}")

    def window(self, content: str) -> Box | None:
        """Where the window is that holds a view of this class name; None while there is none."""
        with suppress(ProtocolError):  # the window went away while it was looked at
            found = next(self._windows(content), None)
            return self._window_box(found) if found else None
        return None

    def _search(self, window: str | None, name: str, label: str | None) -> Box | None:
        with suppress(ProtocolError):  # what is looked at went away meanwhile
            for candidate in self._windows(window):
                origin = self._window_box(candidate)
                for child in candidate.get("children", []):
                    box = self._find(child, name, label, origin.x, origin.y)
                    if box:
                        return box
        return None

    def _windows(self, name: str | None) -> Iterator[Node]:
        """The windows that show something; those of this class name where one is given."""
        for node in _walk(self._connection.send("DOM.getDocument")["root"]):
            if node["nodeName"] == "Window" and (name is None or name in node.get("attributes", [])):
                yield node

    def _find(self, node: Node, name: str, label: str | None, x: int, y: int) -> Box | None:
        if node["nodeName"] == "Window" or not _holds(node, name):
            return None  # a window inside is one of its own
        if node["nodeName"] == "View":
            values = self._values(node)
            if values.get("Visible") != "true":
                return None
            x, y = x + int(values.get("X", 0)), y + int(values.get("Y", 0))
            if name in node["attributes"] and label in (None, values.get("Text")):
                return Box(x, y, int(values["Width"]), int(values["Height"]))
        found = (self._find(child, name, label, x, y) for child in node.get("children", []))
        return next((box for box in found if box), None)

    def _window_box(self, window: Node) -> Box:
        place, _, size = self._values(window)["BoundsInScreen"].partition(" ")
        x, y = place.split(",")
        width, height = size.split("x")
        return Box(int(x), int(y), int(width), int(height))

    def _values(self, node: Node) -> dict[str, str]:
        styles = self._connection.send("CSS.getMatchedStylesForNode", nodeId=node["nodeId"])
        return {
            value["name"]: value["value"]
            for rule in styles["matchedCSSRules"]
            for value in rule["rule"]["style"]["cssProperties"]
        }


def _holds(node: Node, name: str) -> bool:
    return any(name in child.get("attributes", []) for child in _walk(node))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("children", []):
        yield from _walk(child)
