from __future__ import annotations

import io
import json
from typing import Any

import pytest

from newsbell.cli.output import print_json
from newsbell.config import Settings
from newsbell.domain.article import CleanArticle
from newsbell.services.importing import clean_only
from newsbell.storage.database import Database
from tests.cli.conftest import Run
from tests.factories import stored_article
from tests.pages import news_page

_URL = "https://harbour.example/ferry"


def test_the_cleaned_article_is_json_and_nothing_is_stored(run: Run, settings: Settings) -> None:
    result = run("clean", "-", "--url", _URL, input=news_page())
    article = json.loads(result.stdout)
    assert article["title"] == "Ferry returns to the northern islands"
    assert article["canonical_url"] == _URL
    assert article["topics"] == ["Russia", "Ukraine"]
    assert not settings.data_dir.exists()


def test_letters_of_every_script_are_written_as_they_are(run: Run) -> None:
    assert "Паром" in run("clean", "-", input=news_page("Паром возвращается на острова")).stdout


def _clean_lines(run: Run, *lines: object) -> list[dict[str, object]]:
    given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = run("clean", "--jsonl", input=given)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_answered_with_its_id(run: Run) -> None:
    pages = [{"id": name, "url": _URL, "html": news_page(f"Ferry {name} is back")} for name in ("a", 2, None)]
    answers = _clean_lines(run, *pages)
    assert [answer["id"] for answer in answers] == ["a", 2, None]
    assert [answer["title"] for answer in answers] == [
        "Ferry a is back",
        "Ferry 2 is back",
        "Ferry None is back",
    ]


def test_a_line_that_cannot_be_cleaned_is_answered_and_the_next_one_is_cleaned(run: Run) -> None:
    bad: list[object] = [
        "not json",
        "[1]",
        {"id": 1, "url": _URL},
        {"id": 2, "url": 5, "html": ""},
        {"id": 3, "url": _URL, "html": ""},
        "",
        "[" * 100_000,
    ]
    answers = _clean_lines(run, *bad, {"id": 4, "url": _URL, "html": news_page()})
    assert [answer["id"] for answer in answers] == [None, None, 1, 2, 3, None, 4]
    assert all("error" in answer for answer in answers[:-1])
    assert "error" not in answers[-1]


def test_a_line_that_is_not_utf_8_is_told_so_in_words(run: Run) -> None:
    line = json.dumps({"id": 1, "url": _URL, "html": news_page()})
    answers = run("clean", "--jsonl", input=line.encode("utf-16") + b"\n" + line.encode() + b"\n").stdout
    errors = [json.loads(answer).get("error") for answer in answers.splitlines()]
    assert errors[-1] is None
    assert errors[0]["message"] == "The line is not UTF-8."
    assert "codec" not in answers


ODD_IDS = ['"\\ud800"', "[1]", "{}", "true", "NaN", "-Infinity", "1e999", "1" * 5_000]


@pytest.mark.parametrize("given", ODD_IDS)
def test_an_id_that_no_answer_can_carry_is_answered_without_one(run: Run, given: str) -> None:
    page = json.dumps({"url": _URL, "html": news_page()})
    first, second = _clean_lines(run, f'{{"id": {given}, {page[1:]}', {"id": "Я", "html": news_page()})
    assert (first["id"], set(first)) == (None, {"id", "error"})
    assert second["id"] == "Я"
    assert second["title"]


def test_half_a_character_stops_no_page(run: Run) -> None:
    pages = [
        {"id": 1.5, "url": _URL, "html": news_page("Ferry \ud800 returns")},
        {"id": "b", "url": f"{_URL}\udfff", "html": news_page()},
    ]
    first, second = _clean_lines(run, *pages)
    assert (first["id"], first["title"]) == (1.5, "Ferry returns")
    assert (second["id"], second["error"]) == (
        "b",
        {"code": "malformed", "message": "url holds half a character (a lone surrogate)."},
    )


def test_a_fault_of_ours_is_told_and_the_next_line_is_cleaned(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(*arguments: Any) -> CleanArticle:
        if "fault" in arguments[1].url:
            raise KeyError("a fault")
        return clean_only(*arguments)

    monkeypatch.setattr("newsbell.cli.cleaning.clean_only", faulty)
    first, second = _clean_lines(
        run, {"id": 1, "url": f"{_URL}/fault", "html": news_page()}, {"id": 2, "html": news_page()}
    )
    assert (first["id"], first["error"]) == (
        1,
        {"code": "internal", "message": "Something went wrong here; standard error has it."},
    )
    assert "KeyError: 'a fault'" in caplog.text
    assert second["title"]


def test_letters_that_standard_output_lacks_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr("sys.stdout", written)
    print_json({"title": "Паром"})
    print_json({"title": "Fähre"})
    written.flush()
    lines = written.buffer.getvalue().decode("latin-1").splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Паром", "Fähre"]


def test_topics_known_to_the_store_are_recognised_as_in_an_import(run: Run, db: Database) -> None:
    page = news_page(topics=())
    with db.transaction() as conn:
        stored_article(conn, "Ferries", "Northern islands")
    shown = json.loads(run("clean", "-", "--url", _URL, input=page).stdout)
    saved = json.loads(run("import", "-", "--url", _URL, "--notify", "no", "--json", input=page).stdout)
    assert "recognised" in {topic["origin"] for topic in shown["topic_details"]}
    assert shown["topic_details"] == saved["topic_details"]


def test_without_a_store_to_read_a_page_is_cleaned_all_the_same(run: Run, settings: Settings) -> None:
    settings.data_dir.mkdir()
    Database(settings.resolved_database_url).close()
    for _ in range(2):
        result = run("clean", "-", input=news_page())
        assert json.loads(result.stdout)["topics"] == ["Russia", "Ukraine"]
        assert "Cleaned without the topics known to a store." in result.stderr
        (settings.data_dir / "newsbell.sqlite3").touch()
