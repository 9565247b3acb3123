"""Each benchmark runs through in small, and prints what it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.sink import program

from tests.jobs.brokers import BROKER

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]

needs_nginx = pytest.mark.skipif(program() is None, reason="nginx is not installed")


def run(*arguments: str, **given: str) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBELL_")}
    environ |= given
    command = [sys.executable, "-m", "benchmarks", *arguments]
    done = subprocess.run(
        command, cwd=_ROOT, env=environ, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_nginx
def test_fanout() -> None:
    printed = run("fanout", "--messages", "2000", "--rounds", "1", "--delays", "0", "--no-npm")
    for label in ("pywebpush.webpush() in a loop", "one worker", "two workers", "the limit"):
        assert label in printed
    assert "decrypted by the reference: 2 messages" in printed


def test_scale() -> None:
    printed = run("scale", "--readers", "200", "--followers", "50", "--repeats", "1")
    assert "201 to the first push" in printed
    assert "PostgreSQL is left out" in printed
    assert "with a broker are left out" in printed


@pytest.mark.database
def test_scale_with_a_broker() -> None:
    if not BROKER:
        pytest.skip("NEWSBELL_TEST_BROKER_URL is not set: no broker to test with")
    given = {"NEWSBELL_TEST_BROKER_URL": BROKER}
    printed = run("scale", "--readers", "200", "--followers", "50", "--repeats", "1", **given)
    [row] = [line for line in printed.splitlines() if line.split()[:2] == ["200", "50"]]
    assert row.count("(of ") == 2, "without and with a broker"


def test_lists() -> None:
    printed = run("lists", "--articles", "400", "--repeats", "1")
    assert "a union of 50 topics" in printed
    assert "PostgreSQL is left out" in printed


@needs_nginx
def test_publish() -> None:
    printed = run("publish", "--readers", "200", "--followers", "100", "--seconds", "0.2", "--rounds", "1")
    assert "/topics/bridges" in printed


@pytest.mark.browser
@pytest.mark.xdist_group("browsers")
def test_popup() -> None:
    printed = run("popup", "--times", "2", "--articles", "1", "--browsers", "Chromium")
    for server in ("fast", "slow", "down"):
        assert f"\n{server} " in printed


def test_a_name_that_is_none_is_answered_with_the_names() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "fanout" in done.stdout
