"""The fleet file: which edges a light host is to run, and how."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson

from edge_tasks.light.wire import reconnect
from edge_tasks.openems.load_curve import Profile, ProfileError
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

Stamp: TypeAlias = tuple[int, int, int]
"""What distinguishes a file's content from an earlier one: mtime_ns, size, inode."""

_EDGES_AN_ADDRESS: Final = 20_000
"""For one source address Linux has 28,232 ports for connections to one backend."""
_RATE: Final = 500


class FleetFileError(ValueError):
    """A fleet file that cannot be used; the message is one sentence."""


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
    """The content of a fleet file. Without a memory file, counters begin at 0 with each start of the host.

    Attributes:
        groups: by name; edges that no group names belong to the one without a name.
        processes: how many processes run it, each a part; 0 for all in the one that is asked.
        block: so many edges in a row belong to one part, so that a growing fleet moves none.
        connect_rate: at most so many connects a second, of all parts together.
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
    connect_rate: int = _RATE
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
    """The part of an edge at a place of the fleet: so many edges in a row belong to one."""
    return place // block % processes


def stamp(path: Path) -> Stamp:
    """The stamp of a file as it is now.

    Raises:
        OSError: there is no such file.
    """
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def load(path: Path) -> Fleet:
    """Read a fleet file.

    Raises:
        OSError: the file cannot be read.
        FleetFileError: it is not a fleet file.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise FleetFileError(f"the fleet file is not JSON: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("edges"), list):
        raise FleetFileError('the fleet file is not an object with a list "edges"')
    status_file = Path(_text(content, "status_file"))
    if not status_file.is_absolute():
        raise FleetFileError('"status_file" in the fleet file is not an absolute path')
    groups, group_of = _groups(content)
    version = _text(content, "version", DEFAULT.since)
    entries = _entries(content, groups, group_of, "" if version == DEFAULT.since else f"/{version}")
    edges = {entry.name: replace(entry, place=place) for place, entry in enumerate(entries)}
    if len(edges) != len(entries):
        raise FleetFileError("the fleet file names an edge twice")
    return Fleet(
        revision=_text(content, "revision"),
        status_file=status_file,
        edges=edges,
        memory_file=_path(content, "memory_file"),
        groups=groups,
        processes=_number(content, "processes", 0, lowest=0),
        block=_number(content, "block", 1),
        connect_rate=_number(content, "connect_rate", _RATE),
        reconnect=_policy(content),
        version=version,
        metrics_port=_number(content, "metrics_port", 0, lowest=0),
        metrics_host=_text(content, "metrics_host", Fleet.metrics_host),
        trace_file=_path(content, "trace_file"),
        ca_file=_path(content, "ca_file"),
    )


def _groups(content: Mapping[str, object]) -> tuple[dict[str, Group], dict[str, str]]:
    """The groups by name, and the group of each edge that one of them names."""
    groups = {"": _group(content, content.get("shared", {}))}
    group_of: dict[str, str] = {}
    for item in _list(content, "groups"):
        if not isinstance(item, dict):
            raise FleetFileError("a group in the fleet file is not an object")
        name = _text(item, "name")
        groups[name] = _group(item, item)
        group_of |= dict.fromkeys(map(str, _list(item, "edges")), name)
    return groups, group_of


def _group(item: Mapping[str, object], files: object) -> Group:
    return Group(_texts(files, "files"), _profile(item), _text(item, "seed", ""))


def _entries(
    content: Mapping[str, object], groups: Mapping[str, Group], group_of: Mapping[str, str], version: str
) -> list[EdgeEntry]:
    """All edges, each with a digest of all that it is made of and follows; ``version`` is a part of each."""
    marks = {name: _mark(group) for name, group in groups.items()}
    digests = {name: hashlib.sha256(orjson.dumps(group.files)).hexdigest() for name, group in groups.items()}
    found = [_entry(item) for item in _list(content, "edges")]
    for name, apikey in _texts(content.get("shared", {}), "edges").items():
        found.append(EdgeEntry(name, None, f"{digests[group_of.get(name, '')]}/{apikey}", apikey))
    grouped = ((entry, group_of.get(entry.name, "")) for entry in found)
    return [replace(one, digest=one.digest + marks[group] + version, group=group) for one, group in grouped]


def _mark(group: Group) -> str:
    """What a load shape adds to the digests of its edges."""
    if group.profile is None:
        return ""
    return "/" + hashlib.sha256(orjson.dumps([group.profile, group.seed])).hexdigest()[:16]


def _list(item: Mapping[str, object], key: str) -> list[object]:
    found = item.get(key, [])
    if not isinstance(found, list):
        raise FleetFileError(f'"{key}" in the fleet file is not a list')
    return found


def _texts(item: object, key: str) -> dict[str, str]:
    found = item.get(key, {}) if isinstance(item, dict) else None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise FleetFileError(f'"{key}" in the fleet file is not an object of texts')
    return found


def _entry(item: object) -> EdgeEntry:
    if not isinstance(item, dict):
        raise FleetFileError("an edge in the fleet file is not an object")
    return EdgeEntry(_text(item, "name"), Path(_text(item, "directory")), _text(item, "digest"))


def _text(item: Mapping[str, object], key: str, default: str | None = None) -> str:
    value = item.get(key, default)
    if not isinstance(value, str):
        raise FleetFileError(f'"{key}" in the fleet file is missing or not a string')
    return value


def _path(item: Mapping[str, object], key: str) -> Path | None:
    return Path(_text(item, key)) if key in item else None


def _number(item: Mapping[str, object], key: str, default: int, lowest: int = 1) -> int:
    value = item.get(key, default)
    if not isinstance(value, int) or value < lowest:
        raise FleetFileError(f'"{key}" in the fleet file is not a whole number of at least {lowest}')
    return value


def _policy(item: Mapping[str, object]) -> str:
    name = item.get("reconnect", reconnect.QUICK)
    if name not in reconnect.POLICIES:
        raise FleetFileError(f'"reconnect" in the fleet file is none of {", ".join(reconnect.POLICIES)}')
    return str(name)


def _profile(item: Mapping[str, object]) -> Mapping[str, object] | None:
    profile = item.get("profile")
    try:
        if profile is not None:
            Profile.of(profile)
    except ProfileError as error:
        raise FleetFileError(f'"profile" in the fleet file: {error}') from None
    return profile if isinstance(profile, dict) else None


def _numbered(path: Path, index: int) -> Path:
    return path.with_name(f"{path.stem}-{index}{path.suffix}")
