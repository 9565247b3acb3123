"""docs/api.md says what there is: no route, error code or field is missing, none is made up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from newsbell import errors
from newsbell.services.importing import ReasonCode
from newsbell.web import errors as web_errors
from tests.web.site import Site

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")

NOT_OVER_HTTP = {"error", "bad_setting", "cannot_listen", "cannot_start", "name_taken"}
"""Codes of the command line alone, and of the tree's root, which nothing raises."""
ONLY_IN_FEEDS = {"feed_not_found"}


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def documented_routes() -> set[tuple[str, str]]:
    return set(re.findall(r"^\| `([A-Z]+)` \| `([^`]+)`", section("Routes"), re.MULTILINE))


def documented_codes() -> dict[str, int]:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (\d{3}) \|", section("Errors"), re.MULTILINE)
    return {code: int(status) for codes, status in rows for code in re.findall(r"\w+", codes)}


def raised() -> Iterator[tuple[str, str]]:
    """The class and code of each error that the program makes with a code of its own."""
    for path in sorted((ROOT / "server/newsbell").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for keyword in node.keywords:
                if (
                    keyword.arg == "code"
                    and name.endswith("Error")
                    and isinstance(keyword.value, ast.Constant)
                ):
                    yield name, str(keyword.value.value)


def codes_of_the_program() -> dict[str, int]:
    codes = {kind.code: status for kind, status in web_errors.STATUSES.items()}
    codes |= {code: status for status, (code, _) in web_errors.HTTP_ERRORS.items()}
    codes |= {code: web_errors.STATUSES.get(getattr(errors, name), 500) for name, code in raised()}
    return codes | {web_errors.INTERNAL[0]: 500}


def test_the_routes_are_those_of_the_app(site: Site) -> None:
    there = {
        (method, re.sub(r"<[^>]*?(\w+)>", r"<\1>", rule.rule))
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api") or rule.endpoint.startswith("health.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert documented_routes() == there


def test_the_codes_and_their_statuses_are_those_of_the_program() -> None:
    expected = {
        code: status
        for code, status in codes_of_the_program().items()
        if code not in NOT_OVER_HTTP | ONLY_IN_FEEDS
    }
    assert documented_codes() == expected


def test_the_codes_left_out_are_there_still() -> None:
    every = {errors.NewsbellError.code, *(kind.code for kind in errors.NewsbellError.__subclasses__())}
    assert {code for _, code in raised()} | every >= NOT_OVER_HTTP | ONLY_IN_FEEDS


def test_the_fields_of_an_article_are_documented(site: Site) -> None:
    article = site.save().json or {}
    named = set(re.findall(r"`(\w+)`", section("Articles")))
    assert set(article) <= named
    assert set(get_args(ReasonCode)) <= named


@pytest.mark.parametrize("number", ["120 times", "10 times", "30 times", "60 times", "300 times"])
def test_the_limits_are_those_of_the_program(number: str) -> None:
    source = (ROOT / "server/newsbell/web/limits.py").read_text(encoding="utf-8")
    assert number in section("How often")
    assert f'"{number.split(maxsplit=1)[0]} per minute"' in source
