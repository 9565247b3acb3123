"""The doctor's rules, one fact off at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newsbell.services.checks import Facts, Level, check, rings_browsers
from newsbell.storage.status import ServiceLine, Waiting
from tests.factories import NOW


def waiting(*messages: int, since: timedelta = timedelta(minutes=20), others: int = 0) -> Waiting:
    """So many in the longest lines, the first since then and the next ones for half of it each; and one
    message in each other line.
    """
    lines = [
        ServiceLine(service=f"{number}.example", messages=one, since=NOW - since / 2**number)
        for number, one in enumerate(messages)
    ]
    return Waiting(
        messages=sum(messages) + others, services=len(messages) + others, since=NOW - since, longest=lines
    )


_WELL = Facts(
    now=NOW,
    database_now=NOW + timedelta(seconds=2),
    base_url="https://news.example.org",
    vapid_subject="mailto:desk@news.example.org",
    has_vapid_key=True,
    heartbeat=NOW - timedelta(seconds=12),
    overdue_since=NOW - timedelta(seconds=1),
    subscriptions=100,
    suspended=0,
    paused=(),
    waiting=Waiting(),
    waiting_topics=3,
    disk_free=20 * 1024**3,
)


def test_a_healthy_server_has_nothing_to_complain_of() -> None:
    findings = check(_WELL)
    assert {finding.level for finding in findings} == {"ok"}
    assert not any(finding.advice for finding in findings)


@pytest.mark.parametrize(
    ("changes", "subject", "level"),
    [
        ({"base_url": "http://news.example.org"}, "base URL", "bad"),
        ({"base_url": "http://10.0.0.5:8080"}, "base URL", "bad"),
        ({"base_url": "http://127.0.0.1:8080"}, "base URL", "warn"),
        ({"base_url": "https://localhost"}, "base URL", "warn"),
        ({"vapid_subject": "http://127.0.0.1:8080"}, "VAPID subject", "warn"),
        ({"vapid_subject": "https://localhost:8080"}, "VAPID subject", "warn"),
        ({"vapid_subject": "mailto:root@localhost"}, "VAPID subject", "warn"),
        ({"vapid_subject": "mailto:"}, "VAPID subject", "warn"),
        ({"vapid_subject": "mailto:news.example.org"}, "VAPID subject", "warn"),
        ({"vapid_subject": "mailto: desk@news.example.org"}, "VAPID subject", "warn"),
        ({"has_vapid_key": False}, "VAPID key", "bad"),
        ({"heartbeat": None}, "worker", "bad"),
        ({"heartbeat": NOW - timedelta(minutes=2)}, "worker", "warn"),
        ({"heartbeat": NOW - timedelta(days=2)}, "worker", "bad"),
        ({"heartbeat": NOW + timedelta(seconds=61)}, "worker", "bad"),
        ({"overdue_since": NOW - timedelta(minutes=20)}, "alerts", "warn"),
        ({"overdue_since": NOW - timedelta(hours=20)}, "alerts", "bad"),
        ({"suspended": 1}, "subscriptions", "warn"),
        ({"suspended": 51}, "subscriptions", "bad"),
        ({"paused": ("push.example",)}, "push services", "bad"),
        ({"waiting": waiting(1)}, "messages", "warn"),
        ({"waiting": waiting(9, since=timedelta(days=1))}, "messages", "warn"),
        ({"waiting_topics": 9_000}, "topics", "warn"),
        ({"waiting_topics": 10_000}, "topics", "bad"),
        ({"now": NOW.replace(year=1970)}, "clock", "bad"),
        ({"database_now": NOW + timedelta(seconds=61)}, "clock", "bad"),
        ({"database_now": NOW - timedelta(seconds=61)}, "clock", "bad"),
        ({"disk_free": 500 * 1024**2}, "disk", "warn"),
        ({"disk_free": 1024**2}, "disk", "bad"),
    ],
)
def test_what_is_wrong_is_found_and_can_be_put_right(
    changes: dict[str, Any], subject: str, level: Level
) -> None:
    found = {finding.subject: finding for finding in check(replace(_WELL, **changes))}
    assert found[subject].level == level
    assert found[subject].advice


@pytest.mark.parametrize(
    "changes",
    [
        {"vapid_subject": "https://news.example.org"},
        {"overdue_since": None},
        {"database_now": None},
        {"database_now": NOW - timedelta(seconds=59)},
        {"heartbeat": NOW + timedelta(seconds=59)},
        {"subscriptions": 0},
        {"waiting": waiting(9, since=timedelta(minutes=4))},
        {"waiting": waiting(9, since=-timedelta(minutes=1))},
    ],
)
def test_what_is_only_different_is_not_complained_of(changes: dict[str, Any]) -> None:
    assert {finding.level for finding in check(replace(_WELL, **changes))} == {"ok"}


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=1), "1 minute;"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1), "1 hour;"),
        (timedelta(days=3, hours=5), "3 days"),
    ],
)
def test_a_silence_is_told_in_words(span: timedelta, words: str) -> None:
    worker = next(one for one in check(replace(_WELL, heartbeat=NOW - span)) if one.subject == "worker")
    assert words in worker.sentence


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Waiting(), "None waits"),
        (waiting(12), "12 wait for push services: 12 for 0.example, the first for 20 minutes."),
        (
            waiting(5, 3, others=40),
            "48 wait for push services: 5 for 0.example, the first for 20 minutes; 3 for",
        ),
        (waiting(5, 3, others=40), "1.example, the first for 10 minutes; 40 for 40 more."),
    ],
)
def test_who_waits_for_which_push_service_is_told(found: Waiting, words: str) -> None:
    messages = next(one for one in check(replace(_WELL, waiting=found)) if one.subject == "messages")
    assert words in messages.sentence


@pytest.mark.parametrize(
    ("base_url", "rings"),
    [
        ("https://news.example.org", True),
        ("http://localhost:8080", True),
        ("http://news.localhost", True),
        ("http://127.0.0.53", True),
        ("http://[::1]:8080", True),
        ("http://localhost.example.org", False),
        ("http://192.168.0.2", False),
    ],
)
def test_browsers_ring_from_https_and_from_this_machine(base_url: str, rings: bool) -> None:
    assert rings_browsers(base_url) is rings
