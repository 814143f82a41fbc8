"""The text of a ``metadata.json`` with entries added, replaced and removed; all else stays as it is. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from edge_tasks.registry.file.lenient_json import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from edge_tasks.registry.file.lenient_json import Member, Value

EDGES: Final = "edges"
_INDENT: Final = re.compile(r"[ \t]*\Z")
_DEFAULT_INDENT: Final = "    "


def changed(
    text: str, replaced: Mapping[str, str], removed: Collection[str], added: Sequence[tuple[str, str]]
) -> str:
    """The text with other entries.

    What is added follows the last entry, and what is removed takes along what separates it from the entry before
    it. So a text to which entries were added is the same as before when they are removed again.

    Args:
        text: it parses, and has an object ``edges``.
        replaced: names of entries → the text of their new value; of a name that is there twice, of the last one.
        removed: names of entries.
        added: names and values of new entries, in their order.
    """
    if replaced or removed:
        edges = _edges(text)
        counting = {one.name: one.value for one in edges.members or () if one.name in replaced}
        cuts = [(value.start, value.end, replaced[name]) for name, value in counting.items()]
        cuts += [(start, end, "") for start, end in _gaps(edges, removed)]
        text = "".join(_cut(text, sorted(cuts)))
    return _with_added(text, added)


def edges_of(text: str) -> tuple[Member, ...]:
    """All entries of a text that has the object ``edges``."""
    return _edges(text).members or ()


def _edges(text: str) -> Value:
    found = parse(text).member(EDGES)
    if found is None or found.members is None:
        raise ValueError(EDGES)
    return found


def _cut(text: str, cuts: Sequence[tuple[int, int, str]]) -> Iterator[str]:
    """The text with other parts; the cuts are in order and do not overlap."""
    kept = 0
    for start, end, new in cuts:
        yield text[kept:start]
        yield new
        kept = end
    yield text[kept:]


def _gaps(edges: Value, removed: Collection[str]) -> Iterator[tuple[int, int]]:
    """The parts of the text that go with these entries."""
    members = edges.members or ()
    first_kept = next((place for place, one in enumerate(members) if one.name not in removed), len(members))
    if first_kept == len(members) and members:
        yield edges.start + 1, members[-1].value.end
    elif first_kept:
        yield members[0].start, members[first_kept].start
    for before, one in zip(members[first_kept:], members[first_kept + 1 :], strict=False):
        if one.name in removed:
            yield before.value.end, one.value.end


def _with_added(text: str, added: Sequence[tuple[str, str]]) -> str:
    if not added:
        return text
    edges = _edges(text)
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = [f'{line_end}{_indent(text, edges)}"{name}": {value}' for name, value in added]
    members = edges.members or ()
    place = members[-1].value.end if members else edges.start + 1
    return text[:place] + ("," if members else "") + ",".join(lines) + text[place:]


def _indent(text: str, edges: Value) -> str:
    """What the first entry has before it, if it begins a line."""
    if not edges.members:
        return _DEFAULT_INDENT
    before = text[: edges.members[0].start]
    found = _INDENT.search(before)
    begins_line = found is not None and before[: found.start()].endswith(("\n", "\r"))
    return found[0] if found is not None and begins_line else _DEFAULT_INDENT
