"""Telling "this subscription belongs to another key" from "the service takes our key no more".

One subscription that answers 401 or 403 was made with another key, or was made up: it alone is suspended.
Many in a row that were rung before, with no success between them, mean that something is wrong with our
key, our clock or our subject: then the service is paused and nobody is suspended for it; for a minute first,
longer each time until a message is taken. A subscription that never was rung counts for nothing here, so
nobody can silence a service by subscribing with a wrong key; but during a pause it is not suspended either.
If others are served after the pause, it was for nothing, and whoever caused it counts no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MANY_IN_A_ROW = 20
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)


Row = dict[tuple[int, int], int]
"""Messages that were refused, {(alert, subscription): tries that failed before}."""


@dataclass(frozen=True)
class Refused:
    """The messages whose readers are not to be suspended, because the service is paused `until` then;
    `begins`: from now on.
    """

    row: Row
    until: datetime
    begins: bool


@dataclass
class _Service:
    row: Row = field(default_factory=dict)
    pauses: int = 0
    until: datetime | None = None
    accusers: set[int] = field(default_factory=set)  # of the pauses since a message was taken
    disproved: set[int] = field(default_factory=set)


@dataclass
class KeyRefusals:
    """The refusals in a row of each push service, by host, as one worker has seen them."""

    _services: dict[str, _Service] = field(default_factory=dict)

    def sent(self, host: str, now: datetime) -> None:
        """A message was taken: whatever was refused before was the subscriptions' own matter. During a pause
        that says nothing, for it may have been taken before the first was refused.
        """
        service = self._services.get(host) if self._services else None
        if service is None or (service.until is not None and now < service.until):
            return
        service.row.clear()
        if service.pauses:
            service.disproved |= service.accusers
            service.accusers.clear()
            service.pauses, service.until = 0, None

    def refused(
        self, host: str, subscription_id: int, alert_id: int, *, attempts: int, proven: bool, now: datetime
    ) -> Refused | None:
        """Note that a message was refused after `attempts` that failed, of a subscription that is `proven` if
        it was rung before. None where it is its own matter as far as can be told.
        """
        service = self._services.setdefault(host, _Service()) if proven else self._services.get(host)
        if service is None or subscription_id in service.disproved:
            return None
        if service.until is not None and now < service.until:
            if proven:
                service.accusers.add(subscription_id)
            return Refused({(alert_id, subscription_id): attempts}, service.until, begins=False)
        if not proven:
            return None
        service.row[alert_id, subscription_id] = attempts
        accusers = {subscription for _, subscription in service.row}
        if len(accusers) < MANY_IN_A_ROW:
            return None
        row, service.row = service.row, {}
        service.accusers |= accusers
        service.until = now + min(FIRST_PAUSE * 2 ** min(service.pauses, 10), LONGEST_PAUSE)
        service.pauses += 1
        return Refused(row, service.until, begins=True)
