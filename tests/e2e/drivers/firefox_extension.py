"""An extension in a real Firefox: its button, its popup, its event page."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.e2e.drivers.firefox import Firefox
from tests.e2e.drivers.popup import AnyPopup
from tests.e2e.drivers.scripts import STILL_CENTRE
from tests.e2e.waiting import until

UNSIGNED_ALLOWED = {"xpinstall.signatures.required": False}
"""The preference with which an unsigned package stays installed (Firefox ESR)."""

_PASSIVE = "manifest.json"
"""A page of the extension with all that its pages may do, and no script: to look through it mends nothing."""
_IS_INSTALLED = """
    const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
    return (await AddonManager.getAddonByID(given[0])) !== null;
"""
_POPUP = "document.querySelector('.webextension-popup-browser')"
_FIND = "gBrowser.tabs.find((one) => one.linkedBrowser.currentURI.spec === %s)"
_BEHIND = f"({_FIND % 'given[1]'}).linkedBrowser"
_IS_BEHIND = f"return ({_FIND % 'arguments[0]'})?.linkedBrowser.webProgress?.isLoadingDocument === false"
_CLOSE_BEHIND = f"gBrowser.removeTab({_FIND % 'arguments[0]'})"
_OPEN_BEHIND = """
    const triggeringPrincipal = Services.scriptSecurityManager.getSystemPrincipal();
    gBrowser.addTab(arguments[0], { inBackground: true, triggeringPrincipal });
"""
# A script in a page of the extension, past its security policy, as Firefox's own tests run them.
_RUN_INSIDE = """
    const manager = (%s).messageManager;
    const name = `newsbell-tests:${Math.random()}`;
    const body = `(async () => {
        const box = Cu.Sandbox(content, { sandboxPrototype: content, wantXrays: false });
        const run = async () => ({ value: await Cu.evalInSandbox(${JSON.stringify(given[0])}, box) });
        const answer = await run().catch((error) => ({ failed: String(error) }));
        sendAsyncMessage(${JSON.stringify(name)}, JSON.parse(JSON.stringify(answer)));
    })()`;
    const answer = new Promise((resolve) => {
        const hear = (message) => { manager.removeMessageListener(name, hear); resolve(message.data); };
        manager.addMessageListener(name, hear);
    });
    manager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(body), false);
    const { failed, value } = await answer;
    if (failed) throw new Error(failed);
    return value;
"""

_MENU_ITEM = """
    const menu = document.getElementById("contentAreaContextMenu");
    const item = menu.state === "open" && [...menu.children].find((one) => one.label === arguments[0]);
    const box = item && item.getBoundingClientRect();
    return box?.height ? [box.x + box.width / 2, box.y + box.height / 2] : null;
