"""clean: the article in a page, as JSON; nothing is stored, and a store is looked at only for its topics."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import isfinite
from typing import Any

import click

from newsbell.cli import store
from newsbell.cli.output import print_json
from newsbell.cli.sources import read_source
from newsbell.config import Settings
from newsbell.domain.cleaning import MAX_BYTES
from newsbell.domain.serialise import article_json
from newsbell.edges.fetch import Fetcher
from newsbell.errors import MalformedError, NewsbellError, NoStoreError, TooLargeError, UnavailableError
from newsbell.services.importing import Source, clean_only
from newsbell.storage.database import Database

_LONGEST_LINE = 2 * MAX_BYTES  # JSON escapes lengthen a page
_SURROGATE = re.compile("[\ud800-\udfff]")

_log = logging.getLogger("newsbell.clean")


@click.command()
@click.argument("source", metavar="FILE|URL|-", required=False)
@click.option("--url", default="", metavar="URL", help="Where FILE or standard input comes from.")
@click.option("--jsonl", is_flag=True, help="Read {id, url, html} a line, answer an article a line.")
def clean(source: str | None, url: str, jsonl: bool) -> None:
    """Print the article of a page, as it would be saved, as JSON. Nothing is stored.

    With --jsonl pages are cleaned one by one, and topics known here are not recognised in them.
    """
    if jsonl:
        if source not in (None, "-") or url:
            raise click.UsageError("--jsonl reads standard input; it takes no FILE and no --url.")
        _clean_lines()
        return
    if source is None:
        raise click.UsageError("Give a FILE, a URL, or - for standard input.")
    settings = store.settings()
    page = read_source(source, url)
    with _known_topics(settings) as db:
        cleaned = clean_only(db, page, fetcher=Fetcher(settings))
    print_json(article_json(cleaned), indent=2)


@contextmanager
def _known_topics(settings: Settings) -> Iterator[Database | None]:
    """The store whose topics are recognised; None, and a word about it, where it cannot be asked."""
    with ExitStack() as stack:
        try:
            db = stack.enter_context(store.opened(settings))
        except (NoStoreError, UnavailableError) as error:
            click.echo(f"Cleaned without the topics known to a store. {error.message}", err=True)
            yield None
            return
        yield db


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
        page = _object(line, whole=whole)
        number = _number(page.get("id"))
        return {**article_json(clean_only(None, _source(page))), "id": number}
    except NewsbellError as error:
        return _problem(number, error.code, error.message)
    except Exception:  # noqa: BLE001 - whatever one page makes go wrong, the pages after it are cleaned
        _log.exception("event=line_not_cleaned id=%r", number)
        return _problem(number, "internal", "Something went wrong here; standard error has it.")


def _problem(number: object, code: str, message: str) -> dict[str, Any]:
    return {"id": number, "error": {"code": code, "message": message}}


def _number(given: object) -> object:
    """The id of a line, if an answer can carry it back: a number, or text that is Unicode; None for none."""
    if isinstance(given, str) and not _SURROGATE.search(given):
        return given
    if given is None or (isinstance(given, int | float) and not isinstance(given, bool) and isfinite(given)):
        return given
    raise MalformedError("id is a number or text.", field="id")


def _object(line: bytes, *, whole: bool) -> dict[str, Any]:
    if not whole:
        raise TooLargeError(f"A line of more than {_LONGEST_LINE // 1024 // 1024} MB.")
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
    if _SURROGATE.search(url):
        raise MalformedError("url holds half a character (a lone surrogate).", field="url")
    return Source(url=url, content=_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", html))
