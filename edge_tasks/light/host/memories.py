"""The file in which a light host keeps what its edges have counted, so that no counter falls when it restarts.

A plant goes on while its host is down, as a real one does while its edge is down: a host that comes back counts
from the kept moment to now. What a killed host had not kept is counted again, exactly, because a simulation is
deterministic.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, TypedDict

import orjson

from edge_tasks.light.engine.memory import Command, Memory
from edge_tasks.light.engine.plant import GIVEN, TAKEN
from edge_tasks.light.host.json_file import write_members
from edge_tasks.light.wire.config_changes import Change
from edge_tasks.light.wire.journal import NOTHING, Entry, Journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from edge_tasks.light.wire.journal import Deed

_LOG: Final = logging.getLogger(__name__)
_EVEN_IF_NOTHING: Final = (GIVEN, TAKEN)
"""Energies that are kept although they are 0: an edge without them has never had several batteries."""


class _Done(TypedDict, total=False):
    """What people have done to an edge: its journal, or the last two of a file that an earlier version wrote."""

    journal: Sequence[tuple[int, Sequence[object]]]
    lost: int | None
    changes: Sequence[Sequence[object]]
    touched: int | None


class Document(_Done):
    """What is kept of an edge, as the file has it; see :class:`.Memory`."""

    now: int | None
    seen: int | None
    began: int | None
    energies: Mapping[str, tuple[int, int]]
    charges: Mapping[str, int]
    powers: Mapping[str, int]
    extremes: Mapping[str, tuple[int, int]]
    filters: Mapping[str, tuple[int, int | None, int]]
    commands: Sequence[tuple[str, int, int]]
    registers: Mapping[str, Sequence[int]]
    answers: Mapping[str, tuple[int, int | None]]
    shape: str


@dataclass(frozen=True)
class Snapshot:
    """What is kept of an edge.

    Attributes:
        memory: of its simulation.
        configuration_hash: of the configuration that it had; ``shape`` in the file.
        journal: what people have done to it.
    """

    memory: Memory
    configuration_hash: str = ""
    journal: Journal = NOTHING

    def fitting(self, configuration_hash: str) -> Snapshot:
        """What an edge of some configuration goes on from; changes of another one and its states are void."""
        if configuration_hash == self.configuration_hash:
            return self
        memory = self.memory.settled()
        return Snapshot(memory.without(memory.registers), configuration_hash, self.journal.voided())


def load(path: Path | None) -> dict[str, Snapshot]:
    """Snapshots by edge. There are none without a file; a damaged file is logged and not used."""
    if path is None or not path.exists():
        return {}
    try:
        return {name: _snapshot(item) for name, item in orjson.loads(path.read_bytes()).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _LOG.error("%s cannot be used, so all counters begin at 0: %s", path.name, type(error).__name__)
        return {}


def load_newest(
    path: Path | None, names: AbstractSet[str], known: Mapping[str, Snapshot], *, and_others: bool = False
) -> dict[str, Snapshot]:
    """The newest snapshots of some edges, whichever process of the fleet kept them; of others if that is wanted.

    The files of one fleet are ``memory.json`` (a host in one process) and ``memory-0.json``, ``memory-1.json`` …
    (parts). So an edge that moves to another part goes on where it was.

    Args:
        path: any of those files.
        names: of the edges.
        known: those that the host has had itself.
        and_others: also what ``path`` itself has of other edges.
    """
    found = {name: known[name] for name in names & known.keys()}
    for file in family(path) if path else ():
        for name, snapshot in load(file).items():
            is_meant = name in names or (and_others and file == path)
            if is_meant and (name not in found or _age(snapshot) > _age(found[name])):
                found[name] = snapshot
    return found


def saved(path: Path, snapshots: Iterable[tuple[str, Snapshot]]) -> Iterator[None]:
    """Replace the file when all have been written; after each of them others may do something.

    Args:
        path: of the file.
        snapshots: of edges, with their names.

    Raises:
        OSError: it cannot be written.
    """
    return write_members(path, ((name, document(snapshot)) for name, snapshot in snapshots))


def _snapshot(item: Document) -> Snapshot:
    memory = Memory(
        {key: (int(positive), int(negative)) for key, (positive, negative) in item["energies"].items()},
        {key: int(charge) for key, charge in item["charges"].items()},
        _moment(item["now"]),
        _moment(item["began"]),
        {key: (int(low), int(high)) for key, (low, high) in item["extremes"].items()},
        {key: (int(power), _whole(last), int(errors)) for key, (power, last, errors) in item["filters"].items()},
        tuple(Command(str(channel), int(value), int(end)) for channel, value, end in item["commands"]),
        {key: int(power) for key, power in item["powers"].items()},
        _moment(item["seen"]),
        # an earlier version kept no states
        {key: tuple(map(int, own)) for key, own in item.get("registers", {}).items()},
        {key: (int(until), _whole(most)) for key, (until, most) in item.get("answers", {}).items()},
    )
    return Snapshot(memory, str(item["shape"]), _journal(item))


def _journal(item: Document) -> Journal:
    if "journal" in item:
        return Journal(tuple(_entry(_moment(at), did) for at, did in item["journal"]), _whole(item["lost"]))
    # an earlier version kept only the changes of the configuration, and at most when the first of them was made
    changes = item["changes"]
    lost = _whole(item.get("touched", _moment(item["began"]) if changes else None))
    return Journal(tuple(_entry(_moment(item["began"]) if lost is None else lost, did) for did in changes), lost)


def _entry(at: int, did: Sequence[object]) -> Entry:
    if len(did) == len(fields(Command)):
        channel, value, end = did
        return Entry(at, Command(str(channel), _moment(value), _moment(end)))
    method, params, by, noted = did
    if not isinstance(params, dict):
        raise TypeError
    return Entry(at, Change(str(method), params, str(by), str(noted)))


def _moment(value: object) -> int:
    """A whole number, such as epoch ms; a file without it is damaged."""
    if not isinstance(value, int):
        raise TypeError
    return value


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def document(snapshot: Snapshot) -> Document:
    """What is kept of an edge, as the file has it."""
    memory = snapshot.memory
    return {
        "now": memory.now,
        "seen": memory.seen if memory.seen is not None else memory.now,
        "began": memory.began,
        "energies": {key: both for key, both in memory.energies.items() if any(both) or key in _EVEN_IF_NOTHING},
        "charges": memory.charges,
        "powers": {key: power for key, power in memory.powers.items() if power},
        "extremes": memory.extremes,
        "filters": memory.filters,
        "commands": [(one.channel, one.value, one.end) for one in memory.commands],
        "registers": memory.registers,
        "answers": memory.answers,
        "shape": snapshot.configuration_hash,
        "journal": [(one.at, _written(one.did)) for one in snapshot.journal.entries],
        "lost": snapshot.journal.lost,
    }


def _written(did: Deed) -> tuple[object, ...]:
    if isinstance(did, Command):
        return (did.channel, did.value, did.end)
    return (did.method, did.params, did.by, did.at)


def family(path: Path) -> list[Path]:
    """The files of one fleet that are there: ``memory.json``, ``memory-0.json`` …; ``path`` is any of them."""
    stem = re.sub(r"-[0-9]+$", "", path.stem)
    parts = re.compile(rf"{re.escape(stem)}(-[0-9]+)?{re.escape(path.suffix)}")
    if not path.parent.is_dir():
        return []
    return sorted(file for file in path.parent.iterdir() if parts.fullmatch(file.name))


def _age(snapshot: Snapshot) -> int:
    return snapshot.memory.seen or snapshot.memory.now or 0
