"""Recognised topics alone: what a page declares is hidden, the other pages' topics are the known ones.

    python -m benchmarks recognition DIR

A page's truth is what it declares among the known topics. What is recognised beyond that is counted as wrong,
though some of it is right and only not declared: the precision is a lower bound.
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.cleaning import pages
from newsbell.domain.article import CleanArticle
from newsbell.domain.cleaning import clean
from newsbell.domain.slugs import slugify
from newsbell.domain.topics import StoredTopic, clean_name, fold, recognise
from newsbell.errors import NewsbellError

Page = tuple[CleanArticle, dict[str, str]]


def main(arguments: list[str]) -> int:
    logging.disable(logging.CRITICAL)
    found = read(Path(arguments[0]))
    homes = Counter(key for _, names in found for key in names)
    shown = {key: name for _, names in found for key, name in names.items()}
    right = wrong = missed = 0
    errors: list[str] = []
    for article, names in found:
        known = [_topic(at, shown[key]) for at, key in enumerate(homes) if homes[key] - (key in names) > 0]
        truth = {key for key in names if homes[key] > 1}
        told = {fold(mention.name) for mention in recognise(article, known)}
        right, wrong, missed = (
            right + len(told & truth),
            wrong + len(told - truth),
            missed + len(truth - told),
        )
        errors += [f"{article.title[:60]}: {shown[key]}" for key in sorted(told - truth)]
    print(f"{'pages':22}{len(found):>8}\n{'known topics':22}{len(homes):>8}")
    print(f"{'precision':22}{right / max(1, right + wrong):>8.3f}")
    print(f"{'recall':22}{right / max(1, right + missed):>8.3f}")
    if "--errors" in arguments:
        print("\n".join(errors))
    return 0


def read(folder: Path) -> list[Page]:
    """The cleaned article of each page that declares topics, with their names by folded name."""
    found: list[Page] = []
    for case, html in pages(folder):
        names = _names(case["expected"].get("topics") or [])
        if not names:
            continue
        try:
            found.append((clean(html, case["url"]), names))
        except NewsbellError:
            continue
    return found


def _names(topics: list[Any]) -> dict[str, str]:
    names = (clean_name(str(topic)) for topic in topics)
    return {fold(name): name for name in names if name}


def _topic(number: int, name: str) -> StoredTopic:
    return StoredTopic(id=number, name=name, slug=slugify(name), aliases=(), revision=0, articles=1)
