"""The table of `python -m benchmarks fanout`."""

from __future__ import annotations

import os
from statistics import median

from benchmarks.fanout.peers import Measured

Round = dict[str, Measured]

LABELS = {
    "plain": "pywebpush.webpush() in a loop",
    "lone": "the same, one certificate is all it trusts",
    "session": "the loop with a shared requests.Session",
    "npm": "npm web-push, keepAlive agent, 100 at once",
    "ours": "Newsbell, one worker, rows and all",
    "two": "Newsbell, two workers, rows and all",
    "ours_pg": "Newsbell on PostgreSQL, one worker",
    "two_pg": "Newsbell on PostgreSQL, two workers",
    "encryption": "our encryption alone, no network (the limit)",
}
_FOOT = (
    "Python's variants trust the authorities that certifi ships, as an installation does, and the push "
    "service's own; node\nhas its own list, and the push service's beside it. Ratios are medians of the "
    "ratios within a round. Memory is that of\nthe largest process, before the first message and at the peak."
)


def print_table(rounds: list[Round]) -> None:
    print(
        f"{'':45} {'messages/s':>10} {'CPU µs':>7} {'sink µs':>7} {'MB':>5} {'peak':>5} "
        f"{'x plain':>8} {'x lone':>7} {'x npm':>7} {'of limit':>8}"
    )
    for variant in (name for name in LABELS if name in rounds[0]):
        ratios = [_ratio(rounds, variant, to) for to in ("plain", "lone", "npm", "encryption")]
        rate, cpu = _median(rounds, variant, "rate"), _median(rounds, variant, "cpu")
        rest = [_shown(_median(rounds, variant, what)) for what in ("sink", "idle", "memory")]
        print(f"{LABELS[variant]:45} {_shown(rate):>10} {_shown(cpu):>7} {rest[0]:>7} {rest[1]:>5} "
              f"{rest[2]:>5} {' '.join(ratios)}")  # fmt: skip
    for one, two, where in (("ours", "two", ""), ("ours_pg", "two_pg", " on PostgreSQL")):
        if two in rounds[0]:
            bound = _bound(rounds, one)
            print(f"two workers to one{where}: {_ratio(rounds, two, one).strip()}{bound}")
    print(_FOOT)


def _bound(rounds: list[Round], one: str) -> str:
    """What two workers can reach of one: each core's second is spent once, on a worker or on the service."""
    rate, cpu, sink = (_median(rounds, one, what) for what in ("rate", "cpu", "sink"))
    if rate is None or cpu is None or sink is None:
        return ""
    cores = os.cpu_count() or 1
    most = min(2.0, cores * 1e6 / (cpu + sink) / rate)
    return (
        f"; {cores} cores allow {most:.2f} "
        f"({cores} s of CPU a second, {cpu:.0f} + {sink:.0f} µs of it a message with the service's own)"
    )


def _median(rounds: list[Round], variant: str, what: str) -> float | None:
    values = [getattr(each[variant], what) for each in rounds]
    return median(values) if None not in values else None


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _ratio(rounds: list[Round], variant: str, to: str) -> str:
    """The median of the ratios within each round."""
    if to not in rounds[0]:
        return f"{'-':>7}"
    return f"{median(each[variant].rate / each[to].rate for each in rounds):7.2f}"
