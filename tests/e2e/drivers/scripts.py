"""JavaScript that the drivers of both browsers run in a page."""

from __future__ import annotations

# innerText alone gives a hidden element's text too.
SHOWN_TEXT = """(selector) => {
    const element = document.querySelector(selector);
    return element?.checkVisibility() ? element.innerText.trim() : "";
}"""
