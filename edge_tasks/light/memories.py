"""The file in which a light host keeps what its edges have counted, so that no counter falls with the host.

A plant goes on while its host is down, as a real one does while its edge is: who comes back integrates from the
kept moment to now. A simulation is deterministic: what a killed host had not yet kept is counted again, exactly.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import orjson

from edge_tasks.light.fleet_file import write_status
from edge_tasks.light.simulation import Memory

if TYPE_CHECKING:
    from collections.abc import Mapping
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
