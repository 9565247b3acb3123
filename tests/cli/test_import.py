from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbell.services.articles import list_articles
from newsbell.storage import articles
from newsbell.storage.database import Database
from tests.cli.conftest import Run
from tests.pages import PARAGRAPHS, news_page, paragraphs_of

_URL = "https://harbour.example/ferry"
_TEXT = "\n\n".join(["Ferry returns to the northern islands", *PARAGRAPHS, "Topics: Russia, Ukraine"])


@pytest.fixture
def page(tmp_path: Path) -> str:
    path = tmp_path / "page.html"
    path.write_text(news_page(), encoding="utf-8")
    return str(path)


def _count(db: Database) -> int:
    with db.read() as conn:
        return articles.count(conn)


def test_a_file_becomes_an_article_under_its_topics(run: Run, db: Database, page: str) -> None:
    result = run("import", page, "--url", _URL)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Saved: Ferry returns to the northern islands",
        "  http://127.0.0.1:8080/articles/1/ferry-returns-to-the-northern-islands",
        "  Topics: Russia, Ukraine",
        "  Rung.",
    ]
    assert [article.url for article in list_articles(db).articles] == [_URL]


def test_text_comes_by_standard_input(run: Run, db: Database) -> None:
    result = run("import", "-", input=_TEXT)
    assert result.exit_code == 0
    assert "Topics: Russia, Ukraine" in result.stdout


def test_the_same_page_again_is_known_and_does_not_ring(run: Run, db: Database, page: str) -> None:
    run("import", page, "--url", _URL)
    result = run("import", page, "--url", _URL)
    assert result.stdout.startswith("Known already: ")
    assert "Not rung: it was known already." in result.stdout
    assert _count(db) == 1


def test_a_changed_page_is_updated_in_place(run: Run, db: Database, page: str) -> None:
    run("import", page, "--url", _URL)
    assert run("import", page, "--url", _URL, "--title", "Another title").stdout.startswith(
        "Updated: Another"
    )
    assert _count(db) == 1


def test_topics_given_are_added(run: Run, db: Database, page: str) -> None:
    result = run("import", page, "--url", _URL, "--topic", "Ships", "--topic", "Ice", "--json")
    assert set(json.loads(result.stdout)["topics"]) == {"Ships", "Ice", "Russia", "Ukraine"}


@pytest.mark.parametrize(("notify", "rung"), [("no", False), ("yes", True), ("auto", True)])
def test_whether_it_rings_is_said(run: Run, db: Database, page: str, notify: str, rung: bool) -> None:
    answer = json.loads(run("import", page, "--url", _URL, "--notify", notify, "--json").stdout)
    assert answer["rung"] is rung
    assert answer["reason"] == ("rung" if rung else "notify is no")


def test_many_files_take_a_line_each_and_one_bad_one_stops_no_other(
    run: Run, db: Database, tmp_path: Path
) -> None:
    for number in range(3):
        text = news_page(paragraphs=paragraphs_of(str(number)))
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")
    (tmp_path / "1.html").write_text("", encoding="utf-8")
    result = run("import", *(str(tmp_path / f"{number}.html") for number in range(3)))
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["Saved", "Saved"]
    assert result.stderr == f"Error: {tmp_path / '1.html'}: There is nothing in it.\n"
    assert _count(db) == 2


def test_the_samples_fill_an_empty_store_and_ring_nobody(run: Run, db: Database) -> None:
    result = run("import", "--samples", "--json")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert len(answers) >= 12
    assert len({answer["language"] for answer in answers}) >= 5
    assert all(answer["topics"] and answer["lead_image"] for answer in answers)
    assert not any(answer["rung"] for answer in answers)
    assert _count(db) == len(answers)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.html", None, "there is no such file"),
        ("empty.html", b"", "nothing in it"),
        ("picture.html", b"\x89PNG\r\n\x1a\n" + bytes(2000), ""),
        ("large.html", b"a" * (50 * 1024 * 1024), "more than 10 MB"),
        ("menu.html", b"<html><body><nav><a href='/'>Home</a></nav></body></html>", ""),
    ],
)
def test_what_is_no_article_is_refused_and_nothing_is_stored(
    run: Run, db: Database, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run("import", str(tmp_path / name), "--url", _URL)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert _count(db) == 0


def test_a_folder_is_no_page(run: Run, db: Database, tmp_path: Path) -> None:
    result = run("import", str(tmp_path))
    assert result.exit_code == 1
    assert "a folder, not a page" in result.stderr


def test_a_private_address_is_not_fetched(run: Run, db: Database) -> None:
    result = run("import", "http://127.0.0.1:1/page")
    assert result.exit_code == 1
    assert _count(db) == 0
