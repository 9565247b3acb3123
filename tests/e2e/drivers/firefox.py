"""A real Firefox, and what a person does in it: press, allow, read a notification, click it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen
from typing import Any

from tests.e2e.drivers.marionette import Marionette
from tests.e2e.drivers.processes import running
from tests.e2e.drivers.scripts import SHOWN_TEXT
from tests.e2e.services import paper
from tests.e2e.waiting import PATIENCE, until

BINARY = shutil.which("firefox-esr") or shutil.which("firefox")

FAR_HOST = "newsbell.example"
"""A name that leads to this machine, and that the browser takes for a host somewhere else."""
_FAR_HOSTS = (FAR_HOST, paper.HOST)

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver section 12.1
_KEYS = {  # WebDriver section 15.4.2
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Alt": "\ue00a",
    "ArrowDown": "\ue015",
}
_SECONDS_TO_QUIT = 30
_PRESSES = 4
_SCHEME = "layout.css.prefers-color-scheme.content-override"
_PREFERENCES: dict[str, Any] = {
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "marionette.port": 0,
    # Buttons of a permission prompt are dead for a moment, against clicks meant for something else.
    "security.notification_enable_delay": 0,
    "network.dns.localDomains": ",".join(_FAR_HOSTS),
    # Notifications drawn by Firefox itself: no desktop is there to draw them.
    "alerts.useSystemBackend": False,
}
_PROMPT_BUTTON = """
    const panel = PopupNotifications.panel;
    if (panel.state !== "open" || !panel.firstElementChild) return null;
    const { button, secondaryButton } = panel.firstElementChild;
    const wanted = [button, secondaryButton].find((one) => one.label === arguments[0]);
    const box = wanted?.getBoundingClientRect();
    return box?.width ? [box.x + box.width / 2, box.y + box.height / 2] : null;
"""
_ALERT_TEXTS = """
    const read = (id) => { const e = document.getElementById(id); return e.value || e.textContent; };
    return [read("alertTitleLabel"), read("alertTextLabel")];
"""


def push_preferences(push_service: str) -> dict[str, Any]:
    """The preferences that lead Firefox to another push service than Mozilla's."""
    return {
        "dom.push.serverURL": push_service,
        "dom.push.testing.allowInsecureServerURL": True,
        "dom.push.connection.enabled": True,
        "dom.push.retryBaseInterval": 100,  # milliseconds until it connects again
    }


@contextmanager
def running_firefox(folder: Path, preferences: Mapping[str, Any]) -> Iterator[Firefox]:
    """A headless Firefox with its profile in `folder`: a new one, or that of a Firefox that has ended."""
    assert BINARY, "no Firefox on this machine"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "MarionetteActivePort").unlink(missing_ok=True)
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in {**_PREFERENCES, **preferences}.items()
    ]
    (folder / "user.js").write_text("".join(lines), encoding="utf-8")
    # The chrome context, where the browser's own dialogs live, has to be asked for.
    options = ["-marionette", "--remote-allow-system-access", "--no-remote", "--headless"]
    with running([BINARY, *options, "--profile", folder]) as process:
        port = until(lambda: _read_port(folder / "MarionetteActivePort"), "Firefox's port", within=120)
        with Marionette(port) as send:
            send("WebDriver:NewSession", capabilities={"alwaysMatch": {}})
            yield Firefox(send, process)


