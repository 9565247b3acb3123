"""As much of the protobuf wire format as Chromium's push protocol needs (protobuf.dev, "Encoding")."""

from __future__ import annotations

import struct
from collections.abc import Mapping

Value = int | bytes
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def varint(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def encode(fields: Mapping[int, int | str | bytes], *, fixed64: frozenset[int] = frozenset()) -> bytes:
    """A message of these fields by number; the integers named in `fixed64` take eight bytes."""
    out = bytearray()
    for number, value in fields.items():
        if number in fixed64 and isinstance(value, int):
            out += varint(number << 3 | _FIXED64) + struct.pack("<Q", value)
        elif isinstance(value, int):
            out += varint(number << 3 | _VARINT) + varint(value)
        else:
            content = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | _BYTES) + varint(len(content)) + content
    return bytes(out)


def decode(message: bytes) -> dict[int, Value]:
    """The fields of a message by number; of a repeated field, the last."""
    fields: dict[int, Value] = {}
    at = 0
    while at < len(message):
        key, at = read_varint(message, at)
        kind = key & 7
        if kind == _VARINT:
            value: Value
            value, at = read_varint(message, at)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
            value, at = int.from_bytes(message[at : at + size], "little"), at + size
        elif kind == _BYTES:
            length, at = read_varint(message, at)
            value, at = message[at : at + length], at + length
        else:
            raise ValueError(f"wire type {kind}")
        fields[key >> 3] = value
    return fields


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    """The number that starts at a byte, and where the next thing starts."""
    number = shift = 0
    while True:
        byte = message[at]
        number, at, shift = number | (byte & 0x7F) << shift, at + 1, shift + 7
        if not byte & 0x80:
            return number, at
