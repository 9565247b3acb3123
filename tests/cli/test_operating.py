"""config, migrate, doctor, vapid, token."""

from __future__ import annotations

from dataclasses import fields

import pytest

from newsbell.config import Settings, variable
from newsbell.services.tokens import check_token
from newsbell.storage import delivery
from newsbell.storage.database import Database
from tests.cli.conftest import Run
from tests.factories import stored_key


def test_config_prints_every_setting(run: Run) -> None:
    printed = run("config").stdout.splitlines()
    for spec in fields(Settings):
        assert any(line.startswith(f"{variable(spec)}=") for line in printed)


def test_config_masks_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBELL_DATABASE_URL", "postgresql://me:hidden@db/news")
    printed = run("config").output
    assert "NEWSBELL_DATABASE_URL=********\n" in printed
    assert "hidden" not in printed


def test_migrate_makes_a_store_and_may_be_repeated(run: Run) -> None:
    assert [run("migrate").exit_code, run("migrate").exit_code] == [0, 0]
    assert run("article", "list").exit_code == 0


def test_a_token_is_printed_alone_and_works(run: Run, db: Database) -> None:
    result = run("token", "create", "desk")
    assert check_token(db, result.stdout.removesuffix("\n")) == "desk"
    assert "in use" in run("token", "list").stdout


def test_a_name_is_used_once(run: Run, db: Database) -> None:
    run("token", "create", "desk")
    assert run("token", "create", "desk").exit_code == 1
    assert run("token", "create", "desk2").exit_code == 0


def test_a_revoked_token_is_shown_as_such(run: Run, db: Database) -> None:
    run("token", "create", "desk")
    assert run("token", "revoke", "desk").stdout == "Revoked: desk\n"
    assert "revoked" in run("token", "list").stdout
    assert run("token", "revoke", "desk").exit_code == 1


def test_the_key_is_shown_and_rotated(run: Run, db: Database) -> None:
    assert run("vapid", "show").exit_code == 1
    with db.transaction() as conn:
        stored_key(conn)
    before = run("vapid", "show").stdout
    rotated = run("vapid", "rotate").stdout
    assert len(before.strip()) == 87
    assert run("vapid", "show").stdout == rotated != before


def test_the_doctor_finds_nothing_bad_in_what_is_well(
    run: Run, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsbell.cli import store

    monkeypatch.setenv("NEWSBELL_BASE_URL", "https://news.example.org")
    with db.transaction() as conn:
        stored_key(conn)
        delivery.heartbeat(conn, "one", store.now())
    result = run("doctor")
    assert result.exit_code == 0
    assert {line.split()[0] for line in result.stdout.splitlines()} <= {"ok", "warn"}


def test_the_doctor_says_what_is_bad_and_what_to_do(run: Run, db: Database) -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert "No worker is running." in result.stdout
    assert "worker: Run newsbell serve" in result.stdout
