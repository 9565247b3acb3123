"""Looks for a page that breaks the cleaning, for as long as it is let.

    python -m tests.fuzz_cleaning [SECONDS] [SEED]

Pages of ours and known vectors are cut, doubled, spliced and sprinkled with bytes. With atheris installed
(pip install atheris), `python -m tests.fuzz_cleaning atheris FOLDER [libFuzzer options]` lets coverage
lead; give it a copy of tests/fixtures/pages, for it adds what it finds. What breaks a promise is written to
fuzz-<digest>.html, by atheris to crash-<digest>, beside the traceback.
"""

from __future__ import annotations

import hashlib
import importlib
import random
import sys
import time
from pathlib import Path

from newsbell.domain.cleaning import clean, clean_restoring
from newsbell.errors import NewsbellError
from tests.domain.cleaning.pages import FOLDER
from tests.domain.cleaning.safety import check
from tests.domain.cleaning.xss import VECTORS

BASE = "https://news.example/world/article"
LONGEST = 200_000


def try_page(page: bytes) -> None:
    """Clean it, with and without its removals; a broken promise is raised, and any error but ours."""
    try:
        article = clean(page, BASE)
    except NewsbellError:
        return
    check(article, BASE)
    check(clean_restoring(page, BASE, restored=article.removals), BASE)


def seeds() -> list[bytes]:
    return [path.read_bytes() for path in sorted(FOLDER.iterdir())]


def mutated(pages: list[bytes], chosen: random.Random) -> bytes:
    page = bytearray(chosen.choice(pages))
    for _ in range(chosen.randrange(1, 12)):
        at, end = sorted(chosen.randrange(len(page) + 1) for _ in range(2))
        match chosen.randrange(5):
            case 0:
                del page[at : min(end, at + 2_000)]
            case 1:
                page[at:at] = page[at : min(end, at + 2_000)] * chosen.randrange(1, 20)
            case 2:
                page[at:at] = chosen.choice(VECTORS).encode("utf-8", "replace")
            case 3:
                other = chosen.choice(pages)
                begin = chosen.randrange(len(other))
                page[at:at] = other[begin : begin + 3_000]
            case _:
                page[at : at + 3] = chosen.randbytes(chosen.randrange(6))
    return bytes(page[:LONGEST])


def main(seconds: float, seed: int) -> int:
    chosen, pages, tried = random.Random(seed), seeds(), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page = mutated(pages, chosen)
        try:
            try_page(page)
        except Exception:
            name = Path(f"fuzz-{hashlib.sha256(page).hexdigest()[:12]}.html")
            name.write_bytes(page)
            print(f"{name} after {tried} pages (seed {seed})", file=sys.stderr)  # noqa: T201 - a command's answer
            raise
        tried += 1
    print(f"{tried} pages, none broke the cleaning (seed {seed})")  # noqa: T201 - the same
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["atheris"]:
        atheris = importlib.import_module("atheris")
        atheris.instrument_all()
        atheris.Setup([sys.argv[0], *sys.argv[2:]], try_page)
        atheris.Fuzz()
    else:
        given = [float(one) for one in sys.argv[1:3]]
        sys.exit(main(given[0] if given else 60.0, int(given[1]) if len(given) > 1 else 1))
