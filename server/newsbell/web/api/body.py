"""Reads the JSON body of a request: strictly, within bounds, and naming the field at fault.

Authenticate first, then read: a body is only as cheap to refuse as the bound on it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from flask import request

from newsbell.errors import MalformedError, UnsupportedTypeError
from newsbell.web.api.uploads import receive

SMALL = 16_000
"""Bytes of a body with neither a page nor topics to follow in it."""
WITH_TOPICS = 200_000
"""Bytes of a body with topics to follow in it: 200 slugs of 80 characters, whatever their script (12 bytes
each where JSON escapes them, RFC 8259 section 7), and a push subscription.
"""
WITH_TEXT = 2_000_000
"""Bytes of a body with an editor's text in it."""
WITH_PAGE = 12_000_000
"""Bytes of a body with a page in it: the largest page that is cleaned, escaped as JSON."""


Option = TypeVar("Option", bound=str)


class Fields:
    """A JSON object whose fields are known beforehand; any other is refused.

    `path` is where it stands in the body ("" for the body itself), so that errors say `keys.auth`.
    """

    def __init__(self, values: Mapping[str, object], known: Collection[str], path: str = "") -> None:
        self._values = values
        self._path = path
        for name in values:
            if name not in known:
                raise MalformedError(
                    f"{_short(name)} is not a field here; known: {', '.join(sorted(known))}.",
                    field=_short(path + name),
                )

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, *, longest: int | None = None) -> str | None:
        """The string of a field, or None without it.

        Longer than `longest` characters is refused; without that, a rule further in bounds it.
        """
        if name not in self._values:
            return None
        field = self._path + name
        value = _string(self._values[name], field, f"{field} must be a string.")
        if longest is not None and len(value) > longest:
            raise MalformedError(f"{field} may have {longest} characters at most.", field=field)
        return value

    def page(self, name: str) -> str | None:
        """A page's HTML or text, bounded by the request as a whole.

        A lone surrogate, which a browser's DOM may hold, becomes the replacement character.
        """
        if name not in self._values:
            return None
        field = self._path + name
        value = self._values[name]
        if not isinstance(value, str):
            raise MalformedError(f"{field} must be a string.", field=field)
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def required(self, name: str, *, longest: int | None = None) -> str:
        """The string of a field that must be there."""
        value = self.text(name, longest=longest)
        if value is None:
            raise MalformedError(f"{self._path + name} is missing.", field=self._path + name)
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of strings, or None without the field."""
        if name not in self._values:
            return None
        field = self._path + name
        values = self._values[name]
        if not isinstance(values, list):
            raise MalformedError(f"{field} must be a list of strings.", field=field)
        return tuple(_string(value, field, f"{field} must hold strings only.") for value in values)

    def values(self, name: str) -> list[object] | None:
        """A list of whatever, or None without the field."""
        if name not in self._values:
            return None
        field = self._path + name
        values = self._values[name]
        if not isinstance(values, list):
            raise MalformedError(f"{field} must be a list.", field=field)
        return values

    def objects(self, name: str, known: Collection[str]) -> list[Fields] | None:
        """A list of objects, or None without the field."""
        values = self.values(name)
        return None if values is None else [self.object_in(name, value, known) for value in values]

    def object_in(self, name: str, value: object, known: Collection[str]) -> Fields:
        """One value of a list, which must be an object."""
        field = self._path + name
        if not isinstance(value, dict):
            raise MalformedError(f"{field} must hold objects only.", field=field)
        return Fields(value, known, field + ".")

    def choice(self, name: str, options: Sequence[Option]) -> Option:
        """One of the options; the first without the field."""
        if name not in self._values:
            return options[0]
        field = self._path + name
        value = self._values[name]
        for option in options:
            if option == value:
                return option
        raise MalformedError(f"{field} must be one of: {', '.join(options)}.", field=field)

    def part(self, name: str, known: Collection[str]) -> Fields:
        """An object inside this one, which must be there."""
        field = self._path + name
        if name not in self._values:
            raise MalformedError(f"{field} is missing.", field=field)
        value = self._values[name]
        if not isinstance(value, dict):
            raise MalformedError(f"{field} must be an object.", field=field)
        return Fields(value, known, field + ".")


def read_body(known: Collection[str], *, longest: int, authenticated: bool = False) -> Fields:
    """The request's body as an object with no other than the known fields; `authenticated` once an API token
    was found good.

    `UnsupportedTypeError` unless it is application/json; 413 as soon as its declared or actual length
    passes `longest` bytes, without reading the rest; `MalformedError` for what is not one JSON object.
    """
    if request.mimetype != "application/json":
        raise UnsupportedTypeError("Send JSON, with Content-Type: application/json.")
    values = _parse(receive(longest, authenticated=authenticated))
    if not isinstance(values, dict):
        raise MalformedError("The body must be one JSON object.")
    return Fields(values, known)


def _parse(content: bytes) -> Any:
    try:
        return json.loads(
            content.decode(), object_pairs_hook=_without_doubles, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise MalformedError("The body is not UTF-8 (RFC 8259 section 8.1).") from error
    except RecursionError as error:
        raise MalformedError("The body is nested too deeply.") from error
    except ValueError as error:  # with a number too long to be read, which is no JSONDecodeError
        place = f" (character {error.pos})" if isinstance(error, json.JSONDecodeError) else ""
        raise MalformedError(f"The body is not JSON{place}.") from error


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two readers of a doubled name may see different values (RFC 8259 section 4), so it is refused."""
    values: dict[str, object] = {}
    for name, value in pairs:
        if name in values:
            raise MalformedError(f"{_short(name)} stands twice in one object.", field=_short(name))
        values[name] = value
    return values


def _refuse_constant(name: str) -> None:
    raise MalformedError(f"{name} is not JSON.")


def _string(value: object, field: str, otherwise: str) -> str:
    if not isinstance(value, str):
        raise MalformedError(otherwise, field=field)
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise MalformedError(f"{field} holds half a character (a lone surrogate).", field=field)
    return value


def _short(name: str) -> str:
    """A name somebody else chose, short enough to be repeated in an answer."""
    return name if len(name) <= 40 else name[:39] + "…"
