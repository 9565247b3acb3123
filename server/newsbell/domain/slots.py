"""Sharing the messages a worker may have under way among the push services.

A service that says nothing keeps each message until its timeout; with all of them it would keep the worker.
So no service ever has all, and one that does not answer as fast as it is asked has few, and all such together
no more than half. Who reads through it waits, and nobody else does. This counts slots and answers, whatever
the answers are: what they mean is the governor's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(seconds=1)
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=2)


@dataclass(eq=False, slots=True)
class Service:
    """A push service in one worker's eyes: its messages `under_way`, its `answers` so far, and whether it is
    `heard`, which is whether it may have more than a few. The line looks at it again a while after
    `looked_at`. `slow`: it was waited for in vain; `mute_since`: and had not a single answer.
    """

    host: str
    under_way: int = 0
    answers: int = 0
    heard: bool = False
    slow: bool = False
    mute_since: datetime | None = None
    looked_at: datetime | None = None
    answers_then: int = 0


class Slots:
    """The `most` messages that may be under way, and who has them. `patience` is how long the line waits for
    a service that has all it may have; it is slow if it answers few meanwhile.
    """

    def __init__(self, most: int, patience: timedelta = PATIENCE) -> None:
        self._patience = patience
        self._few = max(1, most // 8)
        self._for_one = max(1, most - self._few)
        self._for_unheard = max(1, most // 2)
        self._unheard = 0  # under way to services that are not heard

    def free(self, service: Service) -> bool:
        """Whether a message to this service may begin now."""
        if service.heard:
            return service.under_way < self._for_one
        few = service.under_way < self._few and self._unheard < self._for_unheard
        return few or not service.under_way

    def begun(self, service: Service) -> None:
        service.under_way += 1
        if not service.heard:
            self._unheard += 1

    def ended(self, service: Service, *, answered: bool) -> None:
        """A message got an answer, of whatever kind, or none in time."""
        service.under_way -= 1
        if not service.heard:
            self._unheard -= 1
        if answered:
            service.answers += 1
            if not (service.heard or service.slow):
                self._hear(service)

    def rest(self, service: Service, now: datetime) -> timedelta | None:
        """Where no message may begin: how long to leave the service to itself, so that others have their
        turn; None while the line may wait for it. A slow one is looked at as long as it is asked for.
        """
        before, answers = service.looked_at, service.answers - service.answers_then
        if before is None or now - before >= self._patience:
            service.looked_at, service.answers_then = now, service.answers
            if before is not None and (service.slow or now - before < 2 * self._patience):
                self._judge(service, answers, before)
        if not service.slow:
            return None
        return FIRST_REST if service.mute_since is None else _within(now - service.mute_since)

    def _judge(self, service: Service, answers: int, since: datetime) -> None:
        service.mute_since = None if answers else service.mute_since or since
        service.slow = answers < (self._for_one // 2 if service.heard else self._few)
        if service.heard and service.slow:
            service.heard = False
            self._unheard += service.under_way
        elif not (service.heard or service.slow):
            self._hear(service)

    def _hear(self, service: Service) -> None:
        service.heard = True
        service.looked_at = None  # what it answered while it had few says nothing about more
        self._unheard -= service.under_way


def _within(rest: timedelta) -> timedelta:
    return min(max(rest, FIRST_REST), LONGEST_REST)
