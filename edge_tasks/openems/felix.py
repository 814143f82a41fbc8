r"""The ``.config`` format of Apache Felix ConfigAdmin: parse, print, PID to path.

A file is a list of properties, ``name=value``, with comments (``#``) and white space between them::

    :org.apache.felix.configadmin.revision:=L"1"
    alias="PV\ West"
    controllers.ids=[ \
      "ctrlLimitTotalDischarge0", \
      ]
    values=i[ \
      "500", \
      ]

Values are strings (``"…"``), typed scalars (``I"1"``), arrays (``[…]``) or collections (``(…)``); capital
type letters are Java's classes, small ones its primitives. The grammar is that of
``org.apache.felix.cm.file.ConfigurationHandler``. Felix silently ignores a file that it cannot read;
:func:`parse` says where the fault is.

A :class:`Document` keeps its text and knows where each value stands in it, so that everything else can be kept as
it is when a value is replaced.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | tuple[Scalar, ...]
"""A property's value: arrays and collections are tuples."""

DYNAMIC_BINDINGS: Final = "org_apache_felix_cm_impl_DynamicBindings.config"
"""The file that ConfigAdmin keeps for itself: it has no PID, and configures nothing."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PID: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_PID_CHARACTER: Final = r"[A-Za-z0-9_.-]"
_BETWEEN_PROPERTIES: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*(?:\n|\Z))*")
_BETWEEN_ITEMS: Final = re.compile(r"(?:[ \t\r\n]|\\\r?\n)*")
_NAME: Final = re.compile(r"(?:[^=\s\\\"\[\](){},]|\\[^\r\n])+")
_STRING: Final = re.compile(r"\"((?:[^\\\"\r\n]|\\[^\r\n])*)\"")
_UNIT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\(.)|(.)", re.DOTALL)
_CONTROL: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CLOSING: Final = {"[": "]", "(": ")"}
_INTEGER_BITS: Final = {"X": 8, "S": 16, "I": 32, "L": 64}
_RAW_BITS: Final = {"F": ("<i", "<f"), "D": ("<q", "<d")}
_TYPES: Final = "TILFDXSCBilfdxscb"


class FelixSyntaxError(ValueError):
    """A text that is not a Felix configuration.

    Attributes:
        line: where, counted from 1.
        problem: what was found there, and what was expected.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


@dataclass(frozen=True)
class Property:
    """One ``name=value`` of a file.

    Attributes:
        name: decoded, e.g. ``service.pid``.
        value: decoded; ``L"1"`` is an int, ``B"true"`` a bool, ``D"0.1"`` a float.
        start: where the raw value (with its type letter and quotes) begins in the text.
        end: where it ends.
        line: the line of the name, counted from 1.
    """

    name: str
    value: Value
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Document:
    """A parsed file: its text, and where each value stands in it."""

    text: str
    properties: tuple[Property, ...]

    def find(self, name: str) -> Property | None:
        """The property called ``name``; the last one if there are several, as Felix reads it."""
        return next((found for found in reversed(self.properties) if found.name == name), None)

    def string(self, name: str) -> str | None:
        """The value of ``name``, if there is one and it is a string."""
        found = self.find(name)
        return found.value if found is not None and isinstance(found.value, str) else None

    def values(self) -> dict[str, Value]:
        """All values by name, the last of a repeated name."""
        return {found.name: found.value for found in self.properties}

    def occurrences(self, pids: Iterable[str]) -> Iterator[tuple[int, int, str]]:
        r"""Where whole PIDs stand inside string values, as ``(start, end, pid)`` in the text, in its order.

        "Whole" refers to the decoded value: ``(service.pid\=A.b)`` contains ``A.b``, but neither ``A`` nor
        ``pid``. Of two PIDs that begin alike, the longer one is found.
        """
        alternatives = "|".join(re.escape(pid) for pid in sorted(pids, key=len, reverse=True))
        if not alternatives:
            return
        whole = re.compile(rf"(?<!{_PID_CHARACTER})(?:{alternatives})(?!{_PID_CHARACTER})")
        for found in self.properties:
            for string in _STRING.finditer(self.text, found.start, found.end):
                yield from _in_string(whole, string)


def parse(text: str) -> Document:
    """Read a file's text.

    Raises:
        FelixSyntaxError: with the line, where Felix would silently ignore the file or the rest of it.
    """
    properties = []
    position = _skip(_BETWEEN_PROPERTIES, text, 0)
    while position < len(text):
        found = _property(text, position)
        properties.append(found)
        position = _skip(_BETWEEN_PROPERTIES, text, found.end)
    return Document(text, tuple(properties))


def quote(value: str) -> str:
    r"""A string as Felix writes it: ``PV West`` becomes ``"PV\ West"``."""
    control = {character: f"\\{letter}" for letter, character in _CONTROL.items()}
    return '"' + "".join(control.get(c, f"\\{c}" if c in '\\"= ' else c) for c in value) + '"'


