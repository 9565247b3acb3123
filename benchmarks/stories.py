"""Copies of a text are one story, other reports of the same event are not: how often that is got right.

    python -m benchmarks stories [--stored N N …]

Copies are made of our own samples and reports: rewritten, cut, re-captioned, and all at once. What must
stay apart are the reports of one event by several newsrooms (reports.toml), a form filled in with other
numbers, and every pair of different texts. Ours runs as an import does, through the index in SQLite; the
peers compare every pair. Then a look-up is timed beside so many articles: 10 and 100 thousand, or as many as
are given.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from uuid import uuid4

from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean
from newsbell.domain.likeness import BANDS, bands, likeness_of
from newsbell.domain.phrases import words
from newsbell.domain.stories import text_digest
from newsbell.domain.text import fold
from newsbell.services.samples import sample_pages
from newsbell.services.stories import StoryText, remember_text, story_of
from newsbell.storage import articles, stories
from newsbell.storage.database import Connection, Database
from newsbell.storage.migrations import upgrade
from newsbell.storage.schema import metadata

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
STORED = (10_000, 100_000)
"""Articles beside which a look-up is timed."""
AT_ONCE = 2_000

Same = Callable[[str, str], bool]


@dataclass(frozen=True)
class Pair:
    """Two texts, what was done to make one from the other, and whether they are one story."""

    kind: str
    one: str
    other: str
    same: bool


def main(arguments: list[str]) -> int:
    pairs = list(all_pairs())
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/stories.sqlite3"
        upgrade(url)
        database = Database(url)
        rows = {
            "Newsbell": {pair: by_import(database, pair) for pair in pairs},
            "equal text": {pair: equal(pair.one, pair.other) for pair in pairs},
            "SimHash, 3 bits": {pair: simhash(3)(pair.one, pair.other) for pair in pairs},
            "SimHash, 10 bits": {pair: simhash(10)(pair.one, pair.other) for pair in pairs},
            "Jaccard, half": {pair: jaccard(pair.one, pair.other) for pair in pairs},
        }
        for line in table(pairs, rows):
            print(line)
        print()
        sizes = [int(one) for one in arguments[arguments.index("--stored") + 1 :]] if arguments else STORED
        before = 0
        for stored in sizes:
            fill(database, stored - before)
            before = stored
            print(f"A look-up beside {stored} stored articles: {look_up(database):.1f} ms")
        database.close()
    return 0


def table(pairs: list[Pair], rows: dict[str, dict[Pair, bool]]) -> Iterator[str]:
    kinds = list(dict.fromkeys(pair.kind for pair in pairs))
    counts = {kind: sum(pair.kind == kind for pair in pairs) for kind in kinds}
    yield "| right, of all | pairs | " + " | ".join(rows) + " |"
    yield "|---|---:|" + "---:|" * len(rows)
    for kind in kinds:
        right = [
            sum(found[pair] is pair.same for pair in pairs if pair.kind == kind) for found in rows.values()
        ]
        yield (
            f"| {kind} | {counts[kind]} | " + " | ".join(f"{one / counts[kind]:.3f}" for one in right) + " |"
        )
    for name, of in (("precision", precision), ("recall", recall)):
        yield (
            f"| **{name}** | {len(pairs)} | "
            + " | ".join(f"{of(found):.3f}" for found in rows.values())
            + " |"
        )


def precision(found: dict[Pair, bool]) -> float:
    joined = [pair.same for pair, same in found.items() if same]
    return sum(joined) / len(joined) if joined else 1.0


def recall(found: dict[Pair, bool]) -> float:
    copies = [same for pair, same in found.items() if pair.same]
    return sum(copies) / len(copies)


# The pairs ------------------------------------------------------------------------------------------


def all_pairs() -> Iterator[Pair]:
    events = tomllib.loads((Path(__file__).parent / "reports.toml").read_text(encoding="utf-8"))["event"]
    reports = [[text.strip().replace(". ", ".\n") for text in event["reports"]] for event in events]
    samples = [clean(page, url).body_text for url, page in sample_pages("https://sample.example")]
    texts = [*samples, *(text for event in reports for text in event)]
    for number, text in enumerate(texts):
        for kind, change in COPIES.items():
            yield Pair(kind, text, change(text, random.Random(number)), same=True)
    for event in reports:
        for one, other in combinations(event, 2):
            yield Pair("one event, two reports", one, other, same=False)
    for number in range(20):
        yield Pair("a form with other numbers", bulletin(2 * number), bulletin(2 * number + 1), same=False)
    for one, other in combinations([*samples, *(event[0] for event in reports)], 2):
        yield Pair("different texts", one, other, same=False)


def rewritten(text: str, chosen: random.Random) -> str:
    """One word in ten is another."""
    return spliced(text, chosen, 0.1)


def heavily_rewritten(text: str, chosen: random.Random) -> str:
    """One word in six is another."""
    return spliced(text, chosen, 0.17)


def spliced(text: str, chosen: random.Random, share: float) -> str:
    pool = text.split()
    if len(pool) < 20:  # a script without spaces
        return "".join(chosen.choice(text) if chosen.random() < share / 2 else one for one in text)
    lines = [line.split() for line in text.split("\n")]
    return "\n".join(
        " ".join(chosen.choice(pool) if chosen.random() < share else one for one in line) for line in lines
    )


def cut(text: str, _chosen: random.Random) -> str:
    """The first half."""
    return text[: len(text) // 2]


def cut_short(text: str, chosen: random.Random) -> str:
    """A third from somewhere."""
    begin = chosen.randrange(len(text) * 2 // 3)
    return text[begin : begin + len(text) // 3]


def recaptioned(text: str, chosen: random.Random) -> str:
    """Another agency line, captions and credits between the paragraphs, a paragraph of their own."""
    lines = text.split("\n")
    for at in sorted(chosen.sample(range(len(lines) + 1), k=min(3, len(lines))), reverse=True):
        lines.insert(at, f"Picture {at}: seen from the north, photographed by staff. Photo: Example Agency")
    return "\n".join(["(Example Agency) -- This report was edited by our newsroom.", *lines])


def everything(text: str, chosen: random.Random) -> str:
    """Rewritten, cut to two thirds and re-captioned."""
    return recaptioned(rewritten(text[: len(text) * 2 // 3], chosen), chosen)


COPIES: dict[str, Callable[[str, random.Random], str]] = {
    "one word in ten rewritten": rewritten,
    "one word in six rewritten": heavily_rewritten,
    "cut to its first half": cut,
    "cut to a third": cut_short,
    "re-captioned": recaptioned,
    "all of it": everything,
}


def bulletin(number: int) -> str:
    chosen = random.Random(f"bulletin {number}")
    deep, strong, far, felt = (chosen.randrange(2, 900) for _ in range(4))
    return (
        f"An earthquake of magnitude {strong / 100:.1f} shook the coast early in the day, it says. "
        f"It lay {deep} kilometres deep, {far} kilometres from the nearest town. {felt} people told the "
        "institute that they had felt it. There are no reports of damage so far. Quakes of this strength are "
        "felt indoors and seldom do harm. Who noticed it can fill in the form on the institute's site; each "
        "answer helps to draw the map of how the ground moves."
    )


# Who decides ----------------------------------------------------------------------------------------


def by_import(database: Database, pair: Pair) -> bool:
    """Whether the second text is given the story of the first, in a store of its own."""
    with database.transaction() as conn:
        first, second = (stored(conn, text) for text in (pair.one, pair.other))
        for name in ("story_bands", "story_texts", "articles", "stories"):
            conn.execute(metadata.tables[name].delete())
    return first == second


def stored(conn: Connection, body_text: str) -> int:
    likeness = likeness_of(body_text)
    text = StoryText(digest=text_digest(body_text, ""), likeness=likeness, bands=bands(likeness))
    story = story_of(conn, text, NOW, NOW)
    added = articles.add(conn, article(body_text), topics=[], story_id=story, original=None, now=NOW)
    remember_text(conn, story, added.id, text)
    return story


def article(body_text: str) -> CleanArticle:
    return CleanArticle(
        url="", canonical_url="", title="", summary="", byline=(), body_html="", body_text=body_text,
        lead_image=None, site_name="", language="", published_at=None, modified_at=None, topics=(),
        removals=(),
    )  # fmt: skip


def fill(database: Database, stored: int) -> None:
    """Store so many articles more, each with bands of its own, in the order in which an index grows fastest."""
    chosen = random.Random(stored)
    with database.transaction() as conn:
        story = stories.add_story(conn, f"background {stored}", NOW)
        first = articles.add(conn, article("Text."), topics=[], story_id=story, original=None, now=NOW)
        table, index = metadata.tables["articles"], metadata.tables["story_bands"]
        row = dict(conn.execute(table.select().where(table.c.id == first.id)).mappings().one())
        numbers = range(first.id + 1, first.id + stored)
        for begin in range(0, len(numbers), AT_ONCE):
            rows = [{**row, "id": number, "uuid": uuid4()} for number in numbers[begin : begin + AT_ONCE]]
            conn.execute(table.insert(), rows)
        found = ((chosen.randrange(-(2**63), 2**63), number) for number in numbers for _ in range(BANDS))
        bands_ = sorted(found)
        for begin in range(0, len(bands_), 10 * AT_ONCE):
            some = bands_[begin : begin + 10 * AT_ONCE]
            conn.execute(index.insert(), [{"band": band, "article_id": number} for band, number in some])


def look_up(database: Database) -> float:
    """Milliseconds to find the story of a text that is new, its own hashing included; the median of 20."""
    chosen = random.Random(1)
    times = []
    with database.transaction() as conn:
        for _ in range(20):
            text = " ".join(chosen.choices(VOCABULARY, k=300))
            began = time.perf_counter()
            likeness = likeness_of(text)
            of = StoryText(digest=text_digest(text, ""), likeness=likeness, bands=bands(likeness))
            story_of(conn, of, NOW, NOW)
            times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


VOCABULARY = [f"w{number}" for number in range(3_000)]


def equal(one: str, other: str) -> bool:
    return text_digest(one, "") == text_digest(other, "")


def simhash(bits: int) -> Same:
    """Charikar's fingerprint of 64 bits over words; texts a few bits apart count as the same."""

    def near(one: str, other: str) -> bool:
        return (fingerprint(one) ^ fingerprint(other)).bit_count() <= bits

    return near


def fingerprint(text: str) -> int:
    sums = [0] * 64
    for word in words(fold(text)):
        value = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
        for bit in range(64):
            sums[bit] += 1 if value >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if sums[bit] > 0)


def jaccard(one: str, other: str) -> bool:
    """What MinHash with its usual threshold estimates: half of all shingles in common."""
    first, second = likeness_of(one).shingles, likeness_of(other).shingles
    return bool(first | second) and len(first & second) / len(first | second) >= 0.5
