"""Settings: frozen, read once from the environment, every name documented here and in docs/settings.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from newsbell.errors import SettingsError

PREFIX = "NEWSBELL_"


def _setting(default: Any, describe: str, parse: Callable[[str], Any], *, secret: bool = False) -> Any:
    return field(default=default, metadata={"describe": describe, "parse": parse, "secret": secret})


def _yes_no(text: str) -> bool:
    answers = {"yes": True, "no": False}
    if text.lower() not in answers:
        raise ValueError("say yes or no")
    return answers[text.lower()]


def _hours(text: str) -> timedelta:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", text) or float(text) > 24 * 365:
        raise ValueError("say a number of hours, 0 to 8760")
    return timedelta(hours=float(text))


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]|10", text):
        raise ValueError("say a number from 0 to 10")
    return int(text)


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip().lower().rstrip(".") for name in text.split(",") if name.strip())


_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"({_LABEL}(\.{_LABEL})*|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?)(:[0-9]{{1,5}})?")
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")


def _private_hosts(text: str) -> frozenset[str]:
    names = _names(text)
    for name in names:
        if not _HOST.fullmatch(name):
            raise ValueError(f"{name} is neither a host nor host:port")
    return names


def _push_hosts(text: str) -> frozenset[str]:
    names = _names(text)
    for name in names:
        # Subdomains count, so a bare "com" would make a push service of half the web.
        if not _DOMAIN.fullmatch(name):
            raise ValueError(f"{name} is not a whole host name such as push.example.org")
    return names


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address like https://news.example.org")
    if parts.path not in ("", "/"):
        raise ValueError("an address without a path: Newsbell is served from the root of its host")
    return f"{parts.scheme}://{parts.netloc}"


def _subject(text: str) -> str:
    if not text.startswith(("mailto:", "https://")):
        raise ValueError("a mailto: or https: address (RFC 8292 section 2.1)")
    return text


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may set. Each field is the variable NEWSBELL_<FIELD>; secrets may stand in a file
    named by NEWSBELL_<FIELD>_FILE instead.
    """

    data_dir: Path = _setting(
        Path(platformdirs.user_data_dir("newsbell")),
        "The folder with the database and the picture cache.",
        lambda text: Path(text).expanduser(),
    )
    database_url: str = _setting(
        "",
        "The database, as an SQLAlchemy URL; empty means SQLite in the data folder. "
        "PostgreSQL: postgresql://user:password@host/name.",
        str,
        secret=True,
    )
    base_url: str = _setting(
        "http://127.0.0.1:8080",
        "The address readers reach this server at; it stands in feeds and notifications. "
        "Web Push needs https here, except on this machine itself.",
        _base_url,
    )
    vapid_subject: str = _setting(
        "",
        "Whom a push service may write to about the notifications sent from here: mailto: or https:. "
        "Empty means the base URL where that is https.",
        _subject,
    )
    private_hosts: frozenset[str] = _setting(
        frozenset(),
        "Hosts (name, or name:port; comma separated) that may be fetched from and pushed to although they "
        "are private, plain http or on another port. What is named here is trusted.",
        _private_hosts,
    )
    push_hosts: frozenset[str] = _setting(
        frozenset(),
        "Push services beside those of Google, Mozilla, Microsoft and Apple: whole host names, comma "
        "separated; their subdomains count.",
        _push_hosts,
    )
    full_text: bool = _setting(
        True, "yes: pages and feeds carry the article's text; no: its summary and the link.", _yes_no
    )
    alert_max_age: timedelta = _setting(
        timedelta(hours=24),
        "An article older than this many hours does not ring when it is saved with notify: auto.",
        _hours,
    )
    trusted_proxies: int = _setting(
        0, "How many reverse proxies stand in front and set X-Forwarded-For, -Proto and -Host.", _count
    )

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL in force, the driver named."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'newsbell.sqlite3'}"
        scheme, separator, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg{separator}{rest}"
        return self.database_url

    @property
    def resolved_vapid_subject(self) -> str:
        """The `sub` claim of RFC 8292: what was set, else the base URL, which a push service accepts
        only if it is https (`newsbell doctor` warns otherwise).
        """
        return self.vapid_subject or self.base_url

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read every setting; `SettingsError` names the variable that cannot be used."""
        values = {spec.name: value for spec in fields(cls) if (value := _read(environ, spec)) is not None}
        return cls(**values)


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: most likely misspelt."""
    names = {variable(spec) for spec in fields(Settings)}
    secret = {variable(spec) + "_FILE" for spec in fields(Settings) if spec.metadata["secret"]}
    tests = PREFIX + "TEST"
    return sorted(
        name for name in environ if name.startswith(PREFIX) and not name.startswith(tests)
        if name not in names | secret
    )  # fmt: skip


def variable(spec: Any) -> str:
    """The environment variable of a field of Settings."""
    return PREFIX + str(spec.name).upper()


def _read(environ: Mapping[str, str], spec: Any) -> Any:
    name = variable(spec)
    text = environ.get(name)
    if spec.metadata["secret"] and environ.get(name + "_FILE"):
        if text:
            raise SettingsError(f"{name} and {name}_FILE are both set; keep one.", field=name)
        try:
            text = Path(environ[name + "_FILE"]).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{name}_FILE cannot be read: {error}.", field=name) from error
    if text is None or not text.strip():
        return None
    try:
        return spec.metadata["parse"](text.strip())
    except ValueError as error:
        raise SettingsError(f"{name} cannot be used: {error}.", field=name) from error


def describe(settings: Settings) -> list[tuple[str, str, str]]:
    """Each setting as (variable, value, what it is for), secrets masked, in the order of the class."""
    return [
        (variable(spec), _shown(getattr(settings, spec.name), secret=spec.metadata["secret"]),
         spec.metadata["describe"])
        for spec in fields(settings)
    ]  # fmt: skip


def _shown(value: Any, *, secret: bool) -> str:
    if secret:
        return "********" if value else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    if isinstance(value, timedelta):
        return f"{value / timedelta(hours=1):g}"
    return str(value)
