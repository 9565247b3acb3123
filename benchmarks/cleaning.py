"""Ours beside other extractors on pages with known answers: how good, how fast, how much memory.

    python -m benchmarks cleaning DIR

DIR holds cases.jsonl ({"id", "set", "url", "expected"} a line), html/<id>.html.gz, and beside it score.py,
which is asked for the figures. Each extractor runs in a process of its own, so that memory is its own; the
peers are installed by `pip install '.[benchmarks]'`, and one that is not there is left out.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one extractor reached. `seconds` is processor time, `slowest` the longest page's."""

    name: str
    figures: dict[str, str]
    pages_a_second: float
    slowest: float
    megabytes: float
    failed: int


def ours(html: str, url: str) -> Answer:
    from newsbell.domain.cleaning import clean
    from newsbell.domain.serialise import article_json

    return article_json(clean(html, url))


def trafilatura_alone(html: str, url: str) -> Answer:
    import trafilatura

    found = trafilatura.bare_extraction(html, url=url, include_comments=False, with_metadata=True)
    if found is None:
        return {}
    told = found if isinstance(found, dict) else found.as_dict()
    return {
        "body_text": told.get("text") or "",
        "title": told.get("title"),
        "byline": [name.strip() for name in (told.get("author") or "").split(";") if name.strip()],
        "published_at": told.get("date"),
        "topics": [name for tag in told.get("tags") or [] for name in re.split(r"\s*[,;]\s*", tag)],
        "lead_image": {"url": told.get("image")},
    }


def readability(html: str, url: str) -> Answer:
    import lxml.html
    from readability import Document

    document = Document(html, url=url)
    tree = lxml.html.fromstring(document.summary())
    return {"title": document.short_title(), "body_text": "\n".join(map(str, tree.itertext()))}


def newspaper(html: str, url: str) -> Answer:
    import newspaper as library

    article = library.Article(url, fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return {
        "title": article.title,
        "body_text": article.text,
        "byline": article.authors or [],
        "published_at": article.publish_date.isoformat() if article.publish_date else None,
        "topics": list(article.tags or ()) or article.meta_keywords,
        "lead_image": {"url": article.top_image},
    }


def resiliparse(html: str, url: str) -> Answer:
    del url
    from resiliparse.extract.html2text import extract_plain_text

    return {"body_text": extract_plain_text(html, main_content=True)}


EXTRACTORS: dict[str, Callable[[str, str], Answer]] = {
    "newsbell": ours,
    "trafilatura": trafilatura_alone,
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "resiliparse": resiliparse,
}


MODULES = {
    "newsbell": "newsbell",
    "trafilatura": "trafilatura",
    "readability-lxml": "readability",
    "newspaper4k": "newspaper",
    "resiliparse": "resiliparse",
}


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0])
    missing = [name for name in EXTRACTORS if find_spec(MODULES[name]) is None]
    if missing:
        print(f"not installed, and left out: {', '.join(missing)} (pip install '.[benchmarks]')\n")
    results = [_run(name, folder) for name in EXTRACTORS if name not in missing]
    for line in table(results):
        print(line)
    return 0


def table(results: list[Result]) -> Iterator[str]:
    """The results side by side, a figure a line."""
    yield " " * 22 + "".join(f"{result.name:>18}" for result in results)
    for figure in results[0].figures:
        yield f"{figure:22}" + "".join(f"{result.figures.get(figure, ''):>18}" for result in results)
    yield f"{'pages/s a core':22}" + "".join(f"{result.pages_a_second:>18.1f}" for result in results)
    yield f"{'slowest page, s':22}" + "".join(f"{result.slowest:>18.2f}" for result in results)
    yield f"{'peak memory, MB':22}" + "".join(f"{result.megabytes:>18.0f}" for result in results)
    yield f"{'pages that failed':22}" + "".join(f"{result.failed:>18}" for result in results)


def pages(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each case with its page."""
    with (folder / "cases.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            packed = (folder / "html" / f"{case['id']}.html.gz").read_bytes()
            yield case, gzip.decompress(packed).decode("utf-8", "replace")


def _run(name: str, folder: Path) -> Result:
    with tempfile.TemporaryDirectory() as place:
        answers = Path(place) / "answers.jsonl"
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(name, folder, answers, sender))
        process.start()
        try:
            spent, slowest, megabytes, failed = receiver.recv()
        finally:
            process.join()
        count = sum(1 for _ in answers.open(encoding="utf-8"))
        return Result(
            name=name,
            figures=_score(folder, answers),
            pages_a_second=count / spent,
            slowest=slowest,
            megabytes=megabytes,
            failed=failed,
        )


def _work(name: str, folder: Path, answers: Path, sender: Any) -> None:
    import logging

    logging.disable(logging.CRITICAL)
    extract, times, failed = EXTRACTORS[name], [], 0
    with answers.open("w", encoding="utf-8") as out:
        for case, html in pages(folder):
            start = time.process_time()
            try:
                answer = extract(html, case["url"])
            except Exception:  # noqa: BLE001 - whatever an extractor raises, it has no answer
                answer, failed = {}, failed + 1
            times.append(time.process_time() - start)
            out.write(json.dumps({**answer, "id": case["id"]}, default=str) + "\n")
    sender.send((sum(times), max(times), _peak_megabytes(), failed))


def _peak_megabytes() -> float:
    """The most memory this process has held. Linux tells that of the process itself; getrusage, which is all
    there is elsewhere, may tell what the one held that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _score(folder: Path, answers: Path) -> dict[str, str]:
    command = [sys.executable, str(folder.parent / "score.py"), str(folder), str(answers)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(line.split(maxsplit=1) for line in told.splitlines() if line)
