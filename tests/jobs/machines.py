"""Machines of the tests' own: network namespaces of Linux on one bridge, whose cables can be pulled.

A process there shares this machine's files and clock, and meets everything else by its network alone. With
its cable pulled nobody is told: packets vanish, as when a machine loses its power.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

HERE = "203.0.113.1"
"""This machine's address in their network (RFC 5737: nobody else's)."""
_HARDWARE = "02:00:00:00:00:01"
"""What it is reached by. The others know it for good, as they would a router: nobody says that it is away."""
_NAME = "newsbell"
_LOCK = Path(tempfile.gettempdir()) / "newsbell-machines.lock"


class NoMachinesError(Exception):
    """This system makes none; the text says why."""


@dataclass(frozen=True)
class Machine:
    """One of them: its address, and the names of its namespace and of the cable that leads to it."""

    address: str
    namespace: str
    cable: str

    def there(self, *command: str) -> list[str]:
        """The command that runs this one there, as a process of the same number."""
        return ["ip", "netns", "exec", self.namespace, *command]

    def unplug(self) -> None:
        _ip("link", "set", self.cable, "down")

    def plug_in(self) -> None:
        _ip("link", "set", self.cable, "up")


@contextmanager
def machines(count: int) -> Iterator[Sequence[Machine]]:
    """So many machines in one network with this one; raises `NoMachinesError`. There is one network at a
    time: whoever comes second waits, and what is there before was left by somebody who was killed.
    """
    if not shutil.which("ip"):
        raise NoMachinesError("ip is not installed (Debian: apt-get install iproute2)")
    if os.geteuid() != 0:
        raise NoMachinesError("only root makes network namespaces")
    with _LOCK.open("w") as lock, ExitStack() as stack:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _made(stack, ("link", "add", _NAME, "address", _HARDWARE, "type", "bridge"), ("link", "del", _NAME))
        _ip("address", "add", f"{HERE}/24", "dev", _NAME)
        _ip("link", "set", _NAME, "up")
        yield [_machine(stack, number) for number in range(count)]


def _machine(stack: ExitStack, number: int) -> Machine:
    one = Machine(f"203.0.113.{number + 2}", f"{_NAME}-{number}", f"{_NAME}-{number}")
    _made(stack, ("netns", "add", one.namespace), ("netns", "del", one.namespace))
    to_it = ("link", "add", one.cable, "type", "veth", "peer", "name", "eth0", "netns", one.namespace)
    _made(stack, to_it, ("link", "del", one.cable))
    _ip("link", "set", one.cable, "master", _NAME, "up")
    _ip("-n", one.namespace, "address", "add", f"{one.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-n", one.namespace, "link", "set", device, "up")
    known = ("neigh", "replace", HERE, "lladdr", _HARDWARE, "dev", "eth0", "nud", "permanent")
    _ip("-n", one.namespace, *known)
    return one


def _made(stack: ExitStack, make: Sequence[str], unmake: Sequence[str]) -> None:
    with suppress(NoMachinesError):
        _ip(*unmake)
    _ip(*make)
    stack.callback(_ip, *unmake)


def _ip(*words: str) -> None:
    made = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if made.returncode:
        raise NoMachinesError(f"ip {' '.join(words)}: {made.stderr.strip()}")
