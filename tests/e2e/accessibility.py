"""axe-core, run in a page that a browser shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES = ("dark", "light")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """(async () => {
    %s;
    const found = await axe.run(document, {runOnly: {type: "tag", values: %s}});
    return found.violations.map(
        (rule) => `${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.html).join(" | ")}`);
})()"""


def violations(run: Callable[[str], Any]) -> list[str]:
    """What a person with a keyboard, a screen reader or weak eyes would stumble over in the page where
    `run` runs an expression."""
    found: list[str] = run(_RUN % (AXE.read_text(encoding="utf-8"), json.dumps(RULES)))
    return found
