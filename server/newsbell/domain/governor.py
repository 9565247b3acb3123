"""Leaving a push service in peace that has too much to do, without letting anybody silence it.

A 429 or a failure concerns one subscription at first: that one alone is tried again later. Only when many
subscriptions that were rung before fail one after the other, and nobody's message is taken between them, is
it the service's own matter: then it is left alone for a while, a little longer each time. What anybody can
make up proves nothing here: an endpoint that never took a message counts for nothing, one that did counts
once, a Retry-After stretches the rest to two minutes at most, and one message taken ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsbell.domain.push import Outcome, PushResult

MANY_IN_A_ROW = 50
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=2)
PROBES = 20
"""How many messages are under way to a service that was left alone, until it takes one."""
_JITTER = 0.25


@dataclass
class _Service:
    failed: dict[int, timedelta] = field(default_factory=dict)  # subscription: the wait it was told
    rests: int = 0
    until: datetime | None = None
    probes: int = 0


@dataclass
class Governor:
    """What one worker has seen of each push service, by host."""

    _services: dict[str, _Service] = field(default_factory=dict)

    def taken(self, host: str) -> None:
        """A message was taken: the service does its work."""
        if self._services:
            self._services.pop(host, None)

    def watches(self, host: str) -> bool:
        """Whether there is anything to know about this service: mostly there is not."""
        return host in self._services

    def rest(self, host: str, now: datetime) -> timedelta | None:
        """How long to send nothing to this service; None where a message may begin now, which is counted."""
        service = self._services.get(host)
        if service is None or service.until is None:
            return None
        if now < service.until:
            return service.until - now
        if service.probes >= PROBES:
            return FIRST_REST
        service.probes += 1
        return None

    def answered(
        self,
        host: str,
        subscription_id: int,
        result: PushResult,
        *,
        proven: bool,
        now: datetime,
        jitter: float,
    ) -> timedelta | None:
        """Note an answer, of a subscription that is `proven` if it was rung before; `jitter` is 0 to 1. Gives
        the rest that begins with this answer, if one does.
        """
        if result.outcome is not Outcome.LATER:
            self.taken(host)
            return None
        service = self._services.setdefault(host, _Service()) if proven else self._services.get(host)
        if service is None:
            return None
        service.probes = max(0, service.probes - 1)
        if not proven or (service.until is not None and now < service.until):
            return None
        service.failed[subscription_id] = result.retry_after or timedelta()
        if len(service.failed) < (PROBES if service.rests else MANY_IN_A_ROW):
            return None
        return self._begin_rest(service, now, jitter)

    def _begin_rest(self, service: _Service, now: datetime, jitter: float) -> timedelta:
        doubled: timedelta = FIRST_REST * 2 ** min(service.rests, 10)
        # The shortest of the waits that were asked for: one alone cannot make it longer.
        rest: timedelta = min(max(doubled, min(service.failed.values())), LONGEST_REST) * (
            1 + _JITTER * jitter
        )
        service.rests += 1
        service.failed.clear()
        service.probes = 0
        service.until = now + rest
        return rest
