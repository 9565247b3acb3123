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

    def mirrored(self, frame: Box) -> Box:
        """The same as far from the right of the frame as this is from its left."""
        return self._replace(x=frame.x + frame.width - (self.x - frame.x) - self.width)


class NativeUI:
    def __init__(self, connection: Connection, *, mirrored: bool = False) -> None:
        """`mirrored` where the browser is in a language that is written from the right: the inspector counts
        from the left all the same."""
        self._connection = connection
        self._mirrored = mirrored

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

    def last_item_with_icon(self) -> Box | None:
        """Where the last item with a picture stands in the menu that is open; None while none is. The
        inspector shows no item's words: an extension's is told by its icon."""
        items = [box for node, box in self._found(None, "MenuItemView") if _holds(node, "ImageView")]
        return items[-1] if items else None

    def _search(self, window: str | None, name: str, label: str | None) -> Box | None:
        with_label = (
            box for node, box in self._found(window, name) if label in (None, self._values(node).get("Text"))
        )
        with suppress(ProtocolError):  # what is looked at went away meanwhile
            return next(with_label, None)
        return None

    def _found(self, window: str | None, name: str) -> Iterator[tuple[Node, Box]]:
        """The visible views of this class name, each with its place."""
        for candidate in self._windows(window):
            frame = self._window_box(candidate)
            for child in candidate.get("children", []):
                for node, box in self._find(child, name, frame.x, frame.y):
                    yield node, box.mirrored(frame) if self._mirrored else box

    def _windows(self, name: str | None) -> Iterator[Node]:
        """The windows that show something; those of this class name where one is given."""
        for node in _walk(self._connection.send("DOM.getDocument")["root"]):
            if node["nodeName"] == "Window" and (name is None or name in node.get("attributes", [])):
                yield node

    def _find(self, node: Node, name: str, x: int, y: int) -> Iterator[tuple[Node, Box]]:
        if node["nodeName"] == "Window" or not _holds(node, name):
            return  # a window inside is one of its own
        if node["nodeName"] == "View":
            values = self._values(node)
            if values.get("Visible") != "true":
                return
            x, y = x + int(values.get("X", 0)), y + int(values.get("Y", 0))
            if name in node["attributes"]:
                yield node, Box(x, y, int(values["Width"]), int(values["Height"]))
        for child in node.get("children", []):
            yield from self._find(child, name, x, y)

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