"""


class FirefoxPopup(AnyPopup):
    """The window under the button."""

    def __init__(self, firefox: Firefox) -> None:
        self._firefox = firefox

    def run(self, expression: str) -> Any:
        with self._firefox.chrome():
            return self._firefox.run_async(_RUN_INSIDE % _POPUP, expression)

    def click(self, selector: str) -> None:
        until(lambda: self.run(f"!!document.querySelector({json.dumps(selector)})"), selector)
        x, y = self.run(f"{STILL_CENTRE}({json.dumps(selector)}, () => [0, 0])")
        with self._firefox.chrome():
            left, top = self._firefox.run(f"const b = {_POPUP}.getBoundingClientRect(); return [b.x, b.y]")
            self._firefox.click_at(left + x, top + y)

    def type(self, selector: str, text: str) -> None:
        self.click(selector)
        with self._firefox.chrome():
            self._firefox.press_keys(text)

    def press_key(self, name: str) -> None:
        with self._firefox.chrome():
            self._firefox.press_key(name)


class FirefoxExtension:
    def __init__(self, firefox: Firefox, package: Path, extension_id: str, *, temporary: bool = True) -> None:
        self._firefox = firefox
        self._id = extension_id
        if temporary or not self._is_installed():
            self.install(package, temporary=temporary)
        else:
            # Not again: it runs already, and a second start would take its notifications away.
            self._wait_until_active()
        self._widget = (
            "".join(c if c.isalnum() or c in "_-" else "_" for c in extension_id.lower()) + "-browser-action"
        )
        with firefox.chrome():
            firefox.run("CustomizableUI.addWidgetToArea(arguments[0], 'nav-bar')", self._widget)

    def install(self, package: Path, *, temporary: bool) -> None:
        """A folder or a package; the same again, with a higher version, is an update."""
        with self._firefox.chrome():
            self._firefox.send("Addon:Install", path=str(package), temporary=temporary)
        self._wait_until_active()

    def _is_installed(self) -> bool:
        """Whether the profile brought it along."""
        with self._firefox.chrome():
            return bool(self._firefox.run_async(_IS_INSTALLED, self._id))

    def _wait_until_active(self) -> None:
        with self._firefox.chrome():
            self._host = until(lambda: self._policy("mozExtensionHostname"), "the extension, installed")

    def address(self, path: str) -> str:
        return f"moz-extension://{self._host}/{path}"

    def open_popup(self, key: str = "", *, undisturbed: float = 0) -> FirefoxPopup:
        """Press the button in the toolbar, or its shortcut with this key, and leave the popup to itself for
        so many seconds: looking at it takes of its time."""
        self._firefox.focus_main_window()
        if key:
            self.press_shortcut(key)
        with self._firefox.chrome():
            if not key:
                x, y = until(self._button_centre, "the extension's button")
                self._firefox.click_at(x, y)
            time.sleep(undisturbed)
            until(self._popup_is_open, "the popup")
        popup = FirefoxPopup(self._firefox)
        until(lambda: popup.run("document.readyState === 'complete'"), "the popup, loaded")
        return popup

    def close_popup(self) -> None:
        with self._firefox.chrome():
            self._firefox.run(
                "document.getElementById('customizationui-widget-panel')?.hidePopup();"
                "document.querySelector('.webextension-popup-browser')?.closest('panel')?.hidePopup();"
            )
            until(lambda: not self._popup_is_open(), "the popup, gone")

    def wait_until_popup_is_gone(self) -> None:
        with self._firefox.chrome():
            until(lambda: not self._popup_is_open(), "the popup, gone")

    def press_shortcut(self, key: str) -> None:
        """Alt, Shift and this key, on the keyboard, while the address bar has the focus."""
        with self._firefox.chrome():
            self._firefox.run("document.getElementById('urlbar-input').focus()")
            self._firefox.press_chord("Alt", "Shift", key)

    def choose_in_menu(self, label: str) -> None:
        """Choose an item in the menu of the page in front, by the right button of the mouse."""
        self._firefox.click_at(300, 200, button=2)
        with self._firefox.chrome():
            x, y = until(lambda: self._firefox.run(_MENU_ITEM, label), f"“{label}” in the menu")
            self._firefox.click_at(x, y)

    def run(self, expression: str) -> Any:
        """The value of an expression with all that the extension's pages may do, and without their scripts,
        which have the background look whether all is well as soon as they are opened."""
        self._firefox.focus_main_window()
        address = self.address(_PASSIVE)
        with self._firefox.chrome():
            self._firefox.run(_OPEN_BEHIND, address)
            until(lambda: self._firefox.run(_IS_BEHIND, address), "a page of the extension")
            try:
                return self._firefox.run_async(_RUN_INSIDE % _BEHIND, expression, address)
            finally:
                self._firefox.run(_CLOSE_BEHIND, address)

    def badge(self) -> str:
        """What stands on the button."""
        return str(self.run("browser.action.getBadgeText({})"))

    def background(self) -> str:
        """How the event page is: "running", "stopped", …"""
        with self._firefox.chrome():
            return str(self._policy("extension.backgroundState"))

    def suspend_background(self) -> None:
        """Let the event page go to sleep, as Firefox does after 30 idle seconds, now."""
        with self._firefox.chrome():
            self._firefox.run_async(
                "await WebExtensionPolicy.getByID(given[0]).extension.terminateBackground();", self._id
            )
            until(lambda: self._policy("extension.backgroundState") == "stopped", "a suspended event page")

    def _policy(self, what: str) -> Any:
        return self._firefox.run(f"return WebExtensionPolicy.getByID(arguments[0])?.{what}", self._id)

    def _button_centre(self) -> Any:
        return self._firefox.run(
            "const box = document.getElementById(arguments[0])?.getBoundingClientRect();"
            "return box?.width ? [box.x + box.width / 2, box.y + box.height / 2] : null;",
            self._widget,
        )

    def _popup_is_open(self) -> bool:
        return bool(self._firefox.run(f"return ({_POPUP}?.getBoundingClientRect().width ?? 0) > 50"))
