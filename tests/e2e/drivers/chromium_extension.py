"""An extension in a real Chromium: its button, its popup, its dialogs, its worker."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

from tests.e2e.drivers.cdp import ProtocolError
from tests.e2e.drivers.chromium import Chromium
from tests.e2e.drivers.chromium_page import Page
from tests.e2e.drivers.display import X_KEYS, Display
from tests.e2e.drivers.native_ui import Box
from tests.e2e.drivers.popup import AnyPopup
from tests.e2e.drivers.scripts import STILL_CENTRE
from tests.e2e.waiting import until

_PERMISSION_DIALOG = "ExtensionInstallDialogView"
_BUTTON = "ToolbarActionView"
_PRESSES = 3
# The empty page that a window begins with is complete, too.
_LOADED = "location.protocol === 'chrome-extension:' && document.readyState === 'complete'"
_PASSIVE = "manifest.json"
"""A page of the extension with all that its pages may do, and no script: to look through it mends nothing."""


def offer_package(profile: Path, extension_id: str, package: Path, version: str) -> None:
    """Let Chromium install the package, or update to it, by itself (developer.chrome.com, "Alternative
    installation methods"); the button is pinned in a profile that is new."""
    folder = profile / "External Extensions"
    folder.mkdir(parents=True, exist_ok=True)
    offer = {"external_crx": str(package), "external_version": version}
    (folder / f"{extension_id}.json").write_text(json.dumps(offer))
    pin(profile, extension_id)


def pin(profile: Path, extension_id: str) -> None:
    """Show the button beside the address bar, in a profile that is new."""
    preferences = profile / "Default" / "Preferences"
    if not preferences.exists():
        preferences.parent.mkdir(parents=True)
        extensions = {"pinned_extensions": [extension_id], "ui": {"developer_mode": True}}
        preferences.write_text(json.dumps({"extensions": extensions}))


class ChromiumPopup(AnyPopup):
    """The window under the button. It ends whenever something else takes the focus."""

    def __init__(self, page: Page, display: Display) -> None:
        self._page = page
        self._display = display

    def run(self, expression: str) -> Any:
        return self._page.run(expression)

    def click(self, selector: str) -> None:
        """With the real pointer: some of what a popup may do, it may do only then."""
        until(lambda: self.run(f"!!document.querySelector({json.dumps(selector)})"), selector)
        on_screen = f"{STILL_CENTRE}({json.dumps(selector)}, () => [screenX, screenY])"
        self._display.click(*self.run(on_screen))

    def type(self, selector: str, text: str) -> None:
        self.click(selector)
        self._display.type(text)

    def press_key(self, name: str) -> None:
        self._display.press(X_KEYS.get(name, name))


class ChromiumExtension:
    def __init__(self, chromium: Chromium, extension_id: str, profile: Path) -> None:
        self._chromium = chromium
        self._profile = profile
        self._id = extension_id
        self._passive: Page | None = None
        until(self._worker, "the extension's worker")

    def address(self, path: str) -> str:
        return f"chrome-extension://{self._id}/{path}"

    def open_popup(self, key: str = "", *, undisturbed: float = 0) -> ChromiumPopup:
        """Press the button in the toolbar, or its shortcut with this key, and leave the popup to itself for
        so many seconds: looking at it takes of its time."""
        target = self._press_for_popup(key, undisturbed)
        popup = ChromiumPopup(self._chromium.attach(target), self._chromium.display)
        until(lambda: popup.run(_LOADED), "the popup, loaded")
        return popup

    def _press_for_popup(self, key: str, undisturbed: float) -> str:
        """Chromium takes a press for the end of the popup that has just closed, now and then: a person sees
        that nothing came of it, and presses again."""
        for _ in range(_PRESSES):
            if key:
                self.press_shortcut(key)
            else:
                box = until(lambda: self._chromium.native.view(_BUTTON), "the extension's button")
                self._chromium.display.click(*box.centre)
            time.sleep(undisturbed)
            with contextlib.suppress(TimeoutError):
                return until(self._popup_target, "the popup", within=8)
        raise TimeoutError(f"the button was pressed {_PRESSES} times, and no popup came")

    def close_popup(self) -> None:
        """As Escape does; a popup that has just appeared may not have the keyboard, and another press has."""
        for _ in range(_PRESSES):
            if self._popup_target() is None:
                return
            self._chromium.display.press("Escape")
            with contextlib.suppress(TimeoutError):
                until(lambda: self._popup_target() is None, "the popup, gone", within=8)
                return
        raise TimeoutError(f"Escape was pressed {_PRESSES} times, and the popup is still there")

    def press_shortcut(self, key: str) -> None:
        """Alt, Shift and this key, on the keyboard, while a page is in front."""
        self._chromium.display.press(f"alt+shift+{key.lower()}")

    def choose_in_menu(self, _label: str) -> None:
        """Choose the extension's item in the menu of the page in front, by the right button of the mouse."""
        display, native = self._chromium.display, self._chromium.native
        middle = "[screenX + innerWidth / 2, screenY + outerHeight - innerHeight / 2].map(Math.round)"
        display.click_right(*self._chromium.run(middle))
        display.click(*until(native.last_item_with_icon, "the extension's item in the menu").centre)

    def press_in_dialog(self, label: str) -> None:
        """Press Allow or Deny in Chromium's own question for a permission."""
        native = self._chromium.native
        native.steady_button(label, _PERMISSION_DIALOG)
        self._chromium.press_until_gone(
            lambda: native.button(label, _PERMISSION_DIALOG), f"the dialog’s {label}"
        )

    def shows_dialog(self) -> bool:
        found: Box | None = self._chromium.native.button("Allow", _PERMISSION_DIALOG)
        return found is not None

    def run(self, expression: str) -> Any:
        """The value of an expression with all that the extension's pages may do, and without their scripts,
        which have the background look whether all is well as soon as they are opened."""
        if self._passive is None:
            page = self._chromium.open_behind(self.address(_PASSIVE))
            until(lambda: _is_ready(page), "a page of the extension")
            self._passive = page
        return self._passive.run(expression)

    def wait_for_update(self, version: str) -> None:
        """Until the package has been taken in. It takes over when the browser next starts."""
        unpacked = self._profile / "Default" / "Extensions" / self._id
        until(lambda: list(unpacked.glob(f"{version}_*")), f"version {version}, unpacked")

    def version(self) -> str:
        return str(self.run("chrome.runtime.getManifest().version"))

    def zoom(self, factor: float) -> None:
        """Enlarge the extension's pages, the popup too, as their reader does in one of them."""
        self.run(f"chrome.tabs.getCurrent().then(({{ id }}) => chrome.tabs.setZoom(id, {factor}))")

    def suspend_background(self) -> None:
        """Let the worker go to sleep, as Chromium does after 30 idle seconds, now."""
        if worker := self._worker():
            self._chromium.connection.send("Target.closeTarget", targetId=worker)
            until(lambda: self._worker() != worker, "a suspended worker")

    def badge(self) -> str:
        """What stands on the button."""
        return str(self.run("chrome.action.getBadgeText({})"))

    def notifications(self) -> list[tuple[str, str]]:
        """Title and text of the notifications the extension's worker shows."""
        found = self.run(
            "navigator.serviceWorker.getRegistration().then((worker) => worker.getNotifications())"
            ".then((shown) => shown.map((one) => [one.title, one.body]))"
        )
        return [(title, body) for title, body in found]

    def _worker(self) -> str | None:
        found = (
            target["targetId"]
            for target in self._chromium.targets()
            if target["type"] == "service_worker" and self._id in target["url"]
        )
        return next(found, None)

    def _popup_target(self) -> str | None:
        prefix = self.address("popup.html")
        found = (target for target in self._chromium.targets() if target["url"].startswith(prefix))
        return next((target["targetId"] for target in found), None)


def _is_ready(page: Page) -> bool:
    try:
        return bool(page.run("!!globalThis.chrome?.storage && document.readyState === 'complete'"))
    except ProtocolError:
        return False
