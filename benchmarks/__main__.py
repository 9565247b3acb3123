"""`python -m benchmarks NAME [options]`: prints a table; `--help` after most names says what may be changed."""

from __future__ import annotations

import importlib
import sys

NAMES = {
    "fanout": "messages to push services a second: ours, its peers, and the limit",
    "scale": "what a fan-out costs as the store grows, and how soon the first message leaves",
    "lists": "what a page of a list or feed costs as articles pile up",
    "publish": "the reader page and publishing while a fan-out runs",
    "chaos": "nothing lost while processes are killed and services fail",
    "sizes": "bytes of a reader in PostgreSQL, and of a message on the wire",
    "cleaning": "DIR: articles out of real pages, ours beside other extractors, with speed and memory",
    "recognition": "DIR: known topics found in articles that do not declare them",
    "popup": "how soon the extension's popup shows what is known, with the server fast, slow and down",
    "stories": "copies of a text told from other reports of its event",
}
MODULES = {"fanout": "benchmarks.fanout.run"}
_WITH_DIR = {"cleaning", "recognition"}


def main(arguments: list[str]) -> int:
    known = bool(arguments) and arguments[0] in NAMES
    if not known or (len(arguments) < 2 and arguments[0] in _WITH_DIR):
        print("usage: python -m benchmarks NAME [options]\n")
        print("\n".join(f"  {name:12}{what}" for name, what in NAMES.items()))
        return 2
    name = arguments[0]
    code: int = importlib.import_module(MODULES.get(name, f"benchmarks.{name}")).main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
