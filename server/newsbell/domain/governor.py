"""Leaving a push service in peace that has too much to do, without letting anybody silence it.

A 429 or a failure concerns one subscription at first: that one alone is tried again later. Only when many
witnesses fail one after the other, and nobody's message is taken between them, is it the service's own
matter: then it is left alone for a while, a little longer each time.

A witness is a subscription whose last message was taken, so whoever has failed once counts no more until a
message is taken again. After the rest anybody may be tried, but few at a time, and those who are no witnesses
never in the place of those who are. So what anybody can make up proves nothing here: an endpoint that never
took a message counts for nothing, one that did counts once, a Retry-After stretches the first rest not at all
and the next ones to two minutes at most, and one message taken ends it. However many are in league, they
cause one rest for the first `MANY_IN_A_ROW` of them, and one for each `PROBES` more; and after the first they
do not choose who comes first, because all who waited come back mixed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsbell.domain.push import Outcome, PushResult

MANY_IN_A_ROW = 50
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=2)
PROBES = 20
"""How many messages to witnesses are under way to a service that was left alone, until it takes one; and as
many to others."""
PROBE_LASTS = timedelta(minutes=2)
"""A probe that has no answer by then has none to come: its round was broken off."""
_JITTER = 0.25


@dataclass
class _Service:
    failed: dict[int, timedelta] = field(default_factory=dict)  # witness: the wait it was told
    spent: set[int] = field(default_factory=set)  # witnesses of the rests before
    rests: int = 0
    until: datetime | None = None
    probes: dict[bool, list[datetime]] = field(default_factory=lambda: {True: [], False: []})  # by witness


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

    def rest(self, host: str, now: datetime, *, witness: bool) -> timedelta | None:
        """How long to send nothing to this service; None where a message, to a `witness` or not, may begin
        now, which is counted.
        """
        service = self._services.get(host)
        if service is None or service.until is None:
            return None
        if now < service.until:
            return service.until - now
        probes = _under_way(service, now, witness=witness)
        if len(probes) >= PROBES:
            return FIRST_REST
        probes.append(now)
        return None

    def room(self, host: str, most: int, now: datetime, *, witness: bool) -> int:
        """How many messages, of `most`, may begin now to a `witness` each, or to others."""
        service = self._services.get(host)
        if service is None or service.until is None:
            return most
        if now < service.until:
            return 0
        return max(0, min(most, PROBES - len(_under_way(service, now, witness=witness))))

    def answered(
        self,
        host: str,
        subscription_id: int,
        result: PushResult,
        *,
        witness: bool,
        now: datetime,
        jitter: float,
    ) -> timedelta | None:
        """Note an answer, of a subscription that is a `witness` if its last message was taken; `jitter` is 0
        to 1. Gives the rest that begins with this answer, if one does.
        """
        if result.outcome is not Outcome.LATER:
            self.taken(host)
            return None
        service = self._services.setdefault(host, _Service()) if witness else self._services.get(host)
        if service is None:
            return None
        if service.probes[witness]:
            service.probes[witness].pop(0)
        resting = service.until is not None and now < service.until
        if not witness or resting or subscription_id in service.spent:
            return None
        service.failed[subscription_id] = result.retry_after or timedelta()
        if len(service.failed) < (PROBES if service.rests else MANY_IN_A_ROW):
            return None
        return self._begin_rest(service, now, jitter)

    def _begin_rest(self, service: _Service, now: datetime, jitter: float) -> timedelta:
        doubled: timedelta = FIRST_REST * 2 ** min(service.rests, 10)
        # The shortest of the waits that were asked for: one alone cannot make it longer. A first row may be a
        # league that stood together, so what it asks for is believed when others were tried and say so too.
        asked = min(service.failed.values()) if service.rests else timedelta()
        rest: timedelta = min(max(doubled, asked), LONGEST_REST) * (1 + _JITTER * jitter)
        service.rests += 1
        service.spent.update(service.failed)
        service.failed.clear()
        service.probes = {True: [], False: []}
        service.until = now + rest
        return rest


def _under_way(service: _Service, now: datetime, *, witness: bool) -> list[datetime]:
    probes = [begun for begun in service.probes[witness] if now - begun < PROBE_LASTS]
    service.probes[witness] = probes
    return probes
