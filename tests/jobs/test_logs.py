from __future__ import annotations

import logging

import pytest

from newsbell.jobs.logs import OneLineFormatter, event


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
