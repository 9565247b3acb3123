"""`python -m benchmarks NAME [options]`: prints a table; `--help` after the name says what may be changed."""

from __future__ import annotations

import importlib
import sys

NAMES = {
    "fanout": "messages to push services a second: ours, its peers, and the limit",
    "scale": "what a fan-out costs as the store grows, and how soon the first message leaves",
    "publish": "the reader page and publishing while a fan-out runs",
    "chaos": "nothing lost while processes are killed and services fail",
}
MODULES = {"fanout": "benchmarks.fanout.run"}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in NAMES:
        print("usage: python -m benchmarks NAME [options]\n")
        print("\n".join(f"  {name:10}{what}" for name, what in NAMES.items()))
        return 2
    code: int = importlib.import_module(MODULES.get(arguments[0], f"benchmarks.{arguments[0]}")).main(
        arguments[1:]
    )
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
