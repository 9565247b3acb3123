"""The doctor over a real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from newsbell.config import Settings
from newsbell.services.health import doctor, gather
from newsbell.storage import delivery, subscriptions
from newsbell.storage.database import Database
from newsbell.storage.delivery import Retry
from newsbell.storage.status import ServiceLine, Waiting
from tests.factories import stored_article, stored_key, subscriber, topic_ids


def test_the_facts_are_those_of_the_store(database: Database, settings: Settings, now: datetime) -> None:
    with database.transaction() as conn:
        article = stored_article(conn, "Russia")
        subscriber(conn, "Russia", now=now)
        subscriptions.suspend(conn, subscriber(conn, "Russia", now=now), now)
        delivery.heartbeat(conn, "one", now)
        russia = topic_ids(conn, ["Russia"])
        number = delivery.add_alert(
            conn, article.story_id, article.id, russia, now=now, expires_at=now + timedelta(days=1)
        )
        assert number is not None
        waits = Retry(
            alert_id=number, subscription_id=1, due_at=now, attempts=0, service="push.example", witness=True
        )
        delivery.add_retries(conn, [waits], "worker")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    facts = gather(database, settings, now + timedelta(minutes=7))
    assert (facts.subscriptions, facts.suspended) == (2, 1)
    assert facts.heartbeat == facts.overdue_since == now
    assert facts.has_vapid_key
    line = ServiceLine(service="push.example", messages=1, since=now)
    assert facts.waiting == Waiting(messages=1, services=1, since=now, longest=[line])
    assert facts.disk_free > 0
    assert (facts.database_now is None) == (database.dialect == "sqlite")


def test_an_empty_store_lacks_a_key_and_a_worker(
    sqlite_database: Database, settings: Settings, now: datetime
) -> None:
    bad = [finding.subject for finding in doctor(settings, now) if finding.level == "bad"]
    assert bad == ["VAPID key", "worker"]


def test_a_store_in_use_lacks_nothing(sqlite_database: Database, settings: Settings, now: datetime) -> None:
    with sqlite_database.transaction() as conn:
        stored_key(conn)
        delivery.heartbeat(conn, "one", now)
    assert "bad" not in {finding.level for finding in doctor(settings, now)}


def test_without_a_store_the_rest_is_checked_all_the_same(settings: Settings, now: datetime) -> None:
    findings = doctor(replace(settings, base_url="http://news.example.org"), now)
    assert {finding.subject: finding.level for finding in findings if finding.subject != "disk"} == {
        "store": "bad",
        "base URL": "bad",
        "VAPID subject": "warn",
    }
    assert not settings.data_dir.exists()


def test_a_store_of_another_version_is_found(settings: Settings, now: datetime) -> None:
    settings.data_dir.mkdir()
    Path(settings.data_dir, "newsbell.sqlite3").touch()
    store = doctor(settings, now)[0]
    assert (store.subject, store.level) == ("store", "bad")
    assert "not of this version" in store.sentence
