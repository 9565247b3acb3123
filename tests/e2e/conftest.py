"""A real Newsbell, real browsers, and push services of the tests' own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.drivers import chromium as chromium_driver
from tests.e2e.drivers import display as display_driver
from tests.e2e.drivers import firefox as firefox_driver
from tests.e2e.drivers.chromium import Chromium, running_chromium
from tests.e2e.drivers.display import Display, virtual_display
from tests.e2e.drivers.firefox import Firefox, push_preferences, running_firefox
from tests.e2e.drivers.processes import running
from tests.e2e.newsbell import REPOSITORY, Newsbell, free_port
from tests.e2e.services.gcm import GoogleCloudMessaging
from tests.e2e.services.mozilla_push import MozillaPush


@pytest.fixture(scope="session")
def one_mozilla_push() -> Iterator[MozillaPush]:
    with MozillaPush() as service:
        yield service


@pytest.fixture(scope="session")
def one_newsbell(
    tmp_path_factory: pytest.TempPathFactory, one_mozilla_push: MozillaPush
) -> Iterator[Newsbell]:
    """`newsbell serve`, which trusts the push service of the tests. Starting it takes seconds, so that all
    tests share it.
    """
    folder = tmp_path_factory.mktemp("newsbell") / "data"
    server = Newsbell(folder, free_port(), {"NEWSBELL_PRIVATE_HOSTS": one_mozilla_push.host})
    with server.serving():
        yield server


@pytest.fixture
def newsbell(one_newsbell: Newsbell) -> Newsbell:
    """A running Newsbell that nobody is subscribed to, with nothing left to ring."""
    one_newsbell.forget_subscriptions()
    one_newsbell.wait_until_all_is_rung()
    return one_newsbell


@pytest.fixture
def mozilla_push(one_mozilla_push: MozillaPush) -> MozillaPush:
    """A push service that knows no browser and has taken nothing yet."""
    one_mozilla_push.forget()
    return one_mozilla_push


@pytest.fixture
def firefox(tmp_path: Path, mozilla_push: MozillaPush) -> Iterator[Firefox]:
    """A Firefox that has seen nothing yet and allows nothing."""
    if not firefox_driver.BINARY:
        pytest.skip("no Firefox on this machine (Debian: firefox-esr)")
    with running_firefox(tmp_path / "firefox", push_preferences(mozilla_push.address)) as browser:
        yield browser


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """A title that no other test saves: a story rings once, and the tests share a Newsbell."""
    return f"Ferry returns, says {request.node.name.removeprefix('test_').replace('_', ' ')}"


@pytest.fixture(scope="session")
def display() -> Iterator[Display]:
    if display_driver.MISSING:
        pytest.skip(f"not on this machine: {', '.join(display_driver.MISSING)}")
    with virtual_display() as screen:
        yield screen


@pytest.fixture(scope="session")
def one_google_push() -> Iterator[GoogleCloudMessaging]:
    with GoogleCloudMessaging() as service:
        yield service


@pytest.fixture
def google_push(one_google_push: GoogleCloudMessaging) -> GoogleCloudMessaging:
    """A push service that knows no browser and has taken nothing yet."""
    one_google_push.forget()
    return one_google_push


@pytest.fixture
def chromium(tmp_path: Path, display: Display, google_push: GoogleCloudMessaging) -> Iterator[Chromium]:
    """A Chromium that has seen nothing yet and allows nothing."""
    if not chromium_driver.BINARY:
        pytest.skip("no Chromium on this machine (Debian: chromium)")
    with running_chromium(tmp_path / "chromium", display, google_push.switches()) as browser:
        yield browser


@pytest.fixture(scope="session")
def one_routed_newsbell(
    tmp_path_factory: pytest.TempPathFactory, one_google_push: GoogleCloudMessaging
) -> Iterator[Newsbell]:
    """`newsbell serve --no-worker`, and the worker with a way to the local push service."""
    folder = tmp_path_factory.mktemp("routed")
    server = Newsbell(folder / "newsbell", free_port(), {})
    command = [sys.executable, "-m", "tests.e2e.routed_worker", one_google_push.web_address]
    with (
        server.serving("--no-worker"),
        running(command, environment=server.environment, folder=REPOSITORY, log=folder / "worker.log"),
    ):
        yield server


@pytest.fixture
def routed_newsbell(one_routed_newsbell: Newsbell) -> Newsbell:
    """The same, with nobody subscribed and nothing left to ring."""
    one_routed_newsbell.forget_subscriptions()
    one_routed_newsbell.wait_until_all_is_rung()
    return one_routed_newsbell
