"""A real Chromium on a virtual screen, and what a person does in it."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.drivers.cdp import Connection, connected
from tests.e2e.drivers.chromium_page import Page
from tests.e2e.drivers.display import X_KEYS, Display
from tests.e2e.drivers.native_ui import Box, NativeUI
from tests.e2e.drivers.processes import running
from tests.e2e.services import paper
from tests.e2e.waiting import until

BINARY = shutil.which("chromium") or shutil.which("chromium-browser")

FAR_HOST = "newsbell.example"
"""A name that leads to this machine, and that the browser takes for a host somewhere else."""

FROM_THE_RIGHT = "--force-ui-direction=rtl"
"""The switch that has the browser look as in Arabic or Hebrew."""

_SWITCHES = [
    "--remote-debugging-port=0",
    "--no-sandbox",  # tests run as root in containers
    "--no-first-run",
    "--allow-pre-commit-input",
    "--password-store=basic",
    "--disable-dev-shm-usage",
    "--window-position=0,0",
    "--window-size=1000,700",
    f"--host-resolver-rules=MAP {FAR_HOST} 127.0.0.1, MAP {paper.HOST} 127.0.0.1",
]
_PROMPT = "PermissionPromptBubbleBaseView"
_NOTIFICATION = "MessagePopupView"
_PRESSES = 6
# The page moves after it has loaded, when the browser adds a bar above it.
_CENTRE_WHEN_STILL = """(async () => {
    const element = document.querySelector(%s);
    let before = "", still = 0;
    while (still < 3) {
        await new Promise(requestAnimationFrame);
        const box = element.getBoundingClientRect();
        const now = [box.x, box.y, innerHeight, outerHeight].join();
        still = now === before ? still + 1 : 0;
        before = now;
    }
    element.scrollIntoView({block: "center", behavior: "instant"});
    const box = element.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
})()"""


@contextmanager
def running_chromium(folder: Path, display: Display, switches: Sequence[str] = ()) -> Iterator[Chromium]:
    """A headed Chromium with its profile in `folder`: a new one, or that of a Chromium that has ended."""
    assert BINARY, "no Chromium on this machine"
    (folder / "DevToolsActivePort").unlink(missing_ok=True)
    inspector = _free_port()
    own = [f"--user-data-dir={folder}", f"--enable-ui-devtools={inspector}"]
    with running([BINARY, *own, *_SWITCHES, *switches, "about:blank"], environment=display.environment):
        address = until(lambda: _read_address(folder / "DevToolsActivePort"), "Chromium's address")
        until(lambda: _listens(inspector), "the inspector of native widgets")
        with connected(address) as pages, connected(f"ws://127.0.0.1:{inspector}/0") as widgets:
            native = NativeUI(widgets, mirrored=FROM_THE_RIGHT in switches)
            yield Chromium(pages, native, display)


class Chromium(Page):
    """The browser, and the tab it began with."""

    def __init__(self, connection: Connection, native: NativeUI, display: Display) -> None:
        self.connection = connection
        self.native = native
        self.display = display
        tab = until(lambda: next(iter(self._pages()), None), "a tab")
        super().__init__(connection, tab["targetId"])
        self.send("Page.enable")

    def open(self, address: str) -> None:
        self.send("Page.bringToFront")  # a tab behind another draws no frames
        # Answered as soon as the new page is on its way: the one before may still be there for a moment.
        wanted = self.send("Page.navigate", url=address).get("loaderId")
        until(lambda: wanted in (None, self._loader()), f"{address}, arrived")
        until(lambda: self.run("document.readyState === 'complete'"), f"{address}, loaded")

    def _loader(self) -> str:
        """Which page is there; another each time one is opened."""
        return str(self.send("Page.getFrameTree")["frameTree"]["frame"]["loaderId"])

    def click(self, selector: str) -> None:
        x, y = self.run(_CENTRE_WHEN_STILL % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, selector: str, text: str) -> None:
        self.click(selector)
        self.send("Input.insertText", text=text)

    def press_key(self, name: str) -> None:
        """Press a key where the focus is, named as `KeyboardEvent.key` names it."""
        self.display.press(X_KEYS.get(name, name))

    def press_keys(self, text: str) -> None:
        """Type where the focus is."""
        self.display.type(text)

    def use_scheme(self, scheme: str) -> None:
        """Let this tab be "dark" or "light" from now on."""
        wanted = {"name": "prefers-color-scheme", "value": scheme}
        self.send("Emulation.setEmulatedMedia", features=[wanted])

    def tabs(self) -> list[str]:
        return [str(page["url"]) for page in self._pages()]

    def press_in_prompt(self, label: str) -> None:
        """Press a button of the permission prompt with the pointer."""
        self.native.steady_button(label, _PROMPT)
        self.press_until_gone(lambda: self.native.button(label, _PROMPT), f"the prompt’s {label}")

    def wait_for_notification(self) -> None:
        until(self._notification_box, "a notification on the screen")

    def notifications(self) -> list[tuple[str, str]]:
        """Title and text of the notifications this site shows."""
        found = self.run(
            "navigator.serviceWorker.ready.then((worker) => worker.getNotifications())"
            ".then((shown) => shown.map((one) => [one.title, one.body]))"
        )
        return [(title, body) for title, body in found]

    def click_notification(self) -> None:
        """Press the notification on the screen."""
        self.wait_for_notification()
        self.press_until_gone(self._notification_box, "the notification")

    def _notification_box(self) -> Box | None:
        return self.native.window(_NOTIFICATION)

    def press_until_gone(self, look: Callable[[], Box | None], what: str) -> None:
        """Press, and again where nothing came of it: what has just appeared ignores clicks for a moment,
        and takes clicks in quick succession for one (Chromium's InputEventActivationProtector)."""
        for _ in range(_PRESSES):
            box = look()
            if box is None:
                return
            self.display.click(*box.centre)
            with contextlib.suppress(TimeoutError):
                until(lambda: look() is None, f"{what}, gone", within=1.5)
        raise TimeoutError(f"{what} is still there after {_PRESSES} presses")

    def targets(self) -> list[dict[str, Any]]:
        """Everything in the browser that runs scripts: tabs, popups, workers."""
        found: list[dict[str, Any]] = self.connection.send("Target.getTargets", filter=[{}])["targetInfos"]
        return found

    def attach(self, target: str) -> Page:
        return Page(self.connection, target)

    def open_behind(self, address: str) -> Page:
        """A tab behind the present one."""
        return self.attach(
            self.connection.send("Target.createTarget", url=address, background=True)["targetId"]
        )

    def _pages(self) -> list[dict[str, Any]]:
        return [target for target in self.targets() if target["type"] == "page"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _read_address(file: Path) -> str | None:
    try:
        port, path, *_ = file.read_text(encoding="ascii").split("\n")
    except (OSError, ValueError):
        return None
    return f"ws://127.0.0.1:{port}{path}"
