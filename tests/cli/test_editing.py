"""article and topic."""

from __future__ import annotations

import json

import pytest

from newsbell.storage.database import Database
from tests.cli.conftest import Run
from tests.factories import stored_article


@pytest.fixture(autouse=True)
def _articles(db: Database) -> None:
    with db.transaction() as conn:
        stored_article(conn, "Russia", "Chess", title="The bishop's long way home")
        stored_article(conn, "Ukraine", title="A bridge of rope")


def test_articles_are_listed(run: Run) -> None:
    lines = run("article", "list").stdout.splitlines()
    assert [line.split("  ")[-1] for line in lines] == ["A bridge of rope", "The bishop's long way home"]


def test_articles_are_listed_by_topic_and_bounded(run: Run) -> None:
    assert "bishop" in run("article", "list", "--topic", "chess").stdout
    assert len(run("article", "list", "--limit", "1").stdout.splitlines()) == 1
    assert run("article", "list", "--topic", "nothing").exit_code == 1


def test_lists_are_json_lines_where_asked_for(run: Run) -> None:
    articles = [json.loads(line) for line in run("article", "list", "--json").stdout.splitlines()]
    assert [article["id"] for article in articles] == [2, 1]
    topics = [json.loads(line) for line in run("topic", "list", "--json").stdout.splitlines()]
    assert {"name": "Chess", "slug": "chess", "aliases": [], "articles": 1} in topics


def test_an_article_is_shown(run: Run) -> None:
    shown = run("article", "show", "1").stdout
    assert shown.startswith("The bishop's long way home\n")
    assert "Ada Byron" in shown
    assert json.loads(run("article", "show", "1", "--json").stdout)["id"] == 1


def test_a_removed_article_is_gone_for_good(run: Run) -> None:
    assert run("article", "remove", "1").stdout == "Removed: The bishop's long way home\n"
    again = run("article", "remove", "1")
    assert (again.exit_code, again.stderr) == (1, "Error: This article was removed.\n")
    assert run("article", "show", "2").exit_code == 0


def test_a_topic_is_renamed_and_found_by_its_old_slug(run: Run) -> None:
    assert run("topic", "rename", "chess", "Chess and draughts").exit_code == 0
    assert "Chess and draughts" in run("topic", "list").stdout
    assert "bishop" in run("article", "list", "--topic", "chess").stdout


def test_topics_are_merged(run: Run) -> None:
    assert run("topic", "merge", "chess", "ukraine").exit_code == 0
    assert "2 articles" in run("topic", "list").stdout
    assert run("topic", "merge", "ukraine", "ukraine").exit_code == 1


def test_a_topic_has_aliases(run: Run) -> None:
    assert "(also Schach)" in run("topic", "alias", "chess", "Schach").stdout
    assert "Schach" not in run("topic", "alias", "chess", "Schach", "--remove").stdout
    assert run("topic", "alias", "chess", "Schach", "--remove").exit_code == 1


def test_a_topic_that_is_not_there_is_refused(run: Run) -> None:
    result = run("topic", "rename", "nothing", "Something")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no such topic here.\n")
