"""article correct, restore and clean-again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newsbell.storage import articles
from newsbell.storage.database import Database
from tests.cli.conftest import Run
from tests.factories import stored_article
from tests.pages import PARAGRAPHS, news_page, paragraphs_of

TIP = "If you have a story for us, write to the harbour desk by telling us about it."
PAGE = news_page(paragraphs=(PARAGRAPHS[0], TIP, *PARAGRAPHS[1:]))
URL = "https://paper.example/ferry"


@pytest.fixture(autouse=True)
def _saved(run: Run, db: Database) -> None:
    assert run("import", "-", "--url", URL, "--notify", "no", input=PAGE).exit_code == 0


def shown(run: Run, number: int = 1) -> dict[str, Any]:
    article: dict[str, Any] = json.loads(run("article", "show", str(number), "--json").stdout)
    return article


def test_a_removal_is_listed_put_back_and_taken_out_again(run: Run) -> None:
    listed = run("article", "restore", "1").stdout.splitlines()
    number = next(line.split()[0] for line in listed if TIP in line)
    assert run("article", "restore", "1", number).stdout == f"Put back: {TIP}\n"
    assert TIP in shown(run)["body_text"]
    assert TIP in run("article", "restore", "1", "--undo").stdout
    assert run("article", "restore", "1", "1", "--undo").stdout == f"Taken out again: {TIP}\n"
    assert TIP not in shown(run)["body_text"]


def test_a_removal_that_is_not_there_is_told_so(run: Run) -> None:
    result = run("article", "restore", "1", "99")
    assert (result.exit_code, TIP in shown(run)["body_text"]) == (1, False)
    assert "not 99" in result.stderr


def test_parts_are_put_right_and_let_go(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "text.html"
    text.write_text("<p>The right text.</p>", encoding="utf-8")
    result = run("article", "correct", "1", "--title", "Right", "--topic", "Boats", "--body", str(text))
    assert result.stdout == "Corrected: Right\n  Pinned: body, title, topics\n"
    assert run("import", "-", "--url", URL, input=news_page("Another")).exit_code == 0
    article = shown(run)
    assert (article["title"], article["topics"], article["body_text"]) == (
        "Right",
        ["Boats"],
        "The right text.",
    )
    assert "Pinned: body, topics" in run("article", "correct", "1", "--release", "title").stdout
    run("article", "correct", "1", "--no-topics", "--summary", "Short.")
    assert (shown(run)["topics"], shown(run)["summary"]) == ([], "Short.")


@pytest.mark.parametrize(
    "arguments",
    [[], ["--topic", "Boats", "--no-topics"], ["--release", "byline"], ["--body", "nowhere.html"]],
)
def test_a_correction_that_says_nothing_sensible_is_refused(run: Run, arguments: list[str]) -> None:
    assert run("article", "correct", "1", *arguments).exit_code in (1, 2)
    assert shown(run)["pinned"] == []


def test_a_text_comes_from_standard_input_and_must_be_utf_8(run: Run) -> None:
    assert run("article", "correct", "1", "--body", "-", input=b"<p>\xff</p>").exit_code == 1
    assert run("article", "correct", "1", "--body", "-", input="<p>Ганна.</p>").exit_code == 0
    assert shown(run)["body_text"] == "Ганна."


def test_every_page_is_cleaned_again_and_what_fails_is_named(run: Run, db: Database) -> None:
    with db.transaction() as conn:
        number = stored_article(conn).id  # its page was not kept
        stored = articles.get(conn, 1)
        assert stored is not None
        conn.exec_driver_sql("UPDATE articles SET summary = 'By an older rule.' WHERE id = 1")
    run("import", "-", "--url", f"{URL}/2", input=news_page("Else", paragraphs=paragraphs_of("else")))
    result = run("article", "clean-again", "--all")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Changed: 1  Ferry returns to the northern islands",
        "2 cleaned again, 1 changed, 1 failed.",
    ]
    assert f"Error: {number}: The page of this article was not kept" in result.stderr
    assert shown(run)["summary"] == stored.summary


def test_one_page_is_cleaned_again(run: Run) -> None:
    assert run("article", "clean-again", "1").stdout == "1 cleaned again, 0 changed, 0 failed.\n"
    assert run("article", "clean-again", "9").exit_code == 1
    assert run("article", "clean-again").exit_code == 2
    assert run("article", "clean-again", "1", "--all").exit_code == 2
