"""What befalls a stage: everything in turn is killed with kill -9 while the push service holds a request, and
what of it may be repeated.

The bound follows from the ledger (`services/ledger`): one worker has at most a batch of messages out that are
not written down. So a killed worker allows a batch of repeats, and a killed database a batch for each worker,
since what they were about to write is lost. A killed web process or broker allows none.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from newsbell.services.tokens import create_token
from tests.jobs.chaos import Stage, There, here
from tests.jobs.servers import Server
from tests.jobs.serving import Served, serving
from tests.pages import news_page, paragraphs_of


class Web:
    """`newsbell serve --no-worker` on a stage's store, which can be killed and started again; on another
    machine where its commands are led `there`.
    """

    def __init__(self, stage: Stage, folder: Path, *options: str, there: There = here) -> None:
        self._stage, self._folder, self._options, self._there = stage, folder, options, there
        self._token = create_token(stage.db, "editor", datetime.now(UTC))
        self._running = ExitStack()
        self._served: Served | None = None

    def start(self) -> None:
        newsbell = self._there(sys.executable, "-P", "-m", "newsbell")
        environ = self._stage.environ("web")
        self._served = self._running.enter_context(
            serving(newsbell, self._folder, environ, "--no-worker", *self._options)
        )

    @property
    def address(self) -> str:
        assert self._served is not None
        return self._served.address

    def answers(self) -> bool:
        """Whether it says that it is ready."""
        return self._served is not None and self._served.answers()

    def kill(self) -> None:
        """kill -9 of all its processes."""
        assert self._served is not None
        for pid in self._served.family():
            os.kill(pid, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        self._running.close()

    def publish(self) -> None:
        """Save an article that rings, as an editor does."""
        self._stage.stories += 1
        name = f"chaos by the web {self._stage.stories}"
        page = news_page(topics=["Russia"], paragraphs=paragraphs_of(name))
        body = {"url": f"https://paper.example/{self._stage.stories}", "html": page}
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.address}/api/v1/articles", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            assert answer.status == 201


@dataclass
class Course:
    """A stage, what of it can be killed, what happened to it, and how many repeats that allows."""

    stage: Stage
    web: Web
    database: Server | None = None
    broker: Server | None = None
    workers: int = 2
    bound: int = 0
    happened: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Start the web and the workers."""
        self.web.start()
        for number in range(self.workers):
            self.stage.start(f"w{number}")

    def deeds(self) -> list[Callable[[], None]]:
        """What can happen here, in the order it shall."""
        deeds = [self.kill_worker, self.kill_web]
        if self.broker is not None:
            deeds.append(self.kill_broker)
        if self.database is not None:
            deeds.append(self.kill_database)
        return deeds

    def wait_for_hold(self, more: int) -> bool:
        """Wait until the push service holds a request, after so many more; False where the work ends."""
        self.stage.sink.hold_after(more)
        while not self.stage.sink.held.wait(1):
            if self.stage.is_over():
                return False
        return True

    def kill_worker(self) -> None:
        """The one whose request is held."""
        killed = self.stage.kill(self.stage.sink.holder)
        self._go_on("worker")
        self.stage.start(f"{killed}x")
        self.bound += self.stage.batch

    def kill_web(self) -> None:
        self.web.kill()
        self._go_on("web")
        self.web.start()

    def kill_broker(self) -> None:
        assert self.broker is not None
        self.broker.kill()
        self._go_on("broker")
        self.broker.start()

    def kill_database(self) -> None:
        assert self.database is not None
        self.database.kill()
        self._go_on("database")
        self.database.start()
        self.bound += self.workers * self.stage.batch

    def _go_on(self, killed: str) -> None:
        self.stage.sink.go_on.set()
        self.happened[killed] += 1
