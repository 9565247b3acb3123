"""Sharing the messages a worker may have under way among the push services.

A service that says nothing keeps each message until its timeout; with all of them it would keep the worker.
So no service ever has all, and one that does not answer as fast as it is asked has few. All such together,
however many there are, have no more than half; only a reader who was rung before may try one more service
beyond that, up to a quarter. Who reads through them waits, and nobody else does. This counts slots and
answers, whatever the answers are: what they mean is the governor's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(seconds=1)


@dataclass(eq=False, slots=True)
class Service:
    """A push service in one worker's eyes: its messages `under_way`, its `answers` so far, and whether it is
    `heard`, which is whether it may have more than a few. The line looks at it again a while after
    `looked_at`. `slow`: it was waited for in vain.
    """

    host: str
    under_way: int = 0
    answers: int = 0
    heard: bool = False
    slow: bool = False
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
        self._for_trying = self._for_unheard + most // 4
        self._unheard = 0  # under way to services that are not heard, as far as they may have them

    def room(self, service: Service, *, witness: bool) -> int:
        """How many messages to this service may begin now; `witness`: to readers whose last one was taken."""
        if service.heard:
            return max(0, self._for_one - service.under_way)
        room = min(self._few - service.under_way, self._for_unheard - self._unheard)
        if room <= 0 and witness and not service.under_way and self._unheard < self._for_trying:
            return 1
        return max(0, room)

    def begun(self, service: Service, number: int = 1) -> None:
        if service.heard:
            service.under_way += number
        else:
            self._unheard -= self._share(service)
            service.under_way += number
            self._unheard += self._share(service)

    def not_begun(self, service: Service, number: int) -> None:
        """What was counted as begun is not, or not yet."""
        self.begun(service, -number)

    def ended(self, service: Service, *, answered: bool) -> None:
        """A message got an answer, of whatever kind, or none in time."""
        self.not_begun(service, 1)
        if answered:
            service.answers += 1
            if not (service.heard or service.slow):
                self._hear(service)

    def worth_waiting(self, service: Service, now: datetime) -> bool:
        """Where no message may begin: whether the line may wait for it. Not for a slow service, nor where
        others have the places.
        """
        return service.under_way >= self._most_of(service) and self.keeps_up(service, now)

    def half_free(self, service: Service) -> bool:
        """Whether so many messages may begin that it is worth the while to look for them."""
        return 2 * service.under_way <= self._most_of(service)

    def keeps_up(self, service: Service, now: datetime) -> bool:
        """Whether a service that more wait for answers fast enough; judged as long as it is asked for."""
        before, answers = service.looked_at, service.answers - service.answers_then
        if before is None or now - before >= self._patience:
            service.looked_at, service.answers_then = now, service.answers
            if before is not None and (service.slow or now - before < 2 * self._patience):
                self._judge(service, answers)
        return not service.slow

    def _most_of(self, service: Service) -> int:
        return self._for_one if service.heard else self._few

    def _judge(self, service: Service, answers: int) -> None:
        service.slow = answers < (self._for_one // 2 if service.heard else self._few)
        if service.heard and service.slow:
            service.heard = False
            self._unheard += self._share(service)
        elif not (service.heard or service.slow):
            self._hear(service)

    def _hear(self, service: Service) -> None:
        service.heard = True
        service.looked_at = None  # what it answered while it had few says nothing about more
        self._unheard -= self._share(service)

    def _share(self, service: Service) -> int:
        """What it has of that which those not heard may have together. One that had more before it fell
        silent must not keep them from being heard.
        """
        return min(service.under_way, self._few)
