"""The extension as a reader has it: packed, installed in a real browser, its button by the address bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.e2e.drivers import chromium as chromium_driver
from tests.e2e.drivers import firefox as firefox_driver
from tests.e2e.drivers.chromium import Chromium, running_chromium
from tests.e2e.drivers.chromium_extension import ChromiumExtension, offer_package
from tests.e2e.drivers.crx import Publisher, zipped
from tests.e2e.drivers.display import Display
from tests.e2e.drivers.firefox import Firefox, push_preferences, running_firefox
from tests.e2e.drivers.firefox_extension import UNSIGNED_ALLOWED, FirefoxExtension
from tests.e2e.newsbell import REPOSITORY, Newsbell
from tests.e2e.services.door import Door
from tests.e2e.services.gcm import GoogleCloudMessaging
from tests.e2e.services.mozilla_push import MozillaPush
from tests.e2e.services.paper import Paper

FOLDER = REPOSITORY / "extension"
FIREFOX_ID = "extension@newsbell.example"

InFirefox = tuple[Firefox, FirefoxExtension]
RunFirefox = Callable[[], AbstractContextManager[InFirefox]]
RunChromium = Callable[..., AbstractContextManager[tuple[Chromium, ChromiumExtension]]]


@pytest.fixture(scope="session")
def one_paper() -> Iterator[Paper]:
    with Paper() as site:
        yield site


@pytest.fixture
def paper(one_paper: Paper) -> Paper:
    """A news site without a page."""
    one_paper.pages.clear()
    return one_paper


@pytest.fixture
def door(newsbell: Newsbell) -> Iterator[Door]:
    """The way to the server, by plain http at an address of the network, as at many homes."""
    with Door(newsbell.port) as way:
        yield way


@pytest.fixture
def routed_door(routed_newsbell: Newsbell) -> Iterator[Door]:
    """The same, to the server that reaches Chromium's push service."""
    with Door(routed_newsbell.port) as way:
        yield way


@pytest.fixture(scope="session")
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
def run_chromium(
    tmp_path: Path, display: Display, google_push: GoogleCloudMessaging, publisher: Publisher
) -> RunChromium:
    """Starts a Chromium with the extension, version 0.1.0 unless told otherwise; the next start finds what
    the one before left. `switches` are there instead of those that lead to the tests' push service."""
    if not chromium_driver.BINARY:
        pytest.skip("no Chromium on this machine (Debian: chromium)")

    @contextmanager
    def run(
        *, version: str = "0.1.0", switches: list[str] | None = None
    ) -> Iterator[tuple[Chromium, ChromiumExtension]]:
        profile, package = tmp_path / "chromium", tmp_path / f"newsbell-{version}.crx"
        package.write_bytes(publisher.pack(FOLDER, version))
        offer_package(profile, publisher.extension_id, package, version)
        with running_chromium(profile, display, switches or google_push.switches()) as browser:
            yield browser, ChromiumExtension(browser, publisher.extension_id, profile)

    return run


@pytest.fixture
def run_firefox(tmp_path: Path, mozilla_push: MozillaPush) -> RunFirefox:
    """Starts a Firefox with the extension; the next start finds what the one before left."""
    if not firefox_driver.BINARY:
        pytest.skip("no Firefox on this machine (Debian: firefox-esr)")
    package = firefox_package(tmp_path, "0.1.0")
    preferences = {**push_preferences(mozilla_push.address), **UNSIGNED_ALLOWED}

    @contextmanager
    def run() -> Iterator[InFirefox]:
        with running_firefox(tmp_path / "firefox", preferences) as browser:
            yield browser, FirefoxExtension(browser, package, FIREFOX_ID, temporary=False)
            browser.quit()

    return run


@pytest.fixture
def firefox_extension(run_firefox: RunFirefox) -> Iterator[InFirefox]:
    """A Firefox that has seen nothing yet and allows nothing, with the extension."""
    with run_firefox() as both:
        yield both


def firefox_package(folder: Path, version: str) -> Path:
    """The extension packed for Firefox, as this version."""
    package = folder / f"newsbell-{version}.xpi"
    package.write_bytes(zipped(FOLDER, version))
    return package
