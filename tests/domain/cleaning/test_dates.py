from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbell.domain.cleaning.dates import is_date_line, parse_date, says_updated, written_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-03-14T06:30:00+02:00", "2026-03-14T06:30:00+02:00"),
        ("2026-03-14T06:30:00Z", "2026-03-14T06:30:00+00:00"),
        ("2026-03-14T06:30:00.1234567-0500", "2026-03-14T06:30:00.123456-05:00"),
        ("2026-03-14 06:30", "2026-03-14T06:30:00+00:00"),
        ("2026-03-14", "2026-03-14T00:00:00+00:00"),
        ("20260314", "2026-03-14T00:00:00+00:00"),
        ("Sat, 14 Mar 2026 06:30:00 +0200", "2026-03-14T06:30:00+02:00"),
        ("1773469800", "2026-03-14T06:30:00+00:00"),
        ("14 March 2026, 06:30 GMT", "2026-03-14T06:30:00+00:00"),
        ("March 14, 2026 6:30 pm EST", "2026-03-14T18:30:00-05:00"),
        ("14. März 2026, 06.30", "2026-03-14T06:30:00+00:00"),
        ("le 14 août 2026 à 6h30", "2026-08-14T06:30:00+00:00"),
        ("14 de octubre de 2026", "2026-10-14T00:00:00+00:00"),
        ("14 марта 2026", "2026-03-14T00:00:00+00:00"),
        ("14 березня 2026", "2026-03-14T00:00:00+00:00"),
        ("14 Mayıs 2026", "2026-05-14T00:00:00+00:00"),
        ("14 października 2026", "2026-10-14T00:00:00+00:00"),
        ("2026年3月14日", "2026-03-14T00:00:00+00:00"),
        ("2026/03/14 06:30", "2026-03-14T06:30:00+00:00"),
        ("2026.03.14 18.30", "2026-03-14T18:30:00+00:00"),
        ("2026. 03. 14. 6:30", "2026-03-14T06:30:00+00:00"),
        ("2026. március 14. 6:30", "2026-03-14T06:30:00+00:00"),
        ("14. 3. 2026 6:30", "2026-03-14T06:30:00+00:00"),
        ("14. ožujka 2026.", "2026-03-14T00:00:00+00:00"),
        ("14. lipnja 2026.", "2026-06-14T00:00:00+00:00"),
        ("14 lipca 2026", "2026-07-14T00:00:00+00:00"),
        ("14 มีนาคม 2569 06:30", "2026-03-14T06:30:00+00:00"),
        ("14 มี.ค. 2569", "2026-03-14T00:00:00+00:00"),
        ("14/03/2026", "2026-03-14T00:00:00+00:00"),
        ("03/14/2026", "2026-03-14T00:00:00+00:00"),
    ],
)
def test_dates_are_read_with_their_zone(text: str, date: str) -> None:
    assert parse_date(text) == datetime.fromisoformat(date)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1026-01-01",
        "2026-13-40",
        "31 February 2026",
        "99/99/2026",
        "2026/31/31",
        "Room 14",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.text())
def test_every_date_is_aware(text: str) -> None:
    for date in (parse_date(text), written_date(text)):
        assert date is None or date.utcoffset() is not None


@pytest.mark.parametrize(
    "line",
    [
        "Published 14 March 2026 06:30 GMT",
        "公開日：2026/03/14 06:30 更新日：2026/03/14 11:30",
        "14.03.2026 | 06:30",
        "Aktualisiert am 14. März 2026",
    ],
)
def test_a_line_with_little_but_a_date(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line", ["On 14 March 2026 the bridge fell into the river at noon.", "Published on Monday"]
)
def test_a_sentence_is_no_date_line(line: str) -> None:
    assert not is_date_line(line)


def test_dates_of_a_change_are_told_apart() -> None:
    assert says_updated("Last updated 14 March 2026")
    assert says_updated("Zuletzt aktualisiert am 14. März")
    assert not says_updated("Published 14 March 2026")
