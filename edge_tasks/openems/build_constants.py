"""The release of a jar of OpenEMS, and the Java that it needs, as its own code says them. Pure.

The manifest does not say the release: ``Bundle-Version`` is 0.0.0 (seen in jars of 2024.7.0). The class
``io.openems.common.OpenemsConstants`` has it in three constants, and the version of its format is that of Java.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

CONSTANTS: Final = "io/openems/common/OpenemsConstants.class"
"""Where the class is in the bundle :data:`BUNDLE`."""

BUNDLE: Final = "jar/io.openems.common.jar"
"""Where that bundle is in the jar of an edge or a backend."""

_MAGIC: Final = 0xCAFEBABE
_JAVA_1: Final = 44
"""Version 61 of the format is that of Java 17, and 65 is that of Java 21."""
_PARTS: Final = ("VERSION_MAJOR", "VERSION_MINOR", "VERSION_PATCH")
_UTF8, _INTEGER = 1, 3
_SIZES: Final = {
    3: 4,
    4: 4,
    5: 8,
    6: 8,
    7: 2,
    8: 2,
    9: 4,
    10: 4,
    11: 4,
    12: 4,
    15: 3,
    16: 2,
    17: 4,
    18: 4,
    19: 2,
    20: 2,
}
"""Bytes of an entry of the constant pool, by its tag, as the Java Virtual Machine Specification has them."""
_WIDE: Final = (5, 6)
"""A long and a double take two places."""


@dataclass(frozen=True)
class Build:
    """What a jar says of itself.

    Attributes:
        version: for example ``2024.7.0``.
        java: the lowest version of Java that it runs on.
    """

    version: str
    java: int


def build_of(code: bytes) -> Build | None:
    """Read the class :data:`CONSTANTS`; None if it is something else, or lacks the constants."""
    try:
        return _build(_Reader(code))
    except (struct.error, KeyError, UnicodeDecodeError):
        return None


class _Reader:
    """Reads numbers one after another, the most significant byte first."""

    def __init__(self, code: bytes) -> None:
        self._code = code
        self._at = 0

    def number(self, size: int) -> int:
        """An unsigned number of two or four bytes."""
        [found] = struct.unpack_from(">H" if size == 2 else ">I", self._code, self._at)  # noqa: PLR2004 - its size
        self._at += size
        return int(found)

    def tag(self) -> int:
        """One byte."""
        [found] = struct.unpack_from(">B", self._code, self._at)
        self._at += 1
        return int(found)

    def bytes(self, size: int) -> bytes:
        """The next bytes, as many as asked for."""
        found = self._code[self._at : self._at + size]
        self._at += size
        return found


def _build(reader: _Reader) -> Build | None:
    if reader.number(4) != _MAGIC:
        return None
    reader.number(2)
    java = reader.number(2) - _JAVA_1
    texts, integers = _pool(reader)
    reader.bytes(6)  # access, this class, the class above it
    reader.bytes(2 * reader.number(2))  # interfaces
    values = dict(_field(reader, texts, integers) for _ in range(reader.number(2)))
    parts = [values.get(name) for name in _PARTS]
    return None if None in parts else Build(".".join(map(str, parts)), java)


def _pool(reader: _Reader) -> tuple[dict[int, str], dict[int, int]]:
    """The texts and the integers of the constant pool, by their place."""
    texts: dict[int, str] = {}
    integers: dict[int, int] = {}
    place, end = 1, reader.number(2)
    while place < end:
        tag = reader.tag()
        if tag == _UTF8:
            texts[place] = reader.bytes(reader.number(2)).decode(errors="replace")
        elif tag == _INTEGER:
            integers[place] = reader.number(4)
        else:
            reader.bytes(_SIZES[tag])
        place += 2 if tag in _WIDE else 1
    return texts, integers


def _field(reader: _Reader, texts: dict[int, str], integers: dict[int, int]) -> tuple[str, int | None]:
    """A field's name, and its value if it is a constant integer."""
    reader.number(2)
    name = texts[reader.number(2)]
    reader.number(2)
    value = None
    for _ in range(reader.number(2)):
        attribute, content = texts[reader.number(2)], reader.bytes(reader.number(4))
        if attribute == "ConstantValue":
            value = integers.get(int.from_bytes(content, "big"))
    return name, value
