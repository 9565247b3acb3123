"""What `newsbell serve` tells the operator when it is up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsbell.cli.serving import announce
from newsbell.config import Settings
from newsbell.jobs.listening import Listening
from newsbell.storage import api_tokens
from newsbell.storage.database import Database
from tests.factories import NOW, stored_article

_HERE = Listening(address="127.0.0.1", port=8080, hold=None)


def test_the_first_start_says_what_to_do_next(
    settings: Settings, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(settings, _HERE)
    assert capsys.readouterr().out.splitlines() == [
        "Newsbell is at http://127.0.0.1:8080",
        f"  Data folder: {settings.data_dir}",
        "  A token for an editor: newsbell token create NAME",
        "  Nothing is stored yet. Fill it: newsbell import --samples",
    ]


def test_a_store_in_use_needs_no_advice(
    settings: Settings, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite_database.transaction() as conn:
        stored_article(conn, "Russia")
        api_tokens.add(conn, "desk", "hash", NOW)
    announce(settings, _HERE)
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    ("base_url", "warned"), [("http://news.example.org", True), ("https://news.example.org", False)]
)
def test_an_address_that_rings_nobody_is_said(
    settings: Settings,
    sqlite_database: Database,
    capsys: pytest.CaptureFixture[str],
    base_url: str,
    warned: bool,
) -> None:
    announce(replace(settings, base_url=base_url), _HERE)
    said = capsys.readouterr().out
    assert "Listening at 127.0.0.1 port 8080" in said
    assert ("from https only" in said) is warned


@pytest.mark.parametrize(("address", "said"), [("0.0.0.0", True), ("::1", False), ("127.0.0.1", False)])
def test_where_it_listens_is_said_where_the_address_does_not_say_it(
    settings: Settings,
    sqlite_database: Database,
    capsys: pytest.CaptureFixture[str],
    address: str,
    said: bool,
) -> None:
    there = replace(_HERE, address=address)
    announce(replace(settings, base_url=there.base_url()), there)
    assert ("Listening at" in capsys.readouterr().out) is said
