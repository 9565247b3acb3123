"""What the operator's guide and its examples name is there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from benchmarks.__main__ import NAMES

from newsbell.cli.main import COMMANDS
from newsbell.config import Settings, variable
from newsbell.storage.database import Database

_ROOT = Path(__file__).parents[1]
_DOCS = _ROOT / "docs"
_EXAMPLES = sorted((_DOCS / "examples").iterdir())
_PAGES = [_DOCS / "operating.md", *_EXAMPLES]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_the_settings_it_names_are_settings(page: Path) -> None:
    named = set(re.findall(r"NEWSBELL_[A-Z_]+", page.read_text(encoding="utf-8")))
    assert named <= {variable(spec) for spec in fields(Settings)}


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_the_commands_it_names_are_commands(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|bin/|command: )newsbell ([a-z]+)", text)
    assert set(named) <= set(COMMANDS)


def test_the_events_it_tells_to_watch_are_told() -> None:
    text = (_DOCS / "operating.md").read_text(encoding="utf-8")
    watched = re.findall(r"`([a-z_]+)`", text.partition("Worth an alarm:")[2].partition("- RabbitMQ")[0])
    sources = "".join(path.read_text(encoding="utf-8") for path in (_DOCS.parent / "server").rglob("*.py"))
    sources = sources.replace('event(f"{self.name}_died"', 'event("worker_died" event("web_died"')
    assert len(watched) > 5
    assert [name for name in watched if not re.search(rf'"{name}\b', sources)] == []


def test_what_it_asks_the_database_both_databases_answer(database: Database) -> None:
    text = (_DOCS / "operating.md").read_text(encoding="utf-8")
    queries = re.findall(r"`(SELECT [^`]+)`", text)
    assert queries
    with database.read() as conn:
        for query in queries:
            conn.exec_driver_sql(query)


def test_the_benchmarks_it_names_are_benchmarks() -> None:
    text = (_DOCS / "operating.md").read_text(encoding="utf-8")
    assert set(re.findall(r"python -m benchmarks ([a-z]+)", text)) <= set(NAMES)


def test_every_example_is_named_in_the_guide_and_every_link_leads_somewhere() -> None:
    text = (_DOCS / "operating.md").read_text(encoding="utf-8")
    links = set(re.findall(r"\]\(([^)#]+)\)", text))
    assert {f"examples/{example.name}" for example in _EXAMPLES} <= links
    assert all((_DOCS / link).exists() for link in links)


def test_an_example_sets_what_can_be_set() -> None:
    lines = (_DOCS / "examples" / "newsbell.env").read_text(encoding="utf-8").splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings = Settings.from_environment(environ)
    assert settings.broker_url
    assert settings.resolved_database_url.startswith("postgresql+psycopg://")


def test_newsbell_is_installed_from_its_file_never_by_name() -> None:
    """By name, pip asks an index, where anybody may have registered it."""
    version = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    said = [path for folder in ("docs", "server", "benchmarks") for path in (_ROOT / folder).rglob("*.*")]
    texts = [path.read_text(encoding="utf-8") for path in said if path.suffix in (".md", ".py", ".yaml")]
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    text = "\n".join([readme, *texts])
    assert set(re.findall(r"newsbell-([0-9]+\.[0-9]+\.[0-9]+)", text)) == {version}
    named = re.findall(r"pip install (?:-\S+ )*'?([^\s'`]*newsbell[^\s'`]*)", text)
    wheel = f"newsbell-{version}-py3-none-any.whl"
    assert len(named) > 3
    assert {name.partition("[")[0].removeprefix("./") for name in named} == {wheel}
