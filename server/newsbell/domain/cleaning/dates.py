"""Dates as pages write them: ISO 8601 and its near relations, RFC 5322, and dates written out for people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from newsbell.domain.cleaning import vocabulary
from newsbell.domain.text import fold, squeeze

_EARLIEST, _LATEST = 1990, 2100
_BUDDHIST = 543  # years by which Thailand's era is ahead
_OFFSET = re.compile(r"\s*(?:GMT|UTC)?\s*([+-]\d\d):?(\d\d)$")
_RFC5322 = re.compile(r"(?:[A-Z][a-z]{2}, ?)?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d")
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(?=\D|$)")
_FRACTION = re.compile(r"(\d\d:\d\d:\d\d)[.,](\d+)")
_ISO_INSIDE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T\s]+(\d\d?):(\d\d)(?::(\d\d))?)?")
_MONTH_NAMES = "|".join(re.escape(start) for start, _ in vocabulary.MONTHS)
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\.|st|nd|rd|th|er|º|ª)?[\s-]+(?:de |of )?({_MONTH_NAMES})[^\W\d_]*\.?,?"
    r"[\s-]+(?:de |del )?(\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(
    rf"(?<![^\W\d_])({_MONTH_NAMES})[^\W\d_]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)"
)
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(\d{{4}})\.?,?\s+(?:m\. )?({_MONTH_NAMES})[^\W\d_]*\.?\s+(\d{{1,2}})(?!\d)"
)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})(?:/|\. ?)(\d{1,2})(?:/|\. ?)(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<![\d./])(\d{4})(?:/|\. ?)(\d{1,2})(?:/|\. ?)(\d{1,2})(?!\d)")
_LABEL = re.compile(r"(?:^|[-–|·•]\s*)(?:[^\W\d_]+ ){0,2}[^\W\d_]+\s*:\s")
_SAYS_DATE = re.compile(rf"(?:{vocabulary.PUBLISHED}|{vocabulary.UPDATED})(?!\w)")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.h](\d\d)(?::(\d\d))?\s*(am|pm|a\.m\.|p\.m\.)?(?!\d)")
_ZONES = {"utc": 0, "gmt": 0, "z": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3,
          "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "ist": 5.5,
          "jst": 9, "aest": 10, "aedt": 11}  # fmt: skip
_ZONE = re.compile(rf"\b({'|'.join(_ZONES)})\b|(?:utc|gmt)?([+-]\d\d):?(\d\d)\b")


def parse_date(text: str) -> datetime | None:
    """The aware date a machine-readable value gives, its zone kept; one without a zone counts as UTC."""
    text = squeeze(text)[:80]
    for parse in (_iso, _rfc5322, _compact, _seconds):
        found = _sensible(parse(text))
        if found:
            return found
    return written_date(text)


def written_date(text: str) -> datetime | None:
    """The date in words for people ("14 March 2022, 10:30 GMT", "14. März 2022", "14/03/2022"), or None.

    Numbers alone are read day first, unless only month first can be.
    """
    folded = fold(text)[:200]
    found = _day_in(folded)
    if found is None:
        return None
    year, month, day = found
    if year >= _EARLIEST + _BUDDHIST:
        year -= _BUDDHIST
    hour, minute, second = _time_in(folded)
    return _sensible(_built(year, month, day, hour, minute, second, zone=_zone_in(folded)))


def is_date_line(text: str, *, alone: bool = False) -> bool:
    """Whether a line holds a date and little else ("Published 14 March 2022 | Updated 15:03"), or a date
    and several labels ("14/03/2022 - Author: Ada Example - Category: World"). `alone`: it must say that it
    is the date of publication or of a change.
    """
    folded = fold(text)
    if len(folded) > 250 or _day_in(folded) is None:
        return False
    if len(_LABEL.findall(folded)) >= 2:
        return not alone
    labelled = _SAYS_DATE.match(folded)
    if len(folded) > 120 or (alone and not labelled):
        return False
    rest = re.sub(rf"{vocabulary.PUBLISHED}|{vocabulary.UPDATED}", " ", folded)
    for pattern in (
        _EAST_ASIAN,
        _ISO_INSIDE,
        _DAY_MONTH,
        _MONTH_DAY,
        _YEAR_MONTH_DAY,
        _NUMERIC,
        _YEAR_FIRST,
        _TIME,
        _ZONE,
    ):
        rest = pattern.sub(" ", rest)
    return len(re.findall(r"[^\W\d_]{2,}", rest)) <= (2 if alone else 4)


def says_updated(text: str) -> bool:
    """Whether the words beside a date say that it is of a change."""
    return bool(re.search(rf"(?<!\w){vocabulary.UPDATED}", fold(text)[:80]))


def _iso(text: str) -> datetime | None:
    text = _FRACTION.sub(lambda found: f"{found[1]}.{found[2][:6].ljust(6, '0')}", text)
    text = (
        _OFFSET.sub(r"\1:\2", text).removesuffix("[UTC]").replace(" UTC", "+00:00").replace(" GMT", "+00:00")
    )
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc5322(text: str) -> datetime | None:
    if not _RFC5322.match(text):
        return None
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _compact(text: str) -> datetime | None:
    found = _COMPACT.match(text)
    return _built(*(int(part or 0) for part in found.groups())) if found else None


def _seconds(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{10}(?:\d{3})?", text):
        return None
    return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), tz=UTC)


def _sensible(found: datetime | None) -> datetime | None:
    if found is None or not _EARLIEST <= found.year <= _LATEST:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _day_in(folded: str) -> tuple[int, int, int] | None:
    if found := _EAST_ASIAN.search(folded) or _ISO_INSIDE.search(folded) or _YEAR_FIRST.search(folded):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_MONTH.search(folded):
        return int(found[3]), _month(found[2]), int(found[1])
    if found := _MONTH_DAY.search(folded):
        return int(found[3]), _month(found[1]), int(found[2])
    if found := _YEAR_MONTH_DAY.search(folded):
        return int(found[1]), _month(found[2]), int(found[3])
    if found := _NUMERIC.search(folded):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        return (year, first, second) if second > 12 else (year, second, first)
    return None


def _time_in(folded: str) -> tuple[int, int, int]:
    rest = _YEAR_FIRST.sub(" ", _NUMERIC.sub(" ", folded))
    found = _TIME.search(rest)
    if not found:
        return 0, 0, 0
    hour = int(found[1])
    half = (found[4] or "")[:1]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(found[2]), int(found[3] or 0)


def _zone_in(folded: str) -> timezone:
    rest = _ISO_INSIDE.sub(" ", folded)
    found = _ZONE.search(rest)
    if not found:
        return UTC
    if found[1]:
        return timezone(timedelta(hours=_ZONES[found[1]]))
    sign = -1 if found[2][0] == "-" else 1
    offset = sign * timedelta(hours=int(found[2][1:]), minutes=int(found[3]))
    return timezone(offset) if abs(offset) < timedelta(hours=15) else UTC


def _month(start: str) -> int:
    return next(number for name, number in vocabulary.MONTHS if name == start)


def _built(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, *, zone: timezone = UTC
) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
