from __future__ import annotations

import logging

import pytest

from newsbell.config import Settings
from newsbell.errors import UnavailableError
from newsbell.jobs.logs import OneLineFormatter, event, log_failure
from newsbell.storage.database import Database


def _record(message: str, error: Exception | None = None) -> logging.LogRecord:
    shown = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("newsbell.test", logging.ERROR, __file__, 1, message, None, shown)


def test_a_record_is_one_line_with_the_time_in_utc() -> None:
    record = _record("batch_sent alert=1")
    record.created = 0.0
    assert OneLineFormatter().format(record) == "1970-01-01T00:00:00Z ERROR newsbell.test: batch_sent alert=1"


def test_a_traceback_is_on_the_line_of_its_record() -> None:
    with pytest.raises(ValueError, match="first") as failed:
        int("first\nsecond")
    line = OneLineFormatter().format(_record("work_failed", failed.value))
    assert "\n" not in line
    assert "work_failed | Traceback" in line
    assert "ValueError" in line


def test_a_failure_is_told_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ZeroDivisionError) as failed:
        _ = 1 / 0
    log_failure(logging.getLogger("newsbell.test"), "work_failed", failed.value, again_in_seconds=2)
    [record] = caplog.records
    assert record.getMessage() == "work_failed error=ZeroDivisionError again_in_seconds=2"
    assert "1 / 0" in caplog.text


def test_a_database_that_is_away_is_told_in_a_few_words(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = Database(f"sqlite:///{settings.data_dir}/nowhere.sqlite3")
    with pytest.raises(UnavailableError) as failed, away.read():
        """It cannot be opened."""
    log_failure(logging.getLogger("newsbell.test"), "work_failed", failed.value)
    assert caplog.messages == [
        "work_failed error='The database file cannot be opened.' reason='unable to open database file'"
    ]
    assert "Traceback" not in caplog.text


def test_nobody_can_forge_a_line() -> None:
    assert "\n" not in OneLineFormatter().format(_record("title\n1970-01-01 INFO all is well"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1, "key=1"),
        ("plain", "key=plain"),
        ("two words", "key='two words'"),
        ("", "key=''"),
        ("a\nb", r"key='a\nb'"),
    ],
)
def test_an_event_is_a_name_and_its_values(value: object, written: str) -> None:
    assert event("done", key=value) == f"done {written}"
