"""What would stop a ring or a feed, as rules over facts that were gathered before: no I/O here."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from newsbell.services.topics import MAX_UNLISTED
from newsbell.storage.status import Waiting

Level = Literal["ok", "warn", "bad"]

SILENT_AFTER = timedelta(minutes=1)
"""A worker says every ten seconds that it lives, and between two batches where one takes longer."""
DEAD_AFTER = timedelta(minutes=10)
OVERDUE_AFTER = timedelta(minutes=5)
LONGEST_LINES = 3
"""Push services that are named with who waits for them: anybody can make up names of more."""
LITTLE_DISK = 1024**3
NO_DISK = 100 * 1024**2
WRONG_CLOCK = timedelta(minutes=1)
"""A worker holds a batch until a moment of its own clock, five minutes on: one whose clock is that much ahead
takes it away meanwhile, and rings its readers too. Two machines a minute off to each side still leave three.
Push services, too, refuse a VAPID token that seems expired or from the future (RFC 8292 section 2).
"""
_FIRST_YEAR, _LAST_YEAR = 2026, 2100
_SET_THE_CLOCK = "Set the clock of each machine, and keep it by NTP."


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: a sentence on how it stands, and what to do where it is not ok."""

    subject: str
    level: Level
    sentence: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the checks look at. `database_now` is the database server's clock, None where the database
    shares ours; `heartbeat` is when a worker last said that it lives; `overdue_since` the time the oldest
    undone work was due; `paused` the push services that refuse our key; `waiting` the messages that wait for
    a push service; `waiting_topics` how many no article has; `disk_free` in bytes.
    """

    now: datetime
    database_now: datetime | None
    base_url: str
    vapid_subject: str
    has_vapid_key: bool
    heartbeat: datetime | None
    overdue_since: datetime | None
    subscriptions: int
    suspended: int
    paused: Sequence[str]
    waiting: Waiting
    waiting_topics: int
    disk_free: int


def check(facts: Facts) -> list[Finding]:
    """Every check, in the order in which they matter."""
    return [
        check_base_url(facts.base_url),
        check_vapid_subject(facts.vapid_subject),
        check_vapid_key(facts),
        check_worker(facts),
        check_overdue(facts),
        check_suspended(facts),
        check_paused(facts),
        check_messages(facts),
        check_topics(facts),
        check_clock(facts),
        check_disk(facts.disk_free),
    ]


def is_local(host: str) -> bool:
    """Whether only this machine reaches the host, and browsers trust it without https (W3C Secure
    Contexts, section 3.1).
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def rings_browsers(base_url: str) -> bool:
    """Whether a browser that opens this address may be given notifications at all."""
    parts = urlsplit(base_url)
    return parts.scheme == "https" or is_local(parts.hostname or "")


def check_base_url(base_url: str) -> Finding:
    host = urlsplit(base_url).hostname or ""
    subject = "base URL"
    if not rings_browsers(base_url):
        return Finding(
            subject=subject,
            level="bad",
            sentence=f"No page of {base_url} may notify: it is not https. The extension in Chromium may.",
            advice="Put https in front of Newsbell and set NEWSBELL_BASE_URL to that address.",
        )
    if is_local(host):
        return Finding(
            subject=subject,
            level="warn",
            sentence=f"{base_url} is reached by browsers on this machine only.",
            advice="For readers elsewhere, set NEWSBELL_BASE_URL to an https address.",
        )
    return Finding(subject=subject, level="ok", sentence=f"Readers reach {base_url}.")


def check_vapid_subject(vapid_subject: str) -> Finding:
    subject, advice = "VAPID subject", "Set NEWSBELL_VAPID_SUBJECT to mailto: and an address that you read."
    scheme, _, rest = vapid_subject.partition(":")
    host = rest.rpartition("@")[2] if scheme == "mailto" else urlsplit(vapid_subject).hostname or ""
    if scheme not in ("mailto", "https"):
        sentence = (
            f"{vapid_subject} is neither mailto: nor https:, so it is not sent; some services refuse that."
        )
    elif not host or is_local(host.lower()) or " " in vapid_subject:
        sentence = f"{vapid_subject} reaches nobody; some push services refuse it."
    elif scheme == "mailto" and "@" not in rest:
        sentence = f"{vapid_subject} is no e-mail address; some push services refuse it."
    else:
        return Finding(subject=subject, level="ok", sentence=f"Push services can write to {vapid_subject}.")
    return Finding(subject=subject, level="warn", sentence=sentence, advice=advice)


def check_vapid_key(facts: Facts) -> Finding:
    if facts.has_vapid_key:
        return Finding(subject="VAPID key", level="ok", sentence="There is a key to sign with.")
    return Finding(
        subject="VAPID key",
        level="bad",
        sentence="There is no key, so no browser can subscribe.",
        advice="Start newsbell serve once; it makes one.",
    )


