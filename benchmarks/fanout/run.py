"""The rounds of `python -m benchmarks fanout`."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import http_ece
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from benchmarks.databases import database_url
from benchmarks.fanout.job import Job, raw_key
from benchmarks.fanout.peers import Measured, install_web_push, measure, node_variant, python_variant
from benchmarks.fanout.table import LABELS, Round, print_table
from benchmarks.sink import Sink, sink
from benchmarks.store import Browser, add_readers, new_store, ring
from newsbell.config import Settings
from newsbell.domain.payload import alert_payload
from newsbell.storage import keys
from newsbell.storage.database import Database

SAMPLE_EVERY = 1_000
SHARE = {
    "plain": 0.01, "lone": 0.01, "session": 0.04, "npm": 0.1,
    "ours": 1.0, "two": 1.0, "ours_pg": 1.0, "two_pg": 1.0, "encryption": 0.5,
}  # fmt: skip
"""How many of the messages each variant sends, so that each takes some seconds."""
SHARE_SLOW = SHARE | {"plain": 0.003, "lone": 0.003, "session": 0.003}
_WORKERS = {"ours": 1, "two": 2, "ours_pg": 1, "two_pg": 2}


@dataclass
class Bench:
    """One latency's sink and stores, and the variants that can be run against them."""

    folder: Path
    service: Sink
    messages: int
    web_push: Path | None
    slow: bool
    postgresql: str = ""
    browsers: list[Browser] = field(default_factory=lambda: [Browser() for _ in range(500)])
    said: set[bytes] = field(default_factory=set)

    def prepare(self) -> None:
        """The stores, and the jobs of the peers. SQLite's is a template that every round copies."""
        self.template = self.folder / "template"
        settings, db = self._store(self.template)
        self.payload = self._ring(db, settings)
        with db.read() as conn:
            key = keys.current(conn)
        assert key is not None
        db.close()
        self.job = Job(
            messages=0, subscriptions=[self._subscription(n) for n in range(1, 501)],
            payload=self.payload.decode(),
            subject=settings.vapid_subject, private_key=key.private_key, public_key=key.public_key,
            cert=str(self._bundle()), data_dir="", host=self.service.host,
        )  # fmt: skip
        if self.postgresql:
            self.server, db = self._store(self.folder / "server", self.postgresql)
            db.close()

    def variants(self) -> list[str]:
        absent = set() if self.web_push else {"npm"}
        absent |= set() if self.postgresql else {"ours_pg", "two_pg"}
        return [name for name in LABELS if name not in absent]

    def run(self, variant: str) -> Measured:
        """One measurement."""
        share = (SHARE_SLOW if self.slow else SHARE)[variant]
        job = replace(self.job, messages=max(1, int(self.messages * share)))
        if variant == "npm":
            return self._npm(job)
        if variant in _WORKERS:
            job = self._with_rows(job, variant)
        elif variant == "lone":
            job = replace(job, cert=str(self.service.cert))
        file = self.folder / "job.json"
        file.write_text(json.dumps(asdict(job)))
        name = "ours" if variant in _WORKERS else "plain" if variant == "lone" else variant
        environ = {"REQUESTS_CA_BUNDLE": job.cert}
        return measure(python_variant(name, file), environ, self.service, _WORKERS.get(variant, 1))

    def decrypted(self) -> int:
        """How many messages of the sample the reference opens; it raises for one it cannot."""
        for path, body in self.service.sample.bodies.items():
            browser = self._browser(int(path.rsplit("/", 1)[1]))
            text = http_ece.decrypt(
                body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm"
            )
            assert text in self.said, path
        return len(self.service.sample.bodies)

    def _npm(self, job: Job) -> Measured:
        assert self.web_push is not None
        file = self.folder / "job.json"
        file.write_text(json.dumps(asdict(job) | {"private_number": raw_key(job.private_key)}))
        environ = {"NODE_EXTRA_CA_CERTS": str(self.service.cert)}  # beside those that node brings along
        return measure(node_variant(self.web_push, file), environ, self.service)

    def _with_rows(self, job: Job, variant: str) -> Job:
        """An alert that is due, and all that follow its topic."""
        if variant.endswith("_pg"):
            db = Database(self.postgresql)
            self._ring(db, self.server)
            db.close()
            return replace(job, data_dir=str(self.server.data_dir), database_url=self.postgresql)
        data_dir = self.folder / "store"
        shutil.rmtree(data_dir, ignore_errors=True)
        shutil.copytree(self.template, data_dir)
        return replace(job, data_dir=str(data_dir))

    def _ring(self, db: Database, settings: Settings) -> bytes:
        payload = alert_payload(ring(db, settings).article, settings.base_url)
        self.said.add(payload)
        return payload

    def _store(self, folder: Path, url: str = "") -> tuple[Settings, Database]:
        settings, db = new_store(folder, database_url=url, private_host=self.service.host)
        add_readers(db, map(self._endpoint, range(1, self.messages + 1)), self._browser)
        return settings, db

    def _bundle(self) -> Path:
        """The authorities an installation trusts, and the push service's own certificate."""
        bundle = self.folder / "bundle.pem"
        bundle.write_bytes(Path(DEFAULT_CA_BUNDLE_PATH).read_bytes() + self.service.cert.read_bytes())
        return bundle

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
    with ExitStack() as stack:
        service = stack.enter_context(sink(folder, delay))
        url = stack.enter_context(database_url("postgresql")) if options.postgresql else ""
        bench = Bench(folder, service, options.messages, web_push, delay > 0, url)
        bench.prepare()
        variants = bench.variants()
        rounds: list[Round] = []
        for number in range(options.rounds):
            order = random.sample(variants, len(variants))
            rounds.append({variant: bench.run(variant) for variant in order})
            print(f"round {number + 1} of {options.rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
        print(
            f"\n{options.messages} followers, payload {len(bench.payload)} bytes, answers after {delay} ms, "
            f"{os.cpu_count()} cores with the push service on them, medians of {len(rounds)} rounds\n"
        )
        print_table(rounds)
        print(
            f"decrypted by the reference: {bench.decrypted()} messages of a sample; "
            "all are what was to be said\n"
        )


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks fanout")
    parser.add_argument("--messages", type=int, default=40_000, help="followers of the topic")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--delays", type=int, nargs="+", default=[0, 50], help="the service's latencies, in ms"
    )
    parser.add_argument("--no-npm", dest="npm", action="store_false", help="leave npm web-push out")
    parser.add_argument(
        "--postgresql", action="store_true", help="ours also with its rows in NEWSBELL_TEST_DATABASE_URL"
    )
    return parser.parse_args(arguments)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
