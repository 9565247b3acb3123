"""Reads pages as a browser would see them: their tree, what they link to and what they load."""

from __future__ import annotations

from typing import Any

import lxml.html
from werkzeug.test import TestResponse


def tree(response: TestResponse) -> Any:
    """The page of an answer, parsed."""
    assert response.mimetype == "text/html", response.mimetype
    return lxml.html.document_fromstring(response.text)


def one(page: Any, path: str) -> Any:
    """The only thing on the page at this XPath."""
    found = page.xpath(path)
    assert len(found) == 1, f"{len(found)} of {path}"
    return found[0]


def words(element: Any) -> str:
    """The text of an element, on one line."""
    return " ".join(element.text_content().split())


def titles(page: Any) -> list[str]:
    """The titles of a list of articles, from the top."""
    return [words(title) for title in page.xpath("//ol//article//h2")]


def loaded(page: Any) -> list[str]:
    """Every address that a browser asks for by itself when it shows the page."""
    links = "//link[not(@rel='alternate') and not(@rel='canonical')]/@href"
    return [str(address) for address in page.xpath(f"//@src | //@srcset | //@poster | {links}")]
