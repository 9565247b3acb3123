"""Cases that server and extension answer alike: tests/extension/recognise.test.js asks the extension."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsbell.domain.article import CleanArticle
from newsbell.domain.known import KnownTopics
from newsbell.domain.recognition import recognise
from tests.domain.test_recognition import EMPTY, topic

CASES = json.loads((Path(__file__).parents[1] / "recognition_cases.json").read_text(encoding="utf-8"))
FILLING = ["The council met again and talked for hours about other things entirely."] * 3


def article_of(case: dict[str, Any]) -> CleanArticle:
    """What it `says` in each of four parts of the text, and what it says `once` after the first paragraph."""
    lines = [line for _ in range(4) for line in (case["says"], *FILLING)]
    if "once" in case:
        lines.insert(2, case["once"])
    text, summary = "\n".join(lines), case.get("summary", "")
    return replace(EMPTY, title=case["title"], summary=summary, language=case["language"], body_text=text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['title']} for {case['topics']}")
def test_the_server_finds(case: dict[str, Any]) -> None:
    known = KnownTopics([topic(*([one] if isinstance(one, str) else one)) for one in case["topics"]])
    assert [one.name for one in recognise(article_of(case), known)] == case["found"]