class Firefox:
    def __init__(self, send: Marionette, process: Popen[bytes]) -> None:
        self.send = send
        self._process = process

    def quit(self) -> None:
        """End it as a person does, so that it keeps what it knows: the last of that, permissions among it, is
        written after it has answered."""
        self.send("Marionette:Quit", flags=["eForceQuit"])
        self._process.wait(_SECONDS_TO_QUIT)

    # Pages

    def open(self, address: str) -> None:
        self.send("WebDriver:Navigate", url=address)

    def run(self, script: str, *arguments: Any) -> Any:
        """The value a script's `return` gives; it runs beside the page, past its security policy."""
        return self.send("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def run_async(self, script: str, *arguments: Any) -> Any:
        """The same for the body of an async function."""
        body = (
            "const done = arguments[arguments.length - 1];"
            f"(async (...given) => {{ {script} }})(...arguments)"
            ".then(done, (error) => done({failed: String(error)}));"
        )
        value = self.send("WebDriver:ExecuteAsyncScript", script=body, args=list(arguments))
        if isinstance(value, dict) and "failed" in value:
            raise RuntimeError(value["failed"])
        return value

    def value(self, expression: str) -> Any:
        """The value of an expression in the page, a promise's included."""
        return self.run_async(f"return await ({expression})")

    def click(self, selector: str) -> None:
        found = self.send("WebDriver:FindElement", using="css selector", value=selector)
        self.send("WebDriver:ElementClick", id=found[_ELEMENT])

    def type(self, selector: str, keys: str) -> None:
        found = self.send("WebDriver:FindElement", using="css selector", value=selector)
        self.send("WebDriver:ElementSendKeys", id=found[_ELEMENT], text=keys)

    def text(self, selector: str) -> str:
        """The text of an element as it is shown; "" where it is hidden or missing."""
        return str(self.run(f"return ({SHOWN_TEXT})(arguments[0])", selector))

    def wait_for_text(self, selector: str, text: str, *, within: float = PATIENCE) -> None:
        until(lambda: text in self.text(selector), f"“{text}” in {selector}", within=within)

    def press_key(self, name: str) -> None:
        """Press a key, named as `KeyboardEvent.key` names it."""
        self.press_keys(_KEYS[name])

    def press_keys(self, text: str) -> None:
        """Type where the focus is."""
        keys = [{"type": kind, "value": value} for value in text for kind in ("keyDown", "keyUp")]
        self.send("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": keys}])

    def press_chord(self, *names: str) -> None:
        """Press keys together: each goes down in turn, and up again in reverse."""
        values = [_KEYS.get(name, name) for name in names]
        keys = [{"type": "keyDown", "value": value} for value in values]
        keys += [{"type": "keyUp", "value": value} for value in reversed(values)]
        self.send("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": keys}])

    def focused(self) -> str:
        """The id of the element that has the focus."""
        return str(self.run("return document.activeElement.id"))

    def tab_to(self, element: str, *, within: int = 60) -> None:
        """Go to an element by its id as a keyboard user does."""
        for _ in range(within):
            if self.focused() == element:
                return
            self.press_key("Tab")
        raise AssertionError(f"{within} times Tab do not lead to {element}")

    def tabs(self) -> list[str]:
        """The addresses of all open tabs."""
        with self.chrome():
            found: list[str] = self.run(
                "return [...Services.wm.getEnumerator('navigator:browser')].flatMap("
                "  (w) => w.gBrowser.tabs.map((tab) => tab.linkedBrowser.currentURI.spec));"
            )
        return found

    def switch_to_tab(self, address: str) -> None:
        for handle in self.send("WebDriver:GetWindowHandles"):
            self.send("WebDriver:SwitchToWindow", handle=handle)
            if self.send("WebDriver:GetCurrentURL") == address:
                return
        raise AssertionError(f"no tab shows {address}")

    def switch_to_tab_at(self, beginning: str) -> str:
        """Go to the tab whose address begins so, waited for; the whole address."""
        address = until(
            lambda: next((tab for tab in self.tabs() if tab.startswith(beginning)), None), beginning
        )
        self.switch_to_tab(address)
        return address

    def current_tab(self) -> str:
        """The address of the tab that is being looked at."""
        return str(self.send("WebDriver:GetCurrentURL"))

    def open_tab(self, address: str) -> None:
        """Open a page in a tab of its own, and go there."""
        tab = self.send("WebDriver:NewWindow", type="tab", focus=True)
        self.send("WebDriver:SwitchToWindow", handle=tab["handle"])
        self.open(address)

    def close_tab(self) -> None:
        """Close the tab that is being looked at, and go to the first one left."""
        left = self.send("WebDriver:CloseWindow")
        self.send("WebDriver:SwitchToWindow", handle=left[0])

    def focus_main_window(self) -> None:
        """Look at a browser window, whatever was looked at before."""
        handles = self.send("WebDriver:GetWindowHandles")
        if self.send("WebDriver:GetWindowHandle") not in handles:
            self.send("WebDriver:SwitchToWindow", handle=handles[0])

    # The browser's own windows

    @contextmanager
    def chrome(self) -> Iterator[None]:
        """Scripts and clicks inside meet the browser's own window instead of the page."""
        self.send("Marionette:SetContext", value="chrome")
        try:
            yield
        finally:
            self.send("Marionette:SetContext", value="content")

    def press_in_prompt(self, label: str) -> None:
        """Press a button of the permission prompt: "Allow" or "Always Block".

        On a busy machine the prompt is there before it takes a press: a person sees that it stays, and
        presses again.
        """
        with self.chrome():
            for _ in range(_PRESSES):
                x, y = until(lambda: self.run(_PROMPT_BUTTON, label), f"{label} in the permission prompt")
                self.click_at(x, y)
                with suppress(TimeoutError):
                    until(lambda: self.run(_PROMPT_BUTTON, label) is None, "the prompt, gone", within=3)
                    return
        raise TimeoutError(f"{label} was pressed {_PRESSES} times, and the permission prompt stays")

    def shows_prompt(self) -> bool:
        with self.chrome():
            return bool(self.run("return PopupNotifications.panel.state !== 'closed'"))

    def dismiss_prompt(self) -> None:
        """Close the permission prompt without an answer, as Escape does."""
        with self.chrome():
            until(lambda: self.run(_PROMPT_BUTTON, "Allow"), "the permission prompt")
            self.run("PopupNotifications.panel.hidePopup()")

    def permission(self, origin: str, verdict: str) -> None:
        """Change the site's notification permission, as the settings do: "remove" or "deny"."""
        script = """
            const principal = Services.scriptSecurityManager.createContentPrincipalFromOrigin(arguments[0]);
            if (arguments[1] === "remove") {
                Services.perms.removeFromPrincipal(principal, "desktop-notification");
            } else {
                const { DENY_ACTION } = Services.perms;
                Services.perms.addFromPrincipal(principal, "desktop-notification", DENY_ACTION);
            }
        """
        with self.chrome():
            self.run(script, origin, verdict)

    def use_scheme(self, scheme: str) -> None:
        """Let pages be "dark" or "light" from now on."""
        with self.chrome():
            self.run("Services.prefs.setIntPref(arguments[0], arguments[1])", _SCHEME, scheme == "light")

    def go_from_the_right(self) -> None:
        """Look as in Arabic or Hebrew from now on."""
        with self.chrome():
            self.run("Services.prefs.setStringPref('intl.l10n.pseudo', 'bidi')")

    def zoom(self, factor: float) -> None:
        """Enlarge the page in front, as its reader does."""
        with self.chrome():
            self.run("ZoomManager.zoom = arguments[0]", factor)

    def save_files_to(self, folder: Path) -> None:
        """Let downloads go there, without a question."""
        with self.chrome():
            self.run("Services.prefs.setIntPref('browser.download.folderList', 2)")
            self.run("Services.prefs.setStringPref('browser.download.dir', arguments[0])", str(folder))

    def notification(self) -> tuple[str, str]:
        """Title and text of the notification on the screen, waited for."""
        with self._notification_window():
            title, text = until(lambda: self.run(_ALERT_TEXTS), "the notification's text")
        return title, text

    def click_notification(self) -> None:
        with self._notification_window():
            width, height = self.run("return [innerWidth, innerHeight]")
            self.click_at(width / 2, height / 2)

    @contextmanager
    def _notification_window(self) -> Iterator[None]:
        with self.chrome():
            main = self.send("WebDriver:GetWindowHandle")
            until(self._enter_notification, "a notification")
            try:
                yield
            finally:
                self.send("WebDriver:SwitchToWindow", handle=main, focus=False)

    def _enter_notification(self) -> bool:
        for handle in self.send("WebDriver:GetWindowHandles"):
            self.send("WebDriver:SwitchToWindow", handle=handle, focus=False)
            if "alerts/alert.xhtml" in self.run("return location.href"):
                return True
        return False

    def click_at(self, x: float, y: float, *, button: int = 0) -> None:
        steps = [
            {"type": "pointerMove", "x": int(x), "y": int(y), "duration": 0},
            {"type": "pointerDown", "button": button},
            {"type": "pointerUp", "button": button},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
        self.send("WebDriver:PerformActions", actions=[mouse])


def _read_port(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
