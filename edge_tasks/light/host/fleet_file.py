"""The fleet file, from which a light host knows its edges."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import orjson

from edge_tasks.light.host.fleet import EdgeEntry, Fleet, Group
from edge_tasks.light.wire import reconnect
from edge_tasks.openems.load_curve import Profile, ProfileError
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

Stamp: TypeAlias = tuple[int, int, int]
"""What distinguishes a file's content from an earlier one: mtime_ns, size, inode."""


class FleetFileError(ValueError):
    """A fleet file that cannot be used; the message is one sentence."""


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
        connect_rate=_number(content, "connect_rate", Fleet.connect_rate),
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
