from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newsbell.domain.countries import code_of, countries_in
from newsbell.domain.phrases import Text

ROOT = Path(__file__).parents[2]


def named(text: str, language: str) -> list[tuple[str, bool]]:
    """What the text names: codes, and whether by name."""
    read, countries = Text(text), countries_in(language)
    found = [countries.named(read, at) for at in range(len(read.folded))]
    return [(one.code, one.by_name) for one in found if one]


def test_the_table_is_in_step_with_its_source() -> None:
    script = ROOT / "scripts" / "countries.py"
    checked = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert checked.stdout.strip() == "in step"
    assert checked.returncode == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Ukraine", "UA"),
        ("Україна", "UA"),
        ("ウクライナ", "UA"),
        ("USA", "US"),
        ("Vereinigte Staaten", "US"),
        ("ukraina", "UA"),
        ("Europa", "150"),
        ("ONU", "UN"),
        ("Georgia", None),
        ("Jordan", None),
        ("Korea", None),
        ("Congo", None),
        ("gana", None),
        ("Granada", None),
        ("Orvel", None),
    ],
)
def test_a_name_is_a_countrys_where_it_is_nobody_elses(name: str, code: str | None) -> None:
    assert code_of(name) == code


@pytest.mark.parametrize(
    ("text", "language", "code", "by_name"),
    [
        ("Росії", "uk", "RU", True),
        ("Китаю", "ru", "CN", True),
        ("немецкого", "ru", "DE", False),
        ("українською", "uk", "UA", False),
        ("Stanach Zjednoczonych", "pl", "US", True),
        ("niemieckiego", "pl", "DE", False),
        ("Vereinigten Staaten", "de", "US", True),
        ("iranischen", "de", "IR", False),
        ("Ukraines", "de", "UA", True),
        ("ucranianas", "es", "UA", False),
        ("françaises", "fr", "FR", False),
        ("tedeschi", "it", "DE", False),
        ("tyskarna", "sv", "DE", False),
        ("Türkiye'nin", "tr", "TR", True),
        ("韓国", "ja", "KR", True),
        ("وأوكرانيا", "ar", "UA", True),
        ("באוקראינה", "he", "UA", True),
        ("The U.S. met", "en", "US", True),
        ("Выборы в США", "ru", "US", True),
        ("British", "en", "GB", False),
        ("Deutschland", "", "DE", True),
    ],
)
def test_forms_of_a_country(text: str, language: str, code: str, by_name: bool) -> None:
    assert (code, by_name) in named(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("polish", "en"),
        ("turkey", "en"),
        ("us", "en"),
        ("Indiana", "en"),
        ("Perugia", "it"),
        ("Irene", "de"),
        ("Roman", "en"),
        ("Cubs", "en"),
        ("Europa", "en"),
        ("Korean", "en"),
        ("Congolese", "en"),
    ],
)
def test_no_country(text: str, language: str) -> None:
    assert named(text, language) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Papua New Guinea", "PG"),
        ("South Korea", "KR"),
        ("New Mexico", ""),
    ],
)
def test_the_longest_name_is_meant(text: str, code: str) -> None:
    assert named(text, "en")[0] == (code, True)
