"""The file in which a light host keeps what its edges have counted, so that no counter falls with the host.

A plant goes on while its host is down, as a real one does while its edge is: who comes back integrates from the
kept moment to now. A simulation is deterministic: what a killed host had not yet kept is counted again, exactly.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from edge_tasks.light.fleet_file import write_status
from edge_tasks.light.simulation import Memory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)


def load(path: Path | None) -> dict[str, Memory]:
    """Memories by edge; none without a file, and (logged) of one that is damaged."""
    if path is None or not path.exists():
        return {}
    try:
        return {name: _memory(kept) for name, kept in orjson.loads(path.read_bytes()).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _LOG.error("%s is not used, all counters begin anew: %s", path.name, type(error).__name__)
        return {}


def load_newest(path: Path | None, names: AbstractSet[str], known: Mapping[str, Memory]) -> dict[str, Memory]:
    """The newest memories of some edges, whichever process of the fleet kept them.

    The files of one fleet are ``memory.json`` of a host in one process, and ``memory-0.json``, ``memory-1.json``
    of parts. An edge that comes to another part goes on where it was.

    Args:
        path: any of those files.
        names: whose memories.
        known: those that the host has had itself.
    """
    found = {name: known[name] for name in names & known.keys()}
    for file in _family(path) if path else ():
        for name, memory in load(file).items():
            if name in names and (name not in found or _age(memory) > _age(found[name])):
                found[name] = memory
    return found


def save(path: Path | None, memories: Mapping[str, Memory]) -> None:
    """Replace the file in one step.

    Raises:
        OSError: it cannot be written.
    """
    if path is not None:
        write_status(path, {name: _document(memory) for name, memory in memories.items()})


def _memory(kept: dict[str, Any]) -> Memory:
    return Memory(
        {key: (int(positive), int(negative)) for key, (positive, negative) in kept["energies"].items()},
        {key: int(charge) for key, charge in kept["charges"].items()},
        int(kept["now"]),
        int(kept["began"]),
        {key: (int(low), int(high)) for key, (low, high) in kept["extremes"].items()},
    )


def _document(memory: Memory) -> dict[str, Any]:
    return {
        "now": memory.now,
        "began": memory.began,
        "energies": memory.energies,
        "charges": memory.charges,
        "extremes": memory.extremes,
    }


def _family(path: Path) -> list[Path]:
    stem = re.sub(r"-[0-9]+$", "", path.stem)
    parts = re.compile(rf"{re.escape(stem)}(-[0-9]+)?{re.escape(path.suffix)}")
    if not path.parent.is_dir():
        return []
    return sorted(file for file in path.parent.iterdir() if parts.fullmatch(file.name))


def _age(memory: Memory) -> int:
    return memory.now or 0
