"""Requests and answers of the Internet Printing Protocol as bytes (RFC 8010); only what a ticket needs."""

import struct
from collections.abc import Iterable

import msgspec

VERSION = b"\x02\x00"
OPERATION_GROUP, JOB_GROUP, PRINTER_GROUP, END = 0x01, 0x02, 0x04, 0x03
FIRST_VALUE_TAG = 0x10
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME_TYPE = 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
IN_BEGIN, IN_END, IN_NAME = 0x34, 0x37, 0x4A
"""Of values within values, which are read and left out."""
WORDS = range(0x40, 0x60)
SUCCESS = range(0x0100)

Value = str | int | bool | bytes


class NotIppError(ValueError):
    """The bytes are no answer of a printer."""


class Attribute(msgspec.Struct, frozen=True):
    """A name, the kind of its values, and one or several of them."""

    name: str
    tag: int
    values: tuple[str | int, ...]


class Answer(msgspec.Struct, frozen=True):
    """What a printer said; values by group and name, of several jobs the last."""

    status: int
    values: dict[int, dict[str, list[Value]]]

    @property
    def accepted(self) -> bool:
        """Whether it did as it was asked, perhaps with substitutes."""
        return self.status in SUCCESS

    def of_printer(self, name: str) -> list[Value]:
        """Values of the printer itself."""
        return self.values.get(PRINTER_GROUP, {}).get(name, [])

    def of_job(self, name: str) -> list[Value]:
        """Values of a job."""
        return self.values.get(JOB_GROUP, {}).get(name, [])


def request(
    operation: int, about: Iterable[Attribute], job: Iterable[Attribute] = (), document: bytes = b""
) -> bytes:
    """Encode a request; ``about`` begins with what it is addressed to."""
    first = (
        Attribute("attributes-charset", CHARSET, ("utf-8",)),
        Attribute("attributes-natural-language", LANGUAGE, ("en",)),
    )
    # One request a connection turn: the number only has to be one.
    head = VERSION + struct.pack(">HI", operation, 1)
    groups = bytes([OPERATION_GROUP]) + b"".join(map(_encoded, (*first, *about)))
    jobs = b"".join(map(_encoded, job))
    return head + groups + (bytes([JOB_GROUP]) + jobs if jobs else b"") + bytes([END]) + document


def _encoded(attribute: Attribute) -> bytes:
    encoded, name = b"", attribute.name.encode()
    for value in attribute.values:
        content = struct.pack(">i", value) if isinstance(value, int) else value.encode()
        encoded += bytes([attribute.tag]) + struct.pack(">H", len(name)) + name
        encoded += struct.pack(">H", len(content)) + content
        # Further values of one name carry none (RFC 8010, 3.1.5).
        name = b""
    return encoded


def answer(encoded: bytes) -> Answer:
    """Decode an answer. Raises NotIppError."""
    try:
        status = struct.unpack_from(">H", encoded, 2)[0]
        return Answer(status, _values(encoded, 8))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise NotIppError from error


def _values(encoded: bytes, at: int) -> dict[int, dict[str, list[Value]]]:
    values: dict[int, dict[str, list[Value]]] = {}
    group: dict[str, list[Value]] = {}
    name, depth = "", 0
    while (tag := encoded[at]) != END:
        at += 1
        if tag < FIRST_VALUE_TAG:
            group = values.setdefault(tag, {})
            continue
        new_name, at = _field(encoded, at)
        content, at = _field(encoded, at)
        depth += (tag == IN_BEGIN) - (tag == IN_END)
        if depth or tag in {IN_END, IN_NAME}:
            continue
        name = new_name.decode() or name
        group.setdefault(name, []).append(_value(tag, content))
    return values


def _field(encoded: bytes, at: int) -> tuple[bytes, int]:
    length = struct.unpack_from(">H", encoded, at)[0]
    end = at + 2 + length
    if end > len(encoded):
        raise NotIppError
    return encoded[at + 2 : end], end


def _value(tag: int, content: bytes) -> Value:
    if tag in {INTEGER, ENUM}:
        return int(struct.unpack(">i", content)[0])
    if tag == BOOLEAN:
        return content != b"\x00"
    return content.decode() if tag in WORDS else content
