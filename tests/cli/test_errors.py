"""What every command does when it cannot: a sentence on stderr, the right exit code, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from newsbell.cli import main
from newsbell.cli.main import COMMANDS
from newsbell.config import Settings
from newsbell.storage.database import Database
from tests.cli.conftest import Run
from tests.pages import news_page

_NEED_A_STORE = [
    ["worker"],
    ["import", "--samples"],
    ["import", "-"],
    ["article", "list"],
    ["article", "show", "1"],
    ["article", "remove", "1"],
    ["topic", "list"],
    ["topic", "rename", "a", "b"],
    ["topic", "merge", "a", "b"],
    ["topic", "alias", "a", "b"],
    ["token", "create", "desk"],
    ["token", "list"],
    ["token", "revoke", "desk"],
    ["doctor"],
    ["vapid", "show"],
    ["vapid", "rotate"],
]
_NEED_NONE = [["migrate"], ["config"], ["clean", "-"], ["--help"], ["--version"]]


@pytest.mark.parametrize("arguments", _NEED_A_STORE, ids=" ".join)
def test_without_a_store_a_command_refuses_and_makes_none(
    run: Run, settings: Settings, arguments: list[str]
) -> None:
    result = run(*arguments, input=news_page())
    assert result.exit_code == 1
    assert "no Newsbell store" in result.output
    assert not settings.data_dir.exists()


@pytest.mark.parametrize("arguments", _NEED_NONE, ids=" ".join)
def test_some_commands_need_no_store(run: Run, arguments: list[str]) -> None:
    assert run(*arguments, input=news_page()).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["import"],
        ["import", "a.html", "--samples"],
        ["import", "a.html", "b.html", "--url", "https://news.example/"],
        ["import", "https://news.example/", "--url", "https://news.example/"],
        ["import", "a.html", "--notify", "perhaps"],
        ["article", "show", "first"],
        ["article", "show", "0"],
        ["clean"],
        ["clean", "a.html", "--jsonl"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
def test_bad_usage_is_told_apart(run: Run, db: Database, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def test_a_setting_that_cannot_be_used_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBELL_BASE_URL", "nowhere")
    result = run("config")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: NEWSBELL_BASE_URL cannot be used")


def test_every_command_explains_itself(run: Run) -> None:
    listed = run("--help").stdout
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.help, name
        assert command.hidden or f"  {name} " in listed


def test_a_closed_pipe_is_no_error_to_talk_about(settings: Settings, db: Database, tmp_path: Path) -> None:
    lines = '{"id": 1, "url": "", "html": ""}\n' * 5_000
    process = subprocess.Popen(
        [sys.executable, "-m", "newsbell", "clean", "--jsonl"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, errors = process.communicate(lines.encode(), timeout=120)
    assert errors == b""
