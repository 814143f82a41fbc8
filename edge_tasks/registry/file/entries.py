"""Which entries a ``metadata.json`` is to have: the fleet and what was found → the new text. Pure.

Our entries have a member ``note``, by which we know them again, and those that we took over a member ``before``:
the value that was there. OpenEMS reads ``apikey``, ``comment`` and ``setuppassword`` and leaves all else alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import FileRefused
from edge_tasks.registry.file.document import EDGES, changed, edges_of
from edge_tasks.registry.file.lenient_json import LenientJsonError, parse
from edge_tasks.registry.ownership import note_of, refuse_doubled, refuse_foreign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.registry.file.lenient_json import Member, Value
    from edge_tasks.registry.protocol import Words

_PUBLISHED_APIKEYS: Final = frozenset({"d92IC4eEHyrqmiMab6GX", "9O8SAilNKoyYPs8ESUF5"})
"""Of the two demo devices in the file that OpenEMS' own image comes with. They are no secret."""

_NEEDED: Final = ("apikey", "comment")
_NOTE: Final = "note"
_BEFORE: Final = "before"


@dataclass(frozen=True)
class Entry:
    """An entry as it was found.

    Attributes:
        line: where it begins, counted from 1.
        note: ours has that of its fleet; None without one.
        before: the text of the value that was there before we took it over; None if there was none.
    """

    name: str
    line: int
    apikey: str = field(repr=False)
    comment: str
    setup_password: str = field(repr=False)
    note: str | None
    before: str | None = field(repr=False)

    def __str__(self) -> str:
        """What people may know of it."""
        return f"{self.name} (line {self.line}, {self.comment or 'no comment'})"


@dataclass(frozen=True)
class FileChanges:
    """What becomes of the file.

    Attributes:
        before: its text as it was found; None if it is not there.
        after: its text as it will be.
        added: edges whose entry is new.
        changed: edges whose entry is corrected or taken over.
        removed: our entries beyond fleet and reserve.
    """

    before: str | None = field(repr=False)
    after: str = field(repr=False)
    added: tuple[Edge, ...]
    changed: tuple[Edge, ...]
    removed: tuple[str, ...]


def read_entries(text: str, where: str) -> tuple[Entry, ...]:
    """All entries of a file that OpenEMS can read.

    Args:
        text: of the file.
        where: its name, for messages.

    Raises:
        FileRefused: OpenEMS would read nothing of it; with the line.
    """
    try:
        edges = parse(text).member(EDGES)
    except LenientJsonError as error:
        raise FileRefused(
            f"{where}:{error.line}: OpenEMS cannot read it: {error.problem}",
            hint="correct it, or remove the file",
        ) from None
    if edges is None or edges.members is None:
        raise FileRefused(f'{where} has no object "{EDGES}"', hint=f'write {{"{EDGES}": {{}}}} into it')
    return tuple(_entry(text, member, where) for member in edges.members)


def plan_entries(fleet: Fleet, text: str | None, words: Words, *, adopt: bool) -> FileChanges:
    """Compare the fleet and its reserve with the file.

    Args:
        fleet: whose entries are wanted.
        text: of the file; None if it is not there.
        words: of the registry.
        adopt: entries that are not ours are taken over.

    Raises:
        FileRefused: OpenEMS cannot read the file.
        RegistrationError: entries in the way are not ours.
    """
    note = note_of(fleet.id)
    base = _skeleton(note) if text is None else text
    found = read_entries(base, words.holder)
    by_name = {entry.name: entry for entry in found}
    wanted = (*fleet.edges, *fleet.reserved)
    pairs = [(by_name[edge.name], edge) for edge in wanted if edge.name in by_name]
    if not adopt:
        refuse_foreign([str(entry) for entry, edge in pairs if _is_foreign(entry, edge, note)], words)
    _refuse_doubled(found, wanted, words)
    added = tuple(edge for edge in wanted if edge.name not in by_name)
    differing = [(entry, edge) for entry, edge in pairs if (entry.apikey, entry.note) != (edge.apikey, note)]
    names = {edge.name for edge in wanted}
    surplus = [entry for entry in found if entry.note == note and entry.name not in names]
    texts = {one.name: base[one.value.start : one.value.end] for one in edges_of(base)} if differing else {}
    values = {edge.name: _changed_value(edge, entry, note, texts) for entry, edge in differing}
    new = [(edge.name, _new_value(edge, note)) for edge in added]
    return FileChanges(
        before=text,
        after=changed(_without(base, surplus), values, (), new),
        added=added,
        changed=tuple(edge for _, edge in differing),
        removed=tuple(entry.name for entry in surplus),
    )


