"""A screen without a monitor, and a pointer on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

MISSING = [program for program in ("Xvfb", "xdotool") if not shutil.which(program)]


X_KEYS = {"Enter": "Return", "ArrowDown": "Down"}
"""What X calls keys that `KeyboardEvent.key` calls otherwise."""


class Display:
    def __init__(self, name: str) -> None:
        # No desktop's message bus: notifications are drawn by the browser itself.
        self.environment = {**os.environ, "DISPLAY": name, "DBUS_SESSION_BUS_ADDRESS": "disabled:"}

    def click(self, x: int, y: int) -> None:
        self._do("mousemove", str(x), str(y), "click", "1")

    def click_right(self, x: int, y: int) -> None:
        self._do("mousemove", str(x), str(y), "click", "3")

    def press(self, key: str) -> None:
        """Press a key by its X name: "Escape", "Tab", "alt+shift+n"."""
        self._do("key", key)

    def type(self, text: str) -> None:
        self._do("type", "--delay", "1", text)

    def _do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, env=self.environment)


@contextmanager
def virtual_display() -> Iterator[Display]:
    """An Xvfb at a number that is free."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as number:
            yield Display(f":{number.readline().strip()}")
    finally:
        server.terminate()
        server.wait(10)
