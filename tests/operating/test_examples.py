"""The examples for systemd and for containers say what can be run."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from newsbell.cli.main import main
from newsbell.config import Settings

_ROOT = Path(__file__).parents[2]
_EXAMPLES = _ROOT / "docs" / "examples"
_UNITS = sorted(_EXAMPLES.glob("*.service"))
_TIMERS = sorted(_EXAMPLES.glob("*.timer"))
_READ_YAML = (
    "import {load} from 'js-yaml'; import {readFileSync} from 'node:fs';"
    "console.log(JSON.stringify(load(readFileSync(process.argv[1], 'utf8'))))"
)


class _Unit(configparser.ConfigParser):
    """systemd's files: names keep their letters, % means something else there, and a name may come twice."""

    def __init__(self) -> None:
        super().__init__(interpolation=None, strict=False, delimiters=("=",))

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def _accepts(words: list[str]) -> None:
    """`newsbell` takes these words; raises what it refuses them with."""
    command = main.get_command(click.Context(main), words[0])
    assert command is not None, words
    command.make_context(words[0], words[1:])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("path", _UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_as_it_is(path: Path) -> None:
    unit = _Unit()
    unit.read_string(path.read_text(encoding="utf-8"))
    program, *words = shlex.split(unit["Service"]["ExecStart"])
    assert program == "/opt/newsbell/bin/newsbell"
    _accepts(words)
    assert unit["Service"]["EnvironmentFile"] == "/etc/newsbell.env"
    # The folder that systemd makes is the one that is used: all others are closed to it.
    assert unit["Service"]["ProtectSystem"] == "strict"
    given = _EXAMPLES.joinpath("newsbell.env").read_text(encoding="utf-8").splitlines()
    assert f"NEWSBELL_DATA_DIR=/var/lib/{unit['Service']['StateDirectory']}" in given
    assert "Environment" not in unit["Service"], "all settings are in one file, which every command is given"


@pytest.mark.parametrize("path", _UNITS, ids=lambda path: path.name)
def test_a_command_by_hand_is_run_as_a_unit_runs_its_own(path: Path, tmp_path: Path) -> None:
    fake = tmp_path / "systemd-run"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    given = ["token", "create", "two words"]
    done = subprocess.run(
        [_EXAMPLES / "newsbell.sh", *given],
        env={"PATH": f"{tmp_path}:{os.defpath}"},
        capture_output=True,
        text=True,
        check=True,
    )
    words = done.stdout.splitlines()
    unit = _Unit()
    unit.read_string(path.read_text(encoding="utf-8"))
    service = unit["Service"]
    assert words[words.index(shlex.split(service["ExecStart"])[0]) + 1 :] == given
    assert {"--pipe", "--wait"} <= set(words), "it reads, answers and fails as the command does"
    properties = {word.removeprefix("--property=") for word in words if word.startswith("--property=")}
    assert properties == {f"{name}={service[name]}" for name in ("User", "StateDirectory", "EnvironmentFile")}


def test_the_guide_calls_commands_as_they_are() -> None:
    guide = (_ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    calls = re.findall(r"`newsbell ([^`]+)`", guide)
    assert "serve --no-worker --host ADDRESS" in map(_on_one_line, calls)
    for call in calls:
        _accepts(shlex.split(call))


def test_the_machine_that_nginx_may_name_is_told_to_listen_there() -> None:
    named = re.findall(r"# server ([0-9.]+):8080;", (_EXAMPLES / "nginx.conf").read_text(encoding="utf-8"))
    told = re.findall(r"--host ([0-9.]+)", (_EXAMPLES / "newsbell.service").read_text(encoding="utf-8"))
    assert len(named) == 1
    assert told == named


def test_the_guide_puts_each_example_where_it_says_that_it_belongs(tmp_path: Path) -> None:
    guide = (_ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for folder in ("etc/systemd/system", "usr/local/sbin"):
        (tmp_path / folder).mkdir(parents=True)
    for line in re.findall(r"^    (install .+)$", guide, re.MULTILINE):
        there = re.sub(r" (/\S+)$", rf" {tmp_path}\1", line)
        subprocess.run(["sh", "-ec", there], cwd=_EXAMPLES, check=True)
    put = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(put) == len([*_UNITS, *_TIMERS, "newsbell.env", "newsbell.sh"])
    for path in put:
        assert f"# /{path.relative_to(tmp_path)}" in path.read_text(encoding="utf-8")
    assert (tmp_path / "etc/newsbell.env").stat().st_mode & 0o777 == 0o600, "it holds passwords"
    assert os.access(tmp_path / "usr/local/sbin/newsbell", os.X_OK)


@pytest.mark.slow
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    for path in (*_UNITS, *_TIMERS):
        text = path.read_text(encoding="utf-8").replace("/opt/newsbell/bin/newsbell", sys.executable)
        (tmp_path / path.name).write_text(text.replace("User=newsbell", "User=daemon"))
    units = [str(tmp_path / path.name.replace("@.", "@1.")) for path in (*_UNITS, *_TIMERS)]
    for name in ("newsbell-worker@1.service",):
        shutil.copyfile(tmp_path / "newsbell-worker@.service", tmp_path / name)
    done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "newsbell" in line]
    assert not ours


@pytest.fixture(scope="module")
def compose() -> Any:
    node = shutil.which("node")
    if node is None or not (_ROOT / "tests" / "node_modules" / "js-yaml").exists():
        pytest.skip("node or js-yaml is not installed")
    file = str(_EXAMPLES / "compose.yaml")
    command = [node, "--input-type=module", "-e", _READ_YAML, file]
    return json.loads(subprocess.run(command, cwd=_ROOT / "tests", capture_output=True, check=True).stdout)


@pytest.mark.slow
def test_containers_run_commands_as_they_are_with_settings_that_are_some(compose: Any) -> None:
    services = compose["services"]
    assert set(services) == {"web", "worker", "database", "queue"}
    for name in ("web", "worker"):
        service = services[name]
        program, *words = shlex.split(service["command"])
        assert program == "newsbell"
        _accepts(words)
        settings = Settings.from_environment(service["environment"])
        assert f"@{'database'}/" in settings.database_url
        assert "@queue/" in settings.broker_url
        assert set(service["depends_on"]) <= set(services)
    probe = services["web"]["healthcheck"]["test"]
    assert probe[:3] == ["CMD", "python", "-c"]
    compile(probe[3], "the probe", "exec")


@pytest.mark.slow
def test_every_volume_is_kept_and_every_password_is_the_one_asked_for(compose: Any) -> None:
    services = compose["services"]
    used = {volume.partition(":")[0] for one in services.values() for volume in one.get("volumes", [])}
    assert used == set(compose["volumes"])
    asked = services["database"]["environment"]
    given = Settings.from_environment(services["web"]["environment"])
    login = f"{asked['POSTGRES_USER']}:{asked['POSTGRES_PASSWORD']}@database/{asked['POSTGRES_DB']}"
    assert given.database_url.endswith(f"//{login}")
    asked = services["queue"]["environment"]
    assert f"//{asked['RABBITMQ_DEFAULT_USER']}:{asked['RABBITMQ_DEFAULT_PASS']}@queue/" in given.broker_url


@pytest.mark.slow
def test_the_image_is_made_of_what_the_checkout_has(compose: Any) -> None:
    build = compose["services"]["web"]["build"]
    assert (_EXAMPLES / build["context"]).resolve() == _ROOT
    lines = build["dockerfile_inline"]
    version = lines.partition("FROM python:")[2][:4]
    assert f'requires-python = ">={version}"' in (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "-r requirements.txt" in lines
