"""`make extension`: the packages for both stores."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "extension"
BROWSERS = ("chromium", "firefox")


def build(folder: Path, **environment: str) -> dict[str, bytes]:
    """The packages by their browser, as the command leaves them."""
    command = [sys.executable, str(ROOT / "extension" / "pack.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd="/", env=os.environ | environment)
    return {path.stem.rpartition("-")[2]: path.read_bytes() for path in folder.iterdir()}


def files_in(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest_in(package: bytes) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(files_in(package)["manifest.json"])
    return manifest


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build(tmp_path_factory.mktemp("first"))


def test_the_same_source_gives_the_same_bytes(packages: dict[str, bytes], tmp_path: Path) -> None:
    assert set(packages) == set(BROWSERS)
    assert build(tmp_path, TZ="Asia/Tokyo", LC_ALL="C") == packages


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_package_holds_all_that_ships_and_nothing_else(packages: dict[str, bytes], browser: str) -> None:
    inside = files_in(packages[browser])
    source = {
        path.relative_to(SOURCE).as_posix(): path.read_bytes()
        for path in SOURCE.rglob("*")
        if path.is_file() and path.name != "pack.py" and "__pycache__" not in path.parts
    }
    assert set(inside) == set(source)
    assert [name for name in source if inside[name] != source[name]] == ["manifest.json"]


def test_each_store_gets_what_its_browser_reads(packages: dict[str, bytes]) -> None:
    source = json.loads((SOURCE / "manifest.json").read_text())
    chromium, firefox = (manifest_in(packages[browser]) for browser in BROWSERS)
    assert chromium["background"] == {"service_worker": "src/background.js", "type": "module"}
    assert firefox["background"] == {"scripts": ["src/background.js"], "type": "module"}
    assert "browser_specific_settings" not in chromium
    assert "minimum_chrome_version" not in firefox
    shared = set(source) - {"background", "browser_specific_settings", "minimum_chrome_version"}
    assert {name: chromium[name] for name in shared} == {name: firefox[name] for name in shared}


def test_extension_and_server_are_of_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert json.loads((SOURCE / "manifest.json").read_text())["version"] == project["version"]
