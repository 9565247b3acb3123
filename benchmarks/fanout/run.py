"""The rounds of `python -m benchmarks fanout`, and its table."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import http_ece

from benchmarks.fanout.job import Job, raw_key
from benchmarks.fanout.peers import Measured, install_web_push, measure, node_variant, python_variant
from benchmarks.sink import Sink, sink
from benchmarks.store import Browser, add_readers, new_store, ring
from newsbell.domain.payload import alert_payload
from newsbell.storage import keys

SAMPLE_EVERY = 1_000
LABELS = {
    "plain": "pywebpush.webpush() in a loop",
    "session": "the same, a shared requests.Session",
    "npm": "npm web-push, keepAlive agent, 100 at once",
    "ours": "Newsbell, one worker, rows and all",
    "two": "Newsbell, two workers, rows and all",
    "encryption": "our encryption alone, no network (the limit)",
}
SHARE = {"plain": 0.01, "session": 0.04, "npm": 0.1, "ours": 1.0, "two": 1.0, "encryption": 0.5}
"""How many of the messages each variant sends, so that each takes some seconds."""
SHARE_SLOW = SHARE | {"plain": 0.003, "session": 0.003}


@dataclass
class Bench:
    """One latency's sink and store, and the variants that can be run against them."""

    folder: Path
    service: Sink
    messages: int
    web_push: Path | None
    slow: bool
    browsers: list[Browser]

    def prepare(self) -> None:
        """The store that every round copies, and the jobs of the peers."""
        self.template = self.folder / "template"
        settings, db = new_store(self.template, private_host=self.service.host)
        add_readers(db, map(self._endpoint, range(1, self.messages + 1)), self._browser)
        self.imported = ring(db, settings)
        self.payload = alert_payload(self.imported.article, settings.base_url)
        with db.read() as conn:
            key = keys.current(conn)
        assert key is not None
        db.close()
        self.job = Job(
            messages=0, subscriptions=[self._subscription(n) for n in range(1, 501)],
            payload=self.payload.decode(),
            subject=settings.vapid_subject, private_key=key.private_key, public_key=key.public_key,
            cert=str(self.service.cert), data_dir="", host=self.service.host,
        )  # fmt: skip

    def run(self, variant: str) -> Measured:
        """One measurement."""
        share = (SHARE_SLOW if self.slow else SHARE)[variant]
        data_dir = self.folder / "store"
        shutil.rmtree(data_dir, ignore_errors=True)
        shutil.copytree(self.template, data_dir)
        values = asdict(self.job) | {
            "messages": max(1, int(self.messages * share)),
            "data_dir": str(data_dir),
        }
        job = self.folder / "job.json"
        if variant == "npm":
            assert self.web_push is not None
            job.write_text(json.dumps(values | {"private_number": raw_key(self.job.private_key)}))
            return measure(node_variant(self.web_push, job), {"NODE_EXTRA_CA_CERTS": values["cert"]})
        job.write_text(json.dumps(values))
        name, processes = ("ours", 2) if variant == "two" else (variant, 1)
        return measure(python_variant(name, job), {"REQUESTS_CA_BUNDLE": values["cert"]}, processes)

    def decrypted(self) -> int:
        """How many messages of the sample the reference opens; it raises for one it cannot."""
        for path, body in self.service.sample.bodies.items():
            browser = self._browser(int(path.rsplit("/", 1)[1]))
            text = http_ece.decrypt(
                body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm"
            )
            assert text == self.payload, path
        return len(self.service.sample.bodies)

    def _endpoint(self, number: int) -> str:
        where = "sample" if number % SAMPLE_EVERY == 0 else "slow" if self.slow else "push"
        return f"https://{self.service.host}/{where}/{'x' * 140}/{number}"

    def _browser(self, number: int) -> Browser:
        return self.browsers[number % len(self.browsers)]

    def _subscription(self, number: int) -> dict[str, object]:
        browser = self._browser(number)
        return {
            "endpoint": self._endpoint(number),
            "keys": {"p256dh": browser.p256dh, "auth": browser.auth_text},
        }


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="newsbell-fanout-") as name:
        folder = Path(name)
        missing = install_web_push(_made(folder / "npm")) if options.npm else "left out"
        if missing:
            print(f"npm web-push: {missing}")
        for delay in options.delays:
            try:
                _at(_made(folder / str(delay)), delay, options, None if missing else folder / "npm")
            except FileNotFoundError as error:
                print(error)
                return 1
    return 0


def _at(folder: Path, delay: int, options: argparse.Namespace, web_push: Path | None) -> None:
    with sink(folder, delay) as service:
        browsers = [Browser() for _ in range(500)]
        bench = Bench(folder, service, options.messages, web_push, delay > 0, browsers)
        bench.prepare()
        variants = [name for name in LABELS if name != "npm" or web_push]
        rounds: list[dict[str, Measured]] = []
        for number in range(options.rounds):
            order = random.sample(variants, len(variants))
            rounds.append({variant: bench.run(variant) for variant in order})
            print(f"round {number + 1} of {options.rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
        _print(delay, options, rounds, bench)


def _print(delay: int, options: argparse.Namespace, rounds: list[dict[str, Measured]], bench: Bench) -> None:
    print(
        f"\n{options.messages} followers, payload {len(bench.payload)} bytes, answers after {delay} ms, "
        f"{os.cpu_count()} cores with the push service on them, medians of {len(rounds)} rounds\n"
    )
    print(f"{'':45} {'messages/s':>10} {'CPU µs':>7} {'MB':>5} {'x plain':>8} {'x npm':>6} {'of limit':>8}")
    for variant in (name for name in LABELS if name in rounds[0]):
        ratios = [_ratio(rounds, variant, to) for to in ("plain", "npm", "encryption")]
        rate, cpu, memory = (
            median(getattr(each[variant], what) for each in rounds) for what in ("rate", "cpu", "memory")
        )
        print(f"{LABELS[variant]:45} {rate:10.0f} {cpu:7.0f} {memory:5.0f} {' '.join(ratios)}")
    print(f"two workers to one: {_ratio(rounds, 'two', 'ours').strip()}")
    print(
        f"decrypted by the reference: {bench.decrypted()} messages of a sample; all are what was to be said\n"
    )


def _ratio(rounds: list[dict[str, Measured]], variant: str, to: str) -> str:
    """The median of the ratios within each round."""
    if to not in rounds[0]:
        return f"{'-':>7}"
    return f"{median(each[variant].rate / each[to].rate for each in rounds):7.2f}"


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks fanout")
    parser.add_argument("--messages", type=int, default=40_000, help="followers of the topic")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--delays", type=int, nargs="+", default=[0, 50], help="the service's latencies, in ms"
    )
    parser.add_argument("--no-npm", dest="npm", action="store_false", help="leave npm web-push out")
    return parser.parse_args(arguments)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
