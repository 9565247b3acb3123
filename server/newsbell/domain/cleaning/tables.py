"""Tables: which hold data, and their rows with headings, spans and what stands in the cells."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby
from typing import Any

from newsbell.domain.text import squeeze

_MOST_CELLS, _LONGEST_CELL = 5_000, 500
_SPANS = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan", "scope")}


def holds_data(table: Any) -> bool:
    """Whether a table is one, and not a page's layout."""
    if (table.get("role") or "").lower() in ("presentation", "none") or table.find(".//table") is not None:
        return False
    cells = list(table.iter("td", "th"))
    rows = sum(1 for _ in table.iter("tr"))
    longest = max((len(cell.text_content()) for cell in cells), default=0)
    return rows > 0 and 2 <= len(cells) <= _MOST_CELLS and len(cells) > rows and longest < _LONGEST_CELL


def read(table: Any, cell_of: Callable[[Any], tuple[str, str]]) -> tuple[str, str]:
    """The HTML inside the table element, and its text: a row a line, cells parted by bars. `cell_of` gives
    the HTML and the text of a cell.
    """
    sections, lines = [], []
    for tag, rows in groupby(table.iter("tr"), key=_section):
        html = ""
        for row in rows:
            cells = [(cell, *cell_of(cell)) for cell in row.iter("td", "th")]
            if cells:
                html += "<tr>" + "".join(_cell(cell, inside) for cell, inside, _ in cells) + "</tr>"
                lines.append(" | ".join(text for _, _, text in cells if text))
        if html:
            sections.append(f"<{tag}>{html}</{tag}>")
    caption = table.find("caption")
    told = squeeze(caption.text_content()) if caption is not None else ""
    opening = f"<caption>{escape(told, quote=False)}</caption>" if told else ""
    return opening + "".join(sections), "\n".join(filter(None, lines))


def _section(row: Any) -> str:
    parent = row.getparent()
    return "thead" if parent is not None and parent.tag == "thead" else "tbody"


def _cell(cell: Any, inside: str) -> str:
    told = [(name, cell.get(name)) for name in _SPANS[cell.tag]]
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in told if value)
    return f"<{cell.tag}{attributes}>{inside}</{cell.tag}>"
