"""The wheel, installed in a clean environment and used from another folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.jobs.serving import serving
from tests.jobs.waiting import is_alive, wait_until
from tests.pages import news_page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]


def test_what_is_imported_is_what_was_installed(
    installed: Path, elsewhere: Path, environ: dict[str, str]
) -> None:
    command = [str(installed / "python"), "-P", "-c", "import newsbell; print(newsbell.__file__)"]
    told = subprocess.run(command, cwd=elsewhere, env=environ, check=True, capture_output=True, text=True)
    assert Path(told.stdout.strip()).is_relative_to(installed.parent)


def test_an_article_goes_from_a_command_to_the_feed(
    installed: Path, elsewhere: Path, environ: dict[str, str]
) -> None:
    newsbell = [str(installed / "newsbell")]
    (elsewhere / "page.html").write_text(news_page("Ferry returns"), encoding="utf-8")
    with serving(newsbell, elsewhere, environ) as served:
        given = [*newsbell, "import", "page.html", "--url", "https://harbour.example/ferry"]
        told = subprocess.run(given, cwd=elsewhere, env=environ, check=True, capture_output=True, text=True)
        assert told.stdout.startswith("Saved: Ferry returns\n")
        wait_until(lambda: "<title>Ferry returns</title>" in served.get("/feeds/all.rss"), what="the feed")
        assert "<title>Ferry returns</title>" in served.get("/feeds/russia.rss")
        assert "Ferry returns" in served.get("/")
        assert served.get("/static/style.css")
        family = served.family()
        assert len(family) == 4
        served.process.kill()
        served.process.wait()
        wait_until(lambda: not any(map(is_alive, family)), what="the end of every process")
