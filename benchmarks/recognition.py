"""Recognised topics alone: what a page declares is hidden, the other pages' topics are the known ones.

    python -m benchmarks recognition DIR [--errors] [--sample N]

Two truths. What a page declares among the known topics is incomplete: what is recognised beyond that counts as
wrong, though much of it is right, and that precision is a lower bound. judgements.json has a reader's verdict on
pairs of page and topic: whether somebody who follows the topic would want this article in the feed; a passing
mention is a no. It holds the pages' and topics' names and no text. A country's verdict holds for all its names.

The weights of newsbell.domain.recognition were chosen over all pages, and looked at by halves of the publishers;
both halves are printed. `--sample N` prints pairs to judge, at random and always the same.
"""

from __future__ import annotations

import json
import logging
import math
import random
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cleaning import pages
from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean
from newsbell.domain.countries import code_of
from newsbell.domain.known import KnownTopics
from newsbell.domain.recognition import recognise
from newsbell.domain.slugs import slugify
from newsbell.domain.topics import StoredTopic, clean_name, fold
from newsbell.errors import NewsbellError

JUDGEMENTS = Path(__file__).parent / "judgements.json"
MANY = 10_000
NAMES_EACH = 3


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: its case, the half of the publishers it is in, its article, its declared names by folded name."""

    case: str
    half: int
    article: CleanArticle
    names: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A topic that was recognised; `verdict` None where nobody judged it."""

    page: Page
    key: str
    verdict: bool | None


def main(arguments: list[str]) -> int:
    logging.disable(logging.CRITICAL)
    found = read(Path(arguments[0]))
    homes = Counter(key for page in found for key in page.names)
    shown = {key: name for page in found for key, name in page.names.items()}
    verdicts = judgements(shown)
    told = [
        Told(page=page, key=key, verdict=verdicts.get((page.case, _meaning(shown[key]))))
        for page in found
        for key in recognised(page, homes, shown)
    ]
    print(f"{'pages':40}{len(found):>8}\n{'known topics':40}{len(homes):>8}\n{'recognised':40}{len(told):>8}")
    by_declarations(found, told, homes)
    by_judgement(told, verdicts)
    speed(found)
    if "--errors" in arguments:
        for one in told:
            if not one.verdict:
                print(f"{one.verdict!s:6}{shown[one.key]:24}{one.page.article.title[:80]}")
    if "--sample" in arguments:
        size = int(arguments[arguments.index("--sample") + 1])
        for one in random.Random(1).sample(told, min(size, len(told))):
            print(f"{one.page.case}\t{slugify(shown[one.key])}\t{one.verdict}\t{one.page.article.title[:80]}")
    return 0


def recognised(page: Page, homes: Counter[str], shown: dict[str, str]) -> list[str]:
    """The folded names of what is recognised in a page, knowing what the other pages declare."""
    known = [key for key in homes if homes[key] > (key in page.names)]
    topics = KnownTopics([_topic(at, shown[key]) for at, key in enumerate(known)])
    return [fold(mention.name) for mention in recognise(page.article, topics)]


def by_declarations(found: list[Page], told: list[Told], homes: Counter[str]) -> None:
    truth = {(page.case, key) for page in found for key in page.names if homes[key] > 1}
    hits = {(one.page.case, one.key) for one in told if one.page.names}
    right = len(hits & truth)
    print(f"{'precision by declarations, at least':40}{right / max(1, len(hits)):>8.3f}")
    print(f"{'recall by declarations':40}{right / max(1, len(truth)):>8.3f}")


def by_judgement(told: list[Told], verdicts: dict[tuple[str, str], bool]) -> None:
    for name, halves in (("all", {0, 1}), ("half of the publishers", {0}), ("the other half", {1})):
        judged = [one.verdict for one in told if one.page.half in halves and one.verdict is not None]
        low, high = interval(sum(judged), len(judged))
        print(
            f"{f'precision by judgement, {name}':40}{sum(judged) / max(1, len(judged)):>8.3f}"
            f"  ({sum(judged)} of {len(judged)}, 95 %: {low:.3f} to {high:.3f})"
        )
    print(f"{'recognised and not judged':40}{sum(one.verdict is None for one in told):>8}")
    wanted = {pair for pair, verdict in verdicts.items() if verdict}
    got = {(one.page.case, _meaning(one.page.names.get(one.key, one.key))) for one in told if one.verdict}
    print(f"{'recall of what was judged right':40}{len(got & wanted) / max(1, len(wanted)):>8.3f}")


def interval(right: int, all_: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share."""
    if not all_:
        return 0.0, 1.0
    z, share = 1.96, right / all_
    middle = share + z * z / (2 * all_)
    spread = z * math.sqrt(share * (1 - share) / all_ + z * z / (4 * all_ * all_))
    return (middle - spread) / (1 + z * z / all_), (middle + spread) / (1 + z * z / all_)


def speed(found: list[Page]) -> None:
    """What recognition costs beside many known topics of several names each."""
    chosen = random.Random(1)
    vocabulary = sorted({word for page in found for word in page.article.body_text.split() if word.isalpha()})
    topics = [
        StoredTopic(
            id=at, name=_invented(chosen, vocabulary, 1 + at % 3), slug=str(at), revision=0, articles=1,
            aliases=tuple(_invented(chosen, vocabulary, 2) for _ in range(NAMES_EACH - 1)),
        )
        for at in range(MANY)
    ]  # fmt: skip
    began = time.perf_counter()
    known = KnownTopics(topics)
    made = time.perf_counter() - began
    began = time.perf_counter()
    known = KnownTopics(topics[1:])
    again = time.perf_counter() - began
    began = time.perf_counter()
    for page in found:
        recognise(page.article, known)
    each = (time.perf_counter() - began) / len(found)
    print(
        f"{f'{MANY} topics of {NAMES_EACH} names, made ready in':40}{1000 * made:>8.0f} ms, once for many articles"
    )
    print(f"{'made ready again, a topic less, in':40}{1000 * again:>8.0f} ms")
    print(f"{'recognised in an article in':40}{1000 * each:>8.1f} ms")


def _invented(chosen: random.Random, vocabulary: list[str], length: int) -> str:
    return " ".join(word.capitalize() for word in chosen.choices(vocabulary, k=length))[:60]


def read(folder: Path) -> list[Page]:
    """The cleaned article of each page, with the names it declares."""
    found: list[Page] = []
    for case, html in pages(folder):
        try:
            article = clean(html, case["url"])
        except NewsbellError:
            continue
        half = zlib.crc32((case.get("publisher") or case["id"]).encode()) % 2
        names = _names(case["expected"].get("topics") or [])
        found.append(Page(case=case["id"], half=half, article=article, names=names))
    return found


def judgements(shown: dict[str, str]) -> dict[tuple[str, str], bool]:
    """The verdicts by case and meaning: a country's code, else the topic's slug."""
    meanings = {slugify(name): _meaning(name) for name in shown.values()}
    stored: dict[str, dict[str, list[str]]] = json.loads(JUDGEMENTS.read_text(encoding="utf-8"))
    return {
        (case, meanings.get(slug, slug)): verdict == "yes"
        for case, verdicts in stored.items()
        for verdict, slugs in verdicts.items()
        for slug in slugs
    }


def _meaning(name: str) -> str:
    return code_of(name) or slugify(name)


def _names(topics: list[Any]) -> dict[str, str]:
    names = (clean_name(str(topic)) for topic in topics)
    return {fold(name): name for name in names if name}


def _topic(number: int, name: str) -> StoredTopic:
    return StoredTopic(id=number, name=name, slug=slugify(name), aliases=(), revision=0, articles=1)
