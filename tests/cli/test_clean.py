from __future__ import annotations

import json

from newsbell.config import Settings
from tests.cli.conftest import Run
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
