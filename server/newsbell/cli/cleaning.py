"""clean: the article in a page, as JSON; nothing is stored, no store is needed."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from newsbell.cli import store
from newsbell.cli.output import print_json
from newsbell.cli.sources import read_source
from newsbell.domain.cleaning import MAX_BYTES
from newsbell.domain.serialise import article_json
from newsbell.edges.fetch import Fetcher
from newsbell.errors import MalformedError, NewsbellError, TooLargeError
from newsbell.services.importing import Source, clean_only

_LONGEST_LINE = 2 * MAX_BYTES  # JSON escapes lengthen a page


@click.command()
@click.argument("source", metavar="FILE|URL|-", required=False)
@click.option("--url", default="", metavar="URL", help="Where FILE or standard input comes from.")
@click.option("--jsonl", is_flag=True, help="Read {id, url, html} a line, answer an article a line.")
def clean(source: str | None, url: str, jsonl: bool) -> None:
    """Print the cleaned article of a page as JSON. Nothing is stored."""
    if jsonl:
        if source not in (None, "-") or url:
            raise click.UsageError("--jsonl reads standard input; it takes no FILE and no --url.")
        _clean_lines()
        return
    if source is None:
        raise click.UsageError("Give a FILE, a URL, or - for standard input.")
    cleaned = clean_only(None, read_source(source, url), fetcher=Fetcher(store.settings()))
    print_json(article_json(cleaned), indent=2)


def _clean_lines() -> None:
    stream = sys.stdin.buffer
    while line := stream.readline(_LONGEST_LINE):
        whole = len(line) < _LONGEST_LINE or line.endswith(b"\n")
        if line.strip():
            print_json(_answer(line, whole=whole))
        while not whole and (rest := stream.readline(_LONGEST_LINE)):
            whole = rest.endswith(b"\n")


def _answer(line: bytes, *, whole: bool) -> dict[str, Any]:
    """The article of one line with the id it came with, or the id and what was wrong."""
    number: object = None
    try:
        if not whole:
            raise TooLargeError(f"A line of more than {_LONGEST_LINE // 1024 // 1024} MB.")
        page = _object(line)
        number = page.get("id")
        return {**article_json(clean_only(None, _source(page))), "id": number}
    except NewsbellError as error:
        return {"id": number, "error": {"code": error.code, "message": error.message}}


def _object(line: bytes) -> dict[str, Any]:
    try:
        page = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedError("The line is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"Not a line of JSON: {error}.") from error
    if not isinstance(page, dict):
        raise MalformedError("Not a JSON object with id, url and html.")
    return page


def _source(page: dict[str, Any]) -> Source:
    url, html = page.get("url", ""), page.get("html")
    if not isinstance(url, str) or not isinstance(html, str):
        raise MalformedError("url and html are strings.", field="html")
    return Source(url=url, content=html)
