"""What a page of a list costs as articles pile up: of one topic, of several, of everything, near and deep."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from benchmarks.databases import database_url, names
from benchmarks.library import COPIED, EVERYTHING, FEW, PARTS, fill
from benchmarks.store import body_of, new_store
from benchmarks.touched import pages, pages_of, steps
from newsbell.domain.article import Position
from newsbell.domain.cleaning import clean
from newsbell.storage import articles, topics
from newsbell.storage.articles import TopicLink
from newsbell.storage.database import Database

_PER_PAGE = 51  # one more than is shown, to see whether there is another page


@dataclass(frozen=True)
class Page:
    """A page to be read: of these topics (None: of everything), behind this place."""

    label: str
    topic_ids: list[int] | None
    before: Position | None = None


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    for name in names():
        unit = "instructions" if name == "sqlite" else "pages"
        print(f"\n{name}\n{'articles':>10}  {'50 of':47} {'ms':>8} {'in database':>12} {unit:>13}")
        for size in options.articles:
            _one_size(name, size, options.repeats)
    return 0


def _one_size(name: str, size: int, repeats: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsbell-lists-")))
        url = stack.enter_context(database_url(name))
        _, db = new_store(folder, database_url=url)
        stack.callback(db.close)
        fill(db, size)
        for page in _pages(db, size):
            whole, database, touched = _read(db, page, repeats)
            row = f"{size:10}  {page.label:47} {whole * 1e3:8.2f} {database * 1e3:12.2f} {touched:13}"
            print(row, flush=True)
        seconds, touched = _copied(db, size)
        print(
            f"{size:10}  {'saving a copy of a story, counted once':47} {seconds * 1e3:8.2f} {'':12} {touched:13}"
        )


def _pages(db: Database, size: int) -> list[Page]:
    with db.read() as conn:
        known = topics.resolve(conn, [EVERYTHING, FEW, *PARTS])
        middle = articles.get(conn, size // 2 + min(COPIED, size // 4))
        last = articles.get(conn, 60)
    assert middle is not None
    assert last is not None
    everything, few, *parts = (known[name].id for name in (EVERYTHING, FEW, *PARTS))
    copied, deep = (Position(sort_at=one.sort_at, id=one.id) for one in (middle, last))
    return [
        Page("all", None),
        Page("all, the last page", None, deep),
        Page("all, behind a story of many homes", None, copied),
        Page("a topic with all of them", [everything]),
        Page("a topic with all, the last page", [everything], deep),
        Page("a topic with all, behind a story of many homes", [everything], copied),
        Page("a topic with 40 of them", [few]),
        Page("a union of 2 topics", [everything, few]),
        Page("a union of 10 topics, a hundredth in each", parts[:10]),
        Page("a union of 50 topics", [everything, few, *parts][:50]),
        Page("a union of 50 topics, the last page", [everything, few, *parts][:50], deep),
    ]


def _read(db: Database, page: Page, repeats: int) -> tuple[float, float, int]:
    """Seconds for the page as articles, seconds of its queries alone, and what these touch."""

    def read() -> None:
        with db.read() as conn:
            articles.latest(conn, topic_ids=page.topic_ids, before=page.before, limit=_PER_PAGE)

    with _asked() as asked:
        read()
    whole = median(_seconds(read) for _ in range(repeats))
    with db.read() as conn:

        def query() -> None:
            for statement, parameters in asked:
                conn.exec_driver_sql(statement, parameters).all()

        database = median(_seconds(query) for _ in range(repeats))
        if db.dialect == "postgresql":
            return whole, database, sum(pages_of(conn, *one) for one in asked)
    with steps(db) as counted:
        read()
    return whole, database, counted.count


def _copied(db: Database, size: int) -> tuple[float, int]:
    """Another home of the newest story, in a topic that has everything and one that has little."""
    address = "https://copies.example/"
    copy = clean(f"Ferry {size}\n\n{body_of(str(size))}", address)
    before = pages(db)
    with steps(db) as counted:
        began = time.perf_counter()
        with db.transaction() as conn:
            newest = articles.latest(conn, topic_ids=None, before=None, limit=1)[0]
            known = topics.resolve(conn, [EVERYTHING, FEW])
            links = [TopicLink(topic=topic, origin="editor", weight=1.0) for topic in known.values()]
            now = datetime.now(UTC)
            articles.add(conn, copy, topics=links, story_id=newest.story_id, original=None, now=now)
        seconds = time.perf_counter() - began
    with db.read() as conn:
        assert topics.resolve(conn, [EVERYTHING])[EVERYTHING].articles == known[EVERYTHING].articles
    return seconds, counted.count or pages(db) - before


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def _asked() -> Iterator[list[tuple[str, Any]]]:
    """The queries meanwhile, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            seen.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks lists")
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=21)
    return parser.parse_args(arguments)
