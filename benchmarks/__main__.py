"""`python -m benchmarks NAME [options]`: prints a table."""

from __future__ import annotations

import importlib
import sys

NAMES = {
    "cleaning": "DIR: articles out of real pages, ours beside other extractors, with speed and memory",
    "recognition": "DIR: known topics found in articles that do not declare them",
    "stories": "copies of a text told from other reports of its event",
}
_WITHOUT_DIR = {"stories"}


def main(arguments: list[str]) -> int:
    known = bool(arguments) and arguments[0] in NAMES
    if not known or (len(arguments) < 2 and arguments[0] not in _WITHOUT_DIR):
        print("usage: python -m benchmarks NAME [options]\n")
        print("\n".join(f"  {name:12}{what}" for name, what in NAMES.items()))
        return 2
    code: int = importlib.import_module(f"benchmarks.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
