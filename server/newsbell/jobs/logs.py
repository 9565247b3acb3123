"""Logs: to stderr, one line an event, `event key=value`, whatever the message or the traceback holds."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

from newsbell.errors import UnavailableError

_LINE = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"
_TIME = "%Y-%m-%dT%H:%M:%S"


class OneLineFormatter(logging.Formatter):
    """A record as one line, its time in UTC; the lines of a traceback are joined by ` | `."""

    converter = staticmethod(time.gmtime)

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(_LINE, _TIME)

    def format(self, record: logging.LogRecord) -> str:
        return " | ".join(line for line in super().format(record).splitlines() if line.strip())


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send every logger of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It reports every look at the tables' version, which every start takes.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It writes down the address of every client that asked too often; nobody's address is kept here.
    logging.getLogger("flask-limiter").setLevel(logging.ERROR)


def event(name: str, **values: object) -> str:
    """`name key=value …`; a value with a space or a quote in it is quoted."""
    return " ".join([name, *(f"{key}={_value(value)}" for key, value in values.items())])


def log_failure(logger: logging.Logger, name: str, error: Exception, **values: object) -> None:
    """Log that something went wrong and will be tried again: with a traceback where it may be our fault, and
    in a few words where the database is away, which is said at each try.
    """
    if isinstance(error, UnavailableError):
        of_driver = str(getattr(error.__cause__, "orig", "")).partition("\n")[0]
        logger.error(event(name, error=error.message, reason=of_driver, **values))
    else:
        logger.error(event(name, error=type(error).__name__, **values), exc_info=error)


def as_dictconfig() -> dict[str, Any]:
    """The same form for a library that takes a `logging.config.dictConfig` (granian)."""
    formatter = {"()": "newsbell.jobs.logs.OneLineFormatter"}
    handler = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    return {
        "formatters": {"generic": formatter, "access": formatter},
        "handlers": {
            "console": {**handler, "formatter": "generic"},
            "access": {**handler, "formatter": "access"},
        },
    }


def _value(value: object) -> str:
    text = str(value)
    return repr(text) if not text or any(mark in text for mark in " \"'=\n\r\t") else text
