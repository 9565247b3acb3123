"""What keeps people from reading a page that a browser shows: by axe-core, and by where its letters stand."""

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

_MISREAD = r"""(() => {
    const FROM_THE_RIGHT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
    const FROM_THE_LEFT = /[\p{Script=Latin}\p{Script=Cyrillic}]/u;
    const range = document.createRange();
    const placeOf = (text, at) => {
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect();
    };
    const isMisread = (text) => {
        const onwards = FROM_THE_RIGHT.test(text.data) ? -1 : 1;
        const isLabel = text.parentElement.closest("button") !== null;
        let before = null;
        for (let at = 0; at < text.length; at += 1) {
            const place = placeOf(text, at);
            if (place.width === 0) continue; // a mark, or a space at the end of a line
            const isOnLine = before && Math.abs(place.y - before.y) < 2;
            const isInWord = before && !/\s/.test(text.data.slice(at - 1, at + 1));
            if (isOnLine ? (place.x - before.x) * onwards < 0 : isInWord && isLabel) return true;
            before = place;
        }
        return false;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const isMixed = FROM_THE_RIGHT.test(text.data) && FROM_THE_LEFT.test(text.data);
        const within = text.parentElement;
        const isSeen = within.checkVisibility() && !within.closest(".visually-hidden");
        if (isSeen && !isMixed && isMisread(text)) found.push(text.data);
    }
    return found;
})()"""


def misread(run: Callable[[str], Any]) -> list[str]:
    """The texts, of one script each, in which a letter does not stand behind the one before it, and the
    buttons in which a word is broken."""
    found: list[str] = run(_MISREAD)
    return found


def violations(run: Callable[[str], Any]) -> list[str]:
    """What a person with a keyboard, a screen reader or weak eyes would stumble over in the page where
    `run` runs an expression."""
    found: list[str] = run(_RUN % (AXE.read_text(encoding="utf-8"), json.dumps(RULES)))
    return found
