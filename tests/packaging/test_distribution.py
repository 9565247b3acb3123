"""What is in the wheel and the sdist."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]

_PACKAGE = ROOT / "server" / "newsbell"


def _in_checkout(folder: Path, pattern: str) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.glob(pattern) if path.is_file()}


@pytest.fixture(scope="module")
def in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def in_sdist(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize(
    "pattern", ["**/*.py", "py.typed", "web/templates/*", "web/static/**/*", "web/static/samples/*.html"]
)
def test_the_wheel_carries_the_package(in_wheel: set[str], pattern: str) -> None:
    wanted = {f"newsbell/{name}" for name in _in_checkout(_PACKAGE, pattern)}
    assert wanted
    assert wanted <= in_wheel


def test_the_wheel_carries_the_migrations(in_wheel: set[str]) -> None:
    wanted = _in_checkout(ROOT, "migrations/**/*.py") | _in_checkout(ROOT, "migrations/*.mako")
    assert any(name.startswith("migrations/versions/") for name in wanted)
    assert {f"newsbell/{name}" for name in wanted} <= in_wheel


def test_the_wheel_carries_nothing_else(in_wheel: set[str]) -> None:
    folders = {name.partition("/")[0] for name in in_wheel}
    assert {folder.partition("-")[0] for folder in folders} == {"newsbell"}
    assert not [name for name in in_wheel if "__pycache__" in name or "node_modules" in name]


def test_the_sdist_can_be_built_from(in_sdist: set[str]) -> None:
    wanted = _in_checkout(ROOT, "migrations/**/*.py") | _in_checkout(ROOT, "server/**/*.py")
    assert wanted | {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= in_sdist
