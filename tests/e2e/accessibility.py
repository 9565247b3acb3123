"""axe-core, run in a page that a browser shows."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.drivers.firefox import Firefox

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES = {"dark": 0, "light": 1}
_SCHEME_PREFERENCE = "layout.css.prefers-color-scheme.content-override"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
    const found = await axe.run(document, {runOnly: {type: "tag", values: given[0]}});
    return found.violations.map(
        (rule) => `${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.html).join(" | ")}`);
"""


def use_scheme(firefox: Firefox, scheme: str) -> None:
    """Let pages be shown light or dark from now on."""
    firefox.set_preference(_SCHEME_PREFERENCE, SCHEMES[scheme])


def violations(firefox: Firefox) -> list[str]:
    """What a person with a keyboard, a screen reader or weak eyes would stumble over here."""
    script = AXE.read_text(encoding="utf-8") + _RUN
    found: list[str] = firefox.run_async(script, RULES)
    return found
