"""Which edges a light host is to run, and how; the content of a :mod:`.fleet_file`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.light.wire import reconnect
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EDGES_AN_ADDRESS: Final = 20_000
"""For one source address Linux has 28,232 ports for connections to one backend."""


@dataclass(frozen=True, slots=True)
class EdgeEntry:
    """One edge to run.

    Attributes:
        name: e.g. ``edge0``.
        directory: its configuration; None for an edge that shares the fleet's template.
        digest: changes with the content.
        apikey: of an edge that shares the fleet's template.
        place: its place in the fleet, from 0.
        group: the name of its group.
    """

    name: str
    directory: Path | None
    digest: str
    apikey: str = field(default="", repr=False)
    place: int = 0
    group: str = ""

    @property
    def configuration_hash(self) -> str:
        """A hash that differs if configurations differ, and that reveals no secret."""
        return hashlib.sha256(self.digest.encode()).hexdigest()[:16]

    @property
    def source(self) -> str:
        """The loopback address to connect from to a backend on loopback; empty for the system's choice."""
        block = self.place // _EDGES_AN_ADDRESS
        return f"127.0.0.{block + 1}" if block else ""


@dataclass(frozen=True)
class Group:
    """What edges have in common.

    Attributes:
        files: those of an edge without a directory, by path, as any of them has them.
        profile: the load shape, as :meth:`.Profile.of` takes it; None for the datasources' constants. Another one
            is another digest of every edge.
        seed: what the variation of edges is drawn from; see :meth:`source_key`.
    """

    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    profile: Mapping[str, object] | None = None
    seed: str = ""

    def source_key(self, edge: str, meter: str) -> str:
        """The key of a meter's source: the same fleet has the same powers in every part and on every machine."""
        return f"{self.seed}/{edge}/{meter}"


@dataclass(frozen=True)
class Fleet:
    """The edges of a fleet file. Without a memory file, counters begin at 0 with each start of the host.

    Attributes:
        groups: by name; edges that no group names belong to the one without a name.
        processes: how many processes run it, each a part; 0 for all in the one that is asked.
        block: how many edges in a row belong to one part, so that a growing fleet moves none.
        connect_rate: the most connects a second, of all parts together.
        reconnect: the name of the policy by which edges come back; see :mod:`.reconnect`.
        version: the release of OpenEMS that the edges say they are. Another one is another digest of every edge.
        metrics_port: where the supervisor serves metrics; 0 for nowhere.
        metrics_host: on which address.
        trace_file: where connections are noted, see :mod:`.trace`; None for nowhere.
        ca_file: certificates of the authorities that are believed; None for the system's.
    """

    revision: str
    status_file: Path
    edges: dict[str, EdgeEntry]
    memory_file: Path | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)
    processes: int = 0
    block: int = 1
    connect_rate: int = 500
    reconnect: str = reconnect.QUICK
    version: str = DEFAULT.since
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"
    trace_file: Path | None = None
    ca_file: Path | None = None

    def part(self, index: int) -> Fleet:
        """The part that one process runs. Its files have its number in their names."""
        count = max(1, self.processes)
        edges = {
            name: edge for name, edge in self.edges.items() if part_of(edge.place, count, self.block) == index
        }
        return replace(
            self,
            edges=edges,
            status_file=self.part_file(index),
            memory_file=self.memory_file and _numbered(self.memory_file, index),
            trace_file=self.trace_file and _numbered(self.trace_file, index),
        )

    def part_file(self, index: int) -> Path:
        """The status file of one of the processes."""
        return _numbered(self.status_file, index)


def part_of(place: int, processes: int, block: int) -> int:
    """The part of an edge at a place of the fleet; each block of edges in a row belongs to one."""
    return place // block % processes


def _numbered(path: Path, index: int) -> Path:
    return path.with_name(f"{path.stem}-{index}{path.suffix}")
