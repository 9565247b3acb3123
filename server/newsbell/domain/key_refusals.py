"""Telling "this subscription belongs to another key" from "the service takes our key no more".

One subscription that answers 401 or 403 was made with another key, or was made up: it alone is suspended.
Many in a row that were rung before, with no success between them, mean that something is wrong with our
key, our clock or our subject: then the service is paused and nobody is suspended for it. A subscription
that never was rung counts for nothing here, so nobody can silence a service by subscribing with a wrong key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

MANY_IN_A_ROW = 20
PAUSE = timedelta(minutes=15)


@dataclass
class KeyRefusals:
    """The refusals in a row of each push service, by host, as one worker has seen them."""

    _rows: dict[str, dict[int, int]] = field(default_factory=dict)

    def sent(self, host: str) -> None:
        """A message was taken: whatever was refused before was the subscriptions' own matter."""
        if self._rows:
            self._rows.pop(host, None)

    def refused(self, host: str, subscription_id: int, alert_id: int, *, proven: bool) -> dict[int, int]:
        """Note a refusal of a subscription, `proven` if it was rung before. Gives the row, {subscription:
        alert}, once they are many: they are to be reinstated and the service paused; else nothing.
        """
        if not proven:
            return {}
        row = self._rows.setdefault(host, {})
        row[subscription_id] = alert_id
        return self._rows.pop(host) if len(row) >= MANY_IN_A_ROW else {}
