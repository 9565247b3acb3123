"""However many are due, few of them are in memory: objects are counted, not megabytes."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from newsbell.config import Settings
from newsbell.domain.push import PushMessage, PushResult
from newsbell.domain.subscription import PushTarget, VapidKey
from newsbell.services.delivery import Delivery, Worker, work_once
from newsbell.services.work import Entry
from newsbell.storage.database import Database
from newsbell.storage.delivery import Recipient
from tests.factories import NOW
from tests.fakes import Clock, FakePusher
from tests.services.readers import followers, left, ring

_BATCH = 20
_BATCHES = 30
_FEW = 3 * _BATCH
"""Those that are sent, those before whose answers wait to be written down, and some room."""


@dataclass
class Counting(FakePusher):
    """Looks around once in a batch: the most readers, and messages to them, that were in memory."""

    recipients: int = 0
    entries: int = 0

    def send(self, target: PushTarget, message: PushMessage, key: VapidKey) -> PushResult:
        if len(self.sent) % _BATCH == 0:
            kinds = [type(one) for one in gc.get_objects()]
            self.recipients = max(self.recipients, kinds.count(Recipient))
            self.entries = max(self.entries, kinds.count(Entry))
        return super().send(target, message, key)


def test_few_readers_are_in_memory_however_many_are_rung(sqlite_database: Database) -> None:
    pusher = Counting()
    worker = Worker(name="w", batch_size=_BATCH)
    work = Delivery(sqlite_database, Settings(), worker, pusher, Clock(NOW))
    due = followers(work, _BATCH * _BATCHES)
    ring(work)
    while work_once(work):
        pass
    assert left(work) == (0, 0, 0)
    assert sorted(pusher.endpoints) == sorted(due)
    assert 0 < pusher.recipients <= _FEW
    assert 0 < pusher.entries <= _FEW
