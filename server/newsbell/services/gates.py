"""Which push services one round may send to now: what the slots, the governor and the pauses say together."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from newsbell.domain.push import Outcome, PushResult
from newsbell.domain.slots import Service, Slots
from newsbell.services.work import Delivery, Due, host_of, is_witness, spread
from newsbell.storage import delivery
from newsbell.storage.database import Connection

log = logging.getLogger(__name__)

SERVICES_AT_ONCE = 1_000
"""Push services with waiting readers that are looked at in one go; anybody can make up names of more."""


class Gates:
    """The push services as one round meets them."""

    def __init__(self, work: Delivery) -> None:
        self._work = work
        self._slots = Slots(work.worker.at_once, work.worker.patience)
        self._by_origin: dict[str, Service] = {}
        self._by_host: dict[str, Service] = {}
        self._promised: list[tuple[Service, int]] = []
        self._full: set[Service] = set()  # readers wait for slots of these

    @property
    def under_way(self) -> bool:
        """Whether any answer is awaited."""
        return any(service.under_way for service in self._by_host.values())

    @property
    def have_room_again(self) -> bool:
        """Whether a service that had too little room for those who wait for it has enough now."""
        slots = self._slots
        return any(slots.half_free(one) and slots.room(one, witness=False) for one in self._full)

    def service(self, endpoint: str) -> Service:
        origin = endpoint[: endpoint.find("/", 8)]
        service = self._by_origin.get(origin)
        if service is None:
            service = self._by_origin[origin] = self._of_host(host_of(endpoint))
        return service

    def free(self, service: Service, *, witness: bool) -> bool:
        """Whether the service has a slot for a message."""
        return self._slots.room(service, witness=witness) > 0

    def worth_waiting(self, service: Service) -> bool:
        return self._slots.worth_waiting(service, self._work.clock())

    def open(self, service: Service, due: Due, paused: Mapping[str, datetime]) -> bool:
        """Whether the service may be sent to as far as its answers say; if so, that is counted."""
        host, governor = service.host, self._work.governor
        if host in paused and self._work.clock() < paused[host]:
            return False
        if not governor.watches(host):
            return True
        return governor.rest(host, self._work.clock(), witness=is_witness(due)) is None

    def begun(self, service: Service) -> None:
        self._slots.begun(service)

    def ended(self, service: Service, due: Due, result: PushResult) -> None:
        """Tell the slots, and the governor; it says when a push service has had enough."""
        self._slots.ended(service, answered=result.status > 0)
        if result.outcome is Outcome.SENT:
            self._work.governor.taken(service.host)
            return
        rest = self._work.governor.answered(
            service.host,
            due.subscription_id,
            result,
            witness=is_witness(due),
            now=self._work.clock(),
            jitter=spread(),
        )
        if rest:
            log.warning("service_rests service=%s seconds=%d", service.host, rest.total_seconds())

    def waited_for(self, conn: Connection) -> list[tuple[str, bool]]:
        """The hosts that readers wait for, as witnesses or not, and that may be sent to now; of very many,
        others next time.
        """
        turn = self._work.turn
        waiting = delivery.waiting_services(conn, SERVICES_AT_ONCE, after=turn.after)
        turn.after = next(reversed(waiting)) if len(waiting) == SERVICES_AT_ONCE else ""
        paused = delivery.paused(conn, self._work.clock()) if waiting else {}
        self._full.clear()
        lines = [(host, witness) for host, kinds in waiting.items() for witness in kinds]
        return [
            (host, kind) for host, kind in lines if host not in paused and self.room(host, 1, witness=kind)
        ]

    def room(self, host: str, most: int, *, witness: bool) -> int:
        """How many of `most` who wait for this host may be sent to, if they begin before anybody else."""
        now = self._work.clock()
        most = self._work.governor.room(host, most, now, witness=witness)
        if most == 0:
            return 0
        service = self._by_host.get(host) or Service(host)
        if not self._slots.half_free(service):
            self._slots.keeps_up(service, now)  # maybe nobody else asks
            self._full.add(service)
            return 0
        return min(most, self._slots.room(service, witness=witness))

    def promise(self, host: str, number: int) -> None:
        """Keep slots for so many, until `keep_promises`."""
        service = self._of_host(host)
        self._slots.begun(service, number)
        self._promised.append((service, number))

    def keep_promises(self) -> None:
        """Those who were promised a slot begin now."""
        while self._promised:
            self._slots.not_begun(*self._promised.pop())

    def _of_host(self, host: str) -> Service:
        return self._by_host.setdefault(host, Service(host))