def without_ours(text: str, fleet_id: str, where: str) -> tuple[str | None, int]:
    """The file as it was before us, and how many entries that concerns.

    Returns:
        The text, None if the file is nothing but what we made; and how many entries were ours.

    Raises:
        FileRefused: OpenEMS cannot read the file.
    """
    note = note_of(fleet_id)
    ours = [entry for entry in read_entries(text, where) if entry.note == note]
    rest = _without(text, ours)
    return (None if rest == _skeleton(note) else rest), len(ours)


def _without(text: str, entries: Sequence[Entry]) -> str:
    """The text without these entries; where we took one over, what was there before comes back."""
    restored = {entry.name: entry.before for entry in entries if entry.before is not None}
    return changed(text, restored, {entry.name for entry in entries} - restored.keys(), ())


def _entry(text: str, member: Member, where: str) -> Entry:
    value = member.value
    missing = [name for name in _NEEDED if _text(value, name) is None]
    if missing:
        lacks = f"{member.name} has no {' and no '.join(missing)}"
        raise FileRefused(
            f"{where}:{member.line}: {lacks}, so OpenEMS reads none of the file",
            hint="add it, as a text, or remove the entry",
        )
    before = value.member(_BEFORE)
    return Entry(
        name=member.name,
        line=member.line,
        apikey=_text(value, "apikey") or "",
        comment=_text(value, "comment") or "",
        setup_password=_text(value, "setuppassword") or "",
        note=_text(value, _NOTE),
        before=None if before is None else text[before.start : before.end],
    )


def _text(value: Value, name: str) -> str | None:
    found = value.member(name)
    return None if found is None else found.text


def _is_foreign(entry: Entry, edge: Edge, note: str) -> bool:
    is_of_demo = entry.note is None and entry.apikey in _PUBLISHED_APIKEYS
    return entry.note != note and entry.apikey != edge.apikey and not is_of_demo


def _refuse_doubled(found: Sequence[Entry], wanted: Sequence[Edge], words: Words) -> None:
    """The apikeys of a file may be the same; the backend then serves one of the two devices."""
    keys = {edge.apikey: edge.name for edge in wanted}
    doubled = [entry for entry in found if entry.apikey in keys and entry.name != keys[entry.apikey]]
    refuse_doubled([(f"{entry.name} (line {entry.line})", keys[entry.apikey]) for entry in doubled], words)


def _changed_value(edge: Edge, found: Entry, note: str, texts: Mapping[str, str]) -> str:
    """The entry with our apikey and note; comment and setup password stay as people wrote them."""
    before = found.before if found.note == note else texts[edge.name]
    return _value(edge, note, found.comment, found.setup_password or edge.setup_password, before)


def _new_value(edge: Edge, note: str) -> str:
    return _value(edge, note, f"OpenEMS Edge #{edge.index}", edge.setup_password)


def _value(edge: Edge, note: str, comment: str, setup_password: str, before: str | None = None) -> str:
    members = {"comment": comment, "apikey": edge.apikey, "setuppassword": setup_password, _NOTE: note}
    text = json.dumps(members, ensure_ascii=False)
    return text if before is None else f'{text[:-1]}, "{_BEFORE}": {before}}}'


def _skeleton(note: str) -> str:
    """A file of our own, without entries."""
    return f'{{\n  "{_NOTE}": "{note}",\n  "{EDGES}": {{\n  }}\n}}\n'