def check_worker(facts: Facts) -> Finding:
    subject, advice = "worker", "Run newsbell serve, or newsbell worker beside newsbell serve --no-worker."
    if facts.heartbeat is None:
        return Finding(subject=subject, level="bad", sentence="No worker is running.", advice=advice)
    age = facts.now - facts.heartbeat
    if -age > WRONG_CLOCK:
        sentence = (
            f"A worker's clock is {_duration(-age)} ahead of this machine's: it takes work from others."
        )
        return Finding(subject=subject, level="bad", sentence=sentence, advice=_SET_THE_CLOCK)
    if age < SILENT_AFTER:
        return Finding(subject=subject, level="ok", sentence="A worker is running.")
    sentence = f"No worker has been heard of for {_duration(age)}; nothing rings without one."
    return Finding(
        subject=subject, level="bad" if age > DEAD_AFTER else "warn", sentence=sentence, advice=advice
    )


def check_overdue(facts: Facts) -> Finding:
    waiting = facts.now - facts.overdue_since if facts.overdue_since else timedelta()
    if waiting < OVERDUE_AFTER:
        return Finding(subject="alerts", level="ok", sentence="No alert is late.")
    return Finding(
        subject="alerts",
        level="bad" if waiting > timedelta(hours=1) else "warn",
        sentence=f"Alerts have been waiting for {_duration(waiting)}.",
        advice="See that a worker runs and what its log says; more workers may share the work.",
    )


def check_suspended(facts: Facts) -> Finding:
    subject = "subscriptions"
    if not facts.suspended:
        return Finding(subject=subject, level="ok", sentence=f"{facts.subscriptions}, none suspended.")
    most = facts.suspended * 2 > facts.subscriptions
    return Finding(
        subject=subject,
        level="bad" if most else "warn",
        sentence=f"{facts.suspended} of {facts.subscriptions} are suspended: our key was refused.",
        advice="Where the subject or the clock is wrong, put it right: they are tried again by themselves. "
        "Where the store was copied from another server, their browsers have to subscribe again.",
    )


def check_paused(facts: Facts) -> Finding:
    if not facts.paused:
        return Finding(subject="push services", level="ok", sentence="None refuses our key.")
    return Finding(
        subject="push services",
        level="bad",
        sentence=f"Paused, because they refuse our key: {', '.join(facts.paused)}.",
        advice="Look at VAPID subject and clock. Nobody was removed; they are tried again by themselves.",
    )


def check_messages(facts: Facts) -> Finding:
    """Never bad, for it is the push service's matter, and anybody can make up one that is silent."""
    subject, waiting = "messages", facts.waiting
    if waiting.since is None:
        return Finding(subject=subject, level="ok", sentence="None waits for a push service.")
    lines = [
        f"{line.messages} for {line.service}, the first for {_duration(facts.now - line.since)}"
        for line in waiting.longest
    ]
    if others := waiting.services - len(lines):
        left = waiting.messages - sum(line.messages for line in waiting.longest)
        lines.append(f"{left} for {others} more")
    sentence = f"{waiting.messages} wait for push services: {'; '.join(lines)}."
    if facts.now - waiting.since < OVERDUE_AFTER:
        return Finding(subject=subject, level="ok", sentence=sentence)
    return Finding(
        subject=subject,
        level="warn",
        sentence=sentence,
        advice="Their push service rests, is paused or is slow; the log says which. They are sent as soon as "
        "it serves, until their story is a day old.",
    )


def check_topics(facts: Facts) -> Finding:
    sentence = f"{facts.waiting_topics} wait for a first article; there is room for {MAX_UNLISTED}."
    if facts.waiting_topics < MAX_UNLISTED * 0.8:
        return Finding(subject="topics", level="ok", sentence=sentence)
    return Finding(
        subject="topics",
        level="bad" if facts.waiting_topics >= MAX_UNLISTED else "warn",
        sentence=sentence,
        advice="newsbell topic list --waiting shows them; newsbell topic forget TOPIC makes room.",
    )


def check_clock(facts: Facts) -> Finding:
    subject, advice = "clock", _SET_THE_CLOCK
    if not _FIRST_YEAR <= facts.now.year < _LAST_YEAR:
        return Finding(
            subject=subject,
            level="bad",
            sentence=f"This machine's clock says {facts.now.astimezone(UTC):%Y-%m-%d}.",
            advice=advice,
        )
    apart = abs(facts.now - facts.database_now) if facts.database_now else timedelta()
    if apart > WRONG_CLOCK:
        return Finding(
            subject=subject,
            level="bad",
            sentence=f"This machine's clock and the database's are {_duration(apart)} apart.",
            advice=advice,
        )
    return Finding(
        subject=subject, level="ok", sentence=f"It is {facts.now.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    )


def check_disk(free: int) -> Finding:
    level: Level = "bad" if free < NO_DISK else "warn" if free < LITTLE_DISK else "ok"
    return Finding(
        subject="disk",
        level=level,
        sentence=f"{free / 1024**3:.1f} GB are free in the data folder.",
        advice="" if level == "ok" else "Make room, or move the data folder (NEWSBELL_DATA_DIR).",
    )


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= size:
            number = minutes // size
            return f"1 {unit}" if number == 1 else f"{number} {unit}s"
    return "less than a minute"