def path_of(pid: str) -> PurePosixPath:
    """Where the file store keeps a PID: ``Timedata.Rrd4j.rrd4j0`` is ``Timedata/Rrd4j/rrd4j0.config``.

    Raises:
        ValueError: the PID has characters outside ``[A-Za-z0-9_.-]`` or an empty segment (``..``). Felix
            would percent-encode the former; no PID of OpenEMS has them, and none may leave its directory.
    """
    if not _PID.fullmatch(pid):
        raise ValueError(f"{pid!r} is not made of [A-Za-z0-9_-] segments joined by single dots")
    return PurePosixPath(*pid.split(".")).with_suffix(".config")


def is_generated(path: PurePosixPath) -> bool:
    """Whether a file is named by a UUID, as ConfigAdmin names a component that somebody added by hand."""
    return _UUID.fullmatch(path.stem) is not None


def _property(text: str, position: int) -> Property:
    name = _NAME.match(text, position)
    if name is None or not text.startswith("=", name.end()):
        raise _error(text, position, f"expected name=value, found {_found(text, position)}")
    start = name.end() + 1
    value, end = _value(text, start)
    return Property(_decode(name[0]), value, start, end, _line(text, position))


def _value(text: str, start: int) -> tuple[Value, int]:
    letter = text[start : start + 1]
    typed = letter != "" and letter in _TYPES
    opening = start + typed
    if text[opening : opening + 1] in _CLOSING:
        return _items(text, opening, letter if typed else "T")
    string = _STRING.match(text, opening)
    if string is None:
        raise _error(text, start, _no_value(text, opening))
    return _scalar(text, string, letter if typed else "T"), string.end()


def _items(text: str, opening: int, letter: str) -> tuple[tuple[Scalar, ...], int]:
    closing = _CLOSING[text[opening]]
    items = []
    position = _skip(_BETWEEN_ITEMS, text, opening + 1)
    while not text.startswith(closing, position):
        string = _STRING.match(text, position)
        if string is None:
            raise _error(text, position, f"expected a string or {closing}, found {_found(text, position)}")
        items.append(_scalar(text, string, letter))
        position = _skip(_BETWEEN_ITEMS, text, string.end())
        if text.startswith(",", position):
            position = _skip(_BETWEEN_ITEMS, text, position + 1)
        elif not text.startswith(closing, position):
            raise _error(text, position, f"expected , or {closing}, found {_found(text, position)}")
    return tuple(items), position + 1


def _scalar(text: str, string: re.Match[str], letter: str) -> Scalar:
    try:
        return _typed(_decode(string[1]), letter.upper())
    except (ValueError, struct.error):
        raise _error(text, string.start(), f"the string is not a value of type {letter}") from None


def _typed(decoded: str, letter: str) -> Scalar:
    if letter == "B":
        return decoded.lower() == "true"
    if letter in _INTEGER_BITS:
        return _integer(decoded, _INTEGER_BITS[letter])
    if letter in _RAW_BITS:
        return _float(decoded, *_RAW_BITS[letter])
    if letter == "C" and len(decoded) != 1:
        raise ValueError(decoded)
    return decoded


def _integer(decoded: str, bits: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", decoded):
        raise ValueError(decoded)
    number = int(decoded)
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise ValueError(decoded)
    return number


def _float(decoded: str, raw: str, number: str) -> float:
    """Felix writes floats as the integer of their bits; newer versions also read ``0.1``."""
    if re.fullmatch(r"[+-]?[0-9]+", decoded):
        return float(struct.unpack(number, struct.pack(raw, int(decoded)))[0])
    return float(decoded)


def _decode(raw: str) -> str:
    if "\\" not in raw:  # most of them: this is the quick way
        return raw
    return "".join(_character(unit) for unit in _UNIT.finditer(raw))


def _character(unit: re.Match[str]) -> str:
    code, escaped, plain = unit.groups()
    if code:
        return chr(int(code, 16))
    return _CONTROL.get(escaped, escaped) if escaped else str(plain)


def _in_string(whole: re.Pattern[str], string: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    units = list(_UNIT.finditer(string.string, string.start(1), string.end(1)))
    decoded = "".join(map(_character, units))
    for match in whole.finditer(decoded):
        yield units[match.start()].start(), units[match.end() - 1].end(), match[0]


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _no_value(text: str, position: int) -> str:
    if text.startswith('"', position):
        return "a string that is not closed on its line"
    return f'expected a value such as "text", I"1" or ["a"], found {_found(text, position)}'


def _found(text: str, position: int) -> str:
    """What stands at a position. A word is never cited: where quotes are missing, it may be an apikey."""
    character = text[position : position + 1]
    if character in ("", "\n", "\r"):
        return "the end of the line"
    return "a word" if character.isalnum() else repr(character)


def _error(text: str, position: int, problem: str) -> FelixSyntaxError:
    return FelixSyntaxError(_line(text, position), problem)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
