"""What cleaning leaves of known XSS vectors, parsed and run by a real browser with no policy to help it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from newsbell.domain.cleaning import clean, sanitise
from newsbell.errors import NewsbellError
from tests.domain.cleaning.pages import page
from tests.domain.cleaning.xss import VECTORS
from tests.e2e.drivers.chromium import Chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browsers")]

BASE = "https://news.example/world/article"
_HEAD = "<!doctype html><meta charset=utf-8><script>var hits = []; function hit(n) { hits.push(n) }</script>"
# Everything in the parsed document that could run, load a frame, send a form or lead elsewhere by itself.
_DANGERS = """(() => {
    const bad = "script,style,iframe,frame,frameset,object,embed,applet,svg,math,form,input,button,select,"
        + "textarea,meta,base,link,template,noscript,portal,video,audio";
    const leads = ["href", "src", "action", "formaction", "data", "poster", "srcset"];
    const found = [];
    for (const section of document.querySelectorAll("section")) {
        for (const element of section.querySelectorAll("*")) {
            if (element.matches(bad)) found.push([section.id, element.outerHTML]);
            for (const { name, value } of element.attributes) {
                const stray = leads.includes(name) && !/^(https?|mailto):/.test(value);
                if (name.startsWith("on") || name === "style" || stray)
                    found.push([section.id, element.outerHTML]);
            }
        }
    }
    return found;
})()"""
_TOUCH = """(() => {
    const kinds = ["click", "mouseover", "focus", "toggle", "pointerenter", "error", "load"];
    for (const element of document.querySelectorAll("section *")) {
        for (const kind of kinds)
            element.dispatchEvent(new Event(kind, { bubbles: false, cancelable: true }));
    }
    return hits.length;
})()"""


def outputs() -> list[str]:
    """Each vector sanitised by itself and in tricky places, and cleaned as part of a page."""
    found = []
    for vector in VECTORS:
        places = (vector, f"<p>{vector}</p>", f"<table><tr><td>{vector}", f"<svg>{vector}", f"<math>{vector}")
        found += [sanitise(html, BASE) for html in places]
        with contextlib.suppress(NewsbellError):
            found.append(clean(page(vector), BASE, content_type="text/html").body_html)
    return found


def sections(pieces: list[str]) -> str:
    return "".join(f"<section id=s{number}>{piece}</section>" for number, piece in enumerate(pieces))


def test_no_vector_runs_or_leaves_anything_that_could(chromium: Chromium, tmp_path: Path) -> None:
    pieces = outputs()
    path = tmp_path / "cleaned.html"
    path.write_text(_HEAD + sections(pieces), encoding="utf-8")
    chromium.open(path.as_uri())
    assert chromium.run("document.querySelectorAll('body > section').length") == len(pieces)
    assert chromium.run(_DANGERS) == []
    assert chromium.run(_TOUCH) == 0
    # A second parse, as another program does it that passes the text on.
    chromium.run("document.body.innerHTML = document.body.innerHTML; 0")
    assert chromium.run(_DANGERS) == []
    assert chromium.run(_TOUCH) == 0


def test_the_browser_notices_a_vector_that_was_not_cleaned(chromium: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "raw.html"
    path.write_text(_HEAD + sections(["<img src=x onerror=hit(1)>", "<a href='javascript:hit(1)'>x</a>"]))
    chromium.open(path.as_uri())
    assert len(chromium.run(_DANGERS)) == 3
    assert chromium.run(_TOUCH) > 0
