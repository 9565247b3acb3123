"""The distribution, built once, and installed where nothing of the checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (found,) = built.glob("newsbell-*.whl")
    return found


@pytest.fixture(scope="session")
def sdist(built: Path) -> Path:
    (found,) = built.glob("newsbell-*.tar.gz")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of a virtual environment with the wheel.

    Its dependencies are those of the environment that runs the tests, so that no network is needed: their
    folder comes last on the path, and as it is named in a .pth file, its own .pth files (an editable
    install) do not count.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    programs = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)], check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder far from the checkout, in which something else is called newsbell."""
    folder = tmp_path / "elsewhere"
    (folder / "newsbell").mkdir(parents=True)
    (folder / "newsbell" / "__init__.py").write_text("raise RuntimeError('this is another newsbell')\n")
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with no setting, and nothing that leads back to the checkout."""
    away = ("NEWSBELL_", "PYTHON", "VIRTUAL_ENV", "COV")
    given = {name: value for name, value in os.environ.items() if not name.startswith(away)}
    return {**given, "NEWSBELL_DATA_DIR": str(tmp_path / "data")}
