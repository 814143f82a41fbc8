"""JSON as OpenEMS reads it: with Gson, which is lenient, and with each value's place in the text. Pure.

``Metadata.File`` joins the lines of its file without a line end (``MetadataFile.java``, 2024.7.0), and parses
them with ``JsonParser``. So names and texts need no quotes, ``'`` is a quote, too, ``=`` and ``=>`` stand for
``:``, ``;`` stands for ``,``, and ``/* */`` is a comment. A comment with ``//`` or ``#`` takes all that follows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

_SPACE: Final = re.compile(r"(?:[ \t]|/\*.*?\*/|//.*|#.*)*", re.DOTALL)
_LITERAL: Final = re.compile(r"[^/\\;#={}\[\]:, \t\f]+")
_QUOTED: Final = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL),
}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_KEYWORDS: Final = frozenset({"true", "false", "null"})
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", **{c: c for c in "'\"\\/"}}
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_DEEPEST: Final = 100
_BYTE_ORDER_MARK: Final = "\ufeff"


class LenientJsonError(ValueError):
    """The text is not what OpenEMS can read.

    Attributes:
        problem: what is wrong.
        line: where, counted from 1.
    """

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(f"line {line}: {problem}")
        self.problem = problem
        self.line = line


@dataclass(frozen=True)
class Value:
    """A value and its place in the text.

    Attributes:
        start: of its first character.
        end: after its last character.
        text: of a string; None of everything else, also of a number.
        members: of an object, in their order; None of everything else.
    """

    start: int
    end: int
    text: str | None = None
    members: tuple[Member, ...] | None = None

    def member(self, name: str) -> Value | None:
        """The value of a name; of a name that is there twice the last one, as Gson has it."""
        return next((one.value for one in reversed(self.members or ()) if one.name == name), None)


@dataclass(frozen=True)
class Member:
    """A name of an object with its value.

    Attributes:
        start: of the name's first character.
        line: of that, counted from 1.
    """

    name: str
    start: int
    line: int
    value: Value


def parse(text: str) -> Value:
    """The one value of a text.

    Raises:
        LenientJsonError: it does not parse.
    """
    joined = _Joined(text)
    return _Reader(joined).document()


class _Joined:
    """A text without its line ends, which knows where each of its characters was."""

    def __init__(self, text: str) -> None:
        ends = [(found.start(), found.end()) for found in _LINE_END.finditer(text)]
        self._begins = [0, *(end for _, end in ends)]
        lines = [text[begin:end] for begin, (end, _) in zip(self._begins, [*ends, (len(text), 0)], strict=True)]
        self.text = "".join(lines)
        self._offsets = [0]
        for line in lines[:-1]:
            self._offsets.append(self._offsets[-1] + len(line))

    def line(self, position: int) -> int:
        """The line of a character, counted from 1."""
        return bisect_right(self._offsets, min(position, max(0, len(self.text) - 1)))

    def origin(self, position: int) -> int:
        """Where a character was in the whole text."""
        line = bisect_right(self._offsets, position) - 1
        return self._begins[line] + position - self._offsets[line]


class _Reader:
    """Reads once from left to right; positions are those of the joined text."""

    def __init__(self, joined: _Joined) -> None:
        self._joined, self._text = joined, joined.text
        self._at = 1 if self._text.startswith(_BYTE_ORDER_MARK) else 0
        self._depth = 0

    def document(self) -> Value:
        found = self._value()
        if self._next():
            raise self._error("something follows the end of the object")
        return found

    def _next(self) -> str:
        """The next character that counts; empty at the end."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _value(self) -> Value:
        begin, start = self._next(), self._at
        if begin == "{":
            return self._object(start)
        if begin == "[":
            return self._array(start)
        text, is_quoted = self._word()
        is_string = is_quoted or not (text.lower() in _KEYWORDS or _NUMBER.fullmatch(text))
        return self._placed(start, text=text if is_string else None)

    def _placed(self, start: int, text: str | None = None, members: tuple[Member, ...] | None = None) -> Value:
        origin = self._joined.origin
        return Value(origin(start), origin(self._at - 1) + 1, text, members)

    def _object(self, start: int) -> Value:
        self._enter()
        members: list[Member] = []
        while not self._closes("}", is_first=not members):
            self._next()
            begin, line = self._joined.origin(self._at), self._joined.line(self._at)
            name, _ = self._word()
            if self._next() not in (":", "="):
                raise self._error("there is no : after a name")
            self._at += 2 if self._text.startswith("=>", self._at) else 1
            members.append(Member(name, begin, line, self._value()))
        self._depth -= 1
        return self._placed(start, members=tuple(members))

    def _array(self, start: int) -> Value:
        self._enter()
        is_first = True
        while not self._closes("]", is_first=is_first):
            is_first = False
            if self._next() not in ("]", ",", ";"):  # Gson takes a place without a value for null
                self._value()
        self._depth -= 1
        return self._placed(start)

    def _enter(self) -> None:
        self._at += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error("it is nested too deep")

    def _closes(self, end: str, *, is_first: bool) -> bool:
        """Pass over the end, or over what separates two values."""
        found = self._next()
        if found == end:
            self._at += 1
            return True
        if not found:
            raise self._error(f"the file ends before a {end}; does a comment with // or # take the rest of it?")
        if not is_first:
            if found not in (",", ";"):
                raise self._error(f"there is no comma before {found}")
            self._at += 1
        return False

    def _word(self) -> tuple[str, bool]:
        """A name or a text, and whether it is in quotes."""
        quoted = _QUOTED.get(self._text[self._at : self._at + 1])
        found = (quoted or _LITERAL).match(self._text, self._at)
        if found is None:
            raise self._error("a quote is not closed" if quoted else "a name or a value is missing")
        self._at = found.end()
        return (self._unescaped(found[1]), True) if quoted else (found[0], False)

    def _unescaped(self, text: str) -> str:
        def plain(found: re.Match[str]) -> str:
            code, letter = found.groups()
            if code is None and letter not in _ESCAPED:
                raise self._error(f"\\{letter} means nothing")
            return _ESCAPED[letter] if code is None else chr(int(code, 16))

        if "\\" not in text:
            return text
        units = _ESCAPE.sub(plain, text).encode("utf-16", "surrogatepass")  # two \\u may make one character
        return units.decode("utf-16", "surrogatepass")

    def _error(self, problem: str) -> LenientJsonError:
        return LenientJsonError(problem, self._joined.line(self._at))
