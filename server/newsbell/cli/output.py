"""How commands print: short lines for people, JSON for programs, progress only where somebody watches."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click


def print_json(value: Mapping[str, Any] | Sequence[Any], *, indent: int | None = None) -> None:
    """One JSON document; escaped where standard output cannot take its letters as they are."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    click.echo(text if encodable(text) else json.dumps(value, indent=indent))


def encodable(text: str) -> bool:
    """Whether standard output can take the text: UTF-8 has no lone surrogates, other encodings lack more."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def print_table(rows: Sequence[Sequence[object]]) -> None:
    """Rows in columns, two spaces between them; the last column is as long as it is."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(_width(cell) for cell in column) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns of a terminal (Unicode Standard Annex 11): wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def progress(done: int, total: int, what: str) -> None:
    """A line on stderr that is written over; nothing where stderr is no terminal, or for a single step."""
    if total > 1 and sys.stderr.isatty():
        click.echo(f"\r\033[K{done} of {total}  {what}", nl=False, err=True)


def progress_ends(total: int) -> None:
    if total > 1 and sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
