"""Servers of the tests' own, made to be killed: PostgreSQL, RabbitMQ and Redis, each in a folder and at a
port of its own. What is shared with other tests is never touched.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from kombu import Connection

from tests.jobs.waiting import descendants, is_alive, wait_until


class MissingProgramError(Exception):
    """A server is not installed; the text says what to install."""


@dataclass
class Server:
    """A server that can be killed with all its processes, and started again on the same folder and port."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    folder: Path
    port: int
    user: int | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """As the settings want it."""
        return {
            "postgresql": f"postgresql://newsbell@127.0.0.1:{self.port}/postgres",
            "rabbitmq": f"amqp://guest:guest@127.0.0.1:{self.port}//",
            "redis": f"redis://127.0.0.1:{self.port}/0",
        }[self.name]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environ, stdout=output, stderr=output,
                process_group=0, user=self.user,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - it takes no lock
            )  # fmt: skip
        wait_until(self._is_up, seconds=120, what=f"the start of {self.name}")

    def kill(self) -> None:
        """kill -9 of every process of it, at once; they are gone when this returns."""
        if self._process is None:
            return
        family = {self._process.pid, *descendants(self._process.pid)}
        for pid in family:
            _kill(pid)
        self._process.wait()
        wait_until(lambda: not any(map(is_alive, family)), what=f"the end of {self.name}")
        self._process = None

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "output").read_text(errors="replace")[-2_000:]
        try:
            _ASK[self.name](self.url)
        except (OSError, psycopg.OperationalError, redis.RedisError):
            return False
        return True


def _ask_postgresql(url: str) -> None:
    psycopg.connect(url, connect_timeout=5).close()


def _ask_rabbitmq(url: str) -> None:
    with Connection(url, connect_timeout=5) as connection:
        connection.connect()


def _ask_redis(url: str) -> None:
    with redis.Redis.from_url(url, socket_timeout=5) as client:
        client.ping()


_ASK = {"postgresql": _ask_postgresql, "rabbitmq": _ask_rabbitmq, "redis": _ask_redis}


_C = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _end_with_parent() -> None:
    """Ask Linux to end this process when the tests die, by kill -9 as well; called in the child."""
    if sys.platform == "linux":
        _C.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        """It ended by itself, when its parent did."""


@contextmanager
def own_postgresql() -> Iterator[Server]:
    """A PostgreSQL cluster, made for this; raises `MissingProgramError`."""
    programs, user = _postgresql_programs(), _not_root()
    with _folder(user) as folder:
        port = free_port()
        rows = folder / "rows"
        environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        make = [
            str(programs / "initdb"), f"--pgdata={rows}", "--username=newsbell", "--auth=trust",
            "--encoding=UTF8", "--no-sync",
        ]  # fmt: skip
        subprocess.run(make, env=environ, check=True, capture_output=True, cwd=folder, user=user)
        # What a killed process wrote is the kernel's to keep, so fsync is for power cuts alone.
        settings = [
            f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off",
            "max_connections=60",
        ]  # fmt: skip
        command = [str(programs / "postgres"), "-D", str(rows)]
        command += [word for setting in settings for word in ("-c", setting)]
        with _running(Server("postgresql", command, environ, folder, port, user)) as server:
            yield server


@contextmanager
def own_rabbitmq(*, least_free: int = 0) -> Iterator[Server]:
    """A RabbitMQ node, with a port mapper of its own; raises `MissingProgramError`. It takes no message while
    fewer than `least_free` bytes of the disk are free.
    """
    # The script of the package itself: Debian's in PATH becomes another user, with folders of its own.
    program = _program("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server", package="rabbitmq-server")
    mapper = _program("epmd", package="rabbitmq-server")
    with _folder(None) as folder:
        port, names = free_port(), free_port()
        (folder / "nothing").touch()
        (folder / "plugins").write_text("[].\n")
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(names),
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_NODENAME": f"newsbell-{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "messages"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "nothing"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            # Two schedulers that do not spin: it has little to do.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"+S 2:2 +sbwt none -rabbit disk_free_limit {least_free}",
        }
        listing = subprocess.Popen(
            [mapper, "-port", str(names), "-address", "127.0.0.1"], env=environ,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - it takes no lock
        )  # fmt: skip
        try:
            with _running(Server("rabbitmq", [program], environ, folder, port)) as server:
                yield server
        finally:
            listing.kill()
            listing.wait()


@contextmanager
def own_redis(*, most_memory: int = 0) -> Iterator[Server]:
    """A Redis that writes each change to its folder before it answers; raises `MissingProgramError`. It takes
    nothing while it holds more than `most_memory` bytes, 0 for no bound.
    """
    program = _program("redis-server", package="redis-server")
    with _folder(None) as folder:
        port = free_port()
        options = {
            "port": str(port),
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory": str(most_memory),
        }
        command = [program, *(word for name, value in options.items() for word in (f"--{name}", value))]
        with _running(Server("redis", command, dict(os.environ), folder, port)) as server:
            yield server


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def _folder(user: int | None) -> Iterator[Path]:
    """A folder for the server's files, that its user may enter: one of pytest's is closed to others."""
    with tempfile.TemporaryDirectory(prefix="newsbell-", ignore_cleanup_errors=True) as name:
        if user is not None:
            os.chown(name, user, -1)
        yield Path(name)


def _not_root() -> int | None:
    """Whom PostgreSQL runs as, for it refuses to be root's; None for who runs the tests."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return names.get("postgres", names["nobody"])


def _postgresql_programs() -> Path:
    """The folder of initdb and postgres: Debian leaves it out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    initdb = str(found[-1]) if found else _program("initdb", package="postgresql")
    return Path(initdb).resolve().parent


def _version(initdb: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", initdb.parts[-3])]


def _program(*names: str, package: str) -> str:
    """The first of these that is there."""
    for name in names:
        if found := shutil.which(name) or shutil.which(f"/usr/sbin/{name}"):
            return found
    raise MissingProgramError(f"{names[-1]} is not installed (Debian: apt-get install {package})")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
