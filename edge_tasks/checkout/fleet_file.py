"""The fleet file of a platform, ``fleet.yaml``: groups of edges and incidents; each fault has its line."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from edge_tasks.checkout import load_shapes, yaml_text
from edge_tasks.errors import SettingsError
from edge_tasks.fleet import groups as plan
from edge_tasks.fleet import incident_entry
from edge_tasks.fleet.limits import FLEET_FILE, MOST_EDGES, MOST_HOUSEHOLDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from edge_tasks.fleet.groups import Group
    from edge_tasks.fleet.incident_entry import IncidentEntry

GROUPS: Final = "groups"
INCIDENTS: Final = "incidents"
_NAME: Final = re.compile(r"[^\W_][\w .-]{0,62}")
_SEED: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True)
class Key:
    """A key of a group.

    Attributes:
        name: as it is written.
        field: of :class:`~edge_tasks.fleet.groups.Group`.
        allowed: what its value may be, for people.
        read: the value as the field has it; None if it is not allowed.
    """

    name: str
    field: str
    allowed: str
    read: Callable[[object], object]


def _text(pattern: re.Pattern[str]) -> Callable[[object], object]:
    return lambda value: str(value) if _is_text(value) and pattern.fullmatch(str(value)) else None


def _is_text(value: object) -> bool:
    """A text, or a number that stands for one: ``seed: 2024``."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def _households(value: object) -> object:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_HOUSEHOLDS
    return value if is_count else None


def _zone(value: object) -> object:
    try:
        return zoneinfo.ZoneInfo(value).key if isinstance(value, str) else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


KEYS: Final = (
    Key("name", "name", "letters, digits, spaces and _.- , up to 63", _text(_NAME)),
    Key(
        "edges",
        "ranges",
        f"indices below {MOST_EDGES}, ascending: 0-99, or 0-99,300-319, or 7",
        lambda value: plan.ranges_of(str(value)) if _is_text(value) else None,
    ),
    Key("light", "light", "true or false", lambda value: value if isinstance(value, bool) else None),
    Key("meters", "households", f"a whole number from 0 to {MOST_HOUSEHOLDS}", _households),
    Key(
        "profile",
        "profile",
        "the name or the path of a profile",
        lambda value: str(value) if _is_text(value) else None,
    ),
    Key("seed", "seed", "up to 64 of A-Z, a-z, 0-9, _.-", _text(_SEED)),
    Key("zone", "zone", "an IANA time zone, such as Africa/Kampala", _zone),
)
"""All keys of a group."""
REQUIRED: Final = ("name", "edges")


@dataclass(frozen=True)
class FleetFile:
    """A fleet file that was read.

    Attributes:
        path: where.
        text: of it.
        groups: at least one.
        said: the keys that every group has.
        incidents: what is to go wrong in pasts.
    """

    path: Path
    text: str
    groups: tuple[Group, ...]
    said: frozenset[str]
    incidents: tuple[IncidentEntry, ...] = ()

    def line(self, *keys: str | int) -> str:
        """``FILE:LINE`` of an entry, or of the nearest one around it."""
        return f"{self.path}:{yaml_text.line_of(self.text, *keys)}"

    @property
    def full(self) -> int:
        """How many edges have a config directory."""
        return sum(group.size for group in self.groups if not group.light)

    @property
    def light(self) -> int:
        """How many edges have none."""
        return sum(group.size for group in self.groups if group.light)


def find(name: str, platform: Path, default: Group) -> FleetFile | None:
    """The fleet file of a platform; None if it has none.

    Args:
        name: of a file in the platform, or an absolute path.
        platform: the folder.
        default: has what a group does not say.

    Raises:
        SettingsError: it cannot be read, or says something that is not allowed; with file and line. Or another
            one than ``fleet.yaml`` was named, and is not there.
    """
    path = platform / name
    if name == FLEET_FILE and not path.exists():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"the fleet file {path} cannot be read: {error.strerror}",
            hint=f"name another with --fleet-file; --fleet-file {FLEET_FILE} goes back to the platform's own",
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8", hint="save it as UTF-8") from None
    return _Reader(path, text, platform).read(default)


@dataclass(frozen=True)
class _Reader:
    path: Path
    text: str
    platform: Path

    def read(self, default: Group) -> FleetFile:
        content = self._content()
        entries = self._entries(content)
        groups = tuple(self._group(place, entry, default) for place, entry in enumerate(entries))
        names = [group.name for group in groups]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise self._error(f"there is another group {name}", "another name", GROUPS, place, "name")
        if fault := plan.find_fault(groups):
            raise self._error(fault.problem, fault.remedy, GROUPS, fault.group, "edges")
        said = frozenset.intersection(*(frozenset(entry) for entry in entries))
        return FleetFile(self.path, self.text, groups, said, tuple(self._incidents(content.get(INCIDENTS, []))))

    def _content(self) -> Mapping[object, object]:
        try:
            content = yaml_text.load(self.text)
        except yaml_text.YamlError as error:
            where = f"{self.path}:{error.line}" if error.line else str(self.path)
            raise SettingsError(f"{where}: not valid YAML: {error.problem}", hint="correct it there") from None
        if not isinstance(content, dict) or not isinstance(content.get(GROUPS), list) or not content[GROUPS]:
            raise self._error("it has no groups", "groups: [{name: village, edges: 0-99}]")
        for key in content:
            if key not in (GROUPS, INCIDENTS):
                raise self._error(f"unknown key {key}", f"{GROUPS}, {INCIDENTS}", str(key))
        return content

    def _entries(self, content: Mapping[object, object]) -> list[Mapping[str, object]]:
        entries = cast("list[Mapping[str, object]]", content[GROUPS])
        for place, entry in enumerate(entries):
            if not isinstance(entry, dict):
                raise self._error("this is no group", "{name: village, edges: 0-99}", GROUPS, place)
        return entries

    def _incidents(self, entries: object) -> Iterator[IncidentEntry]:
        if not isinstance(entries, list):
            raise self._error("this is no list", "incidents: [{kind: left, edges: 3, at: 2026-01-15}]", INCIDENTS)
        for place, entry in enumerate(entries):
            if not isinstance(entry, dict):
                allowed = "{kind: left, edges: 3, at: 2026-01-15}"
                raise self._error("this is no incident", allowed, INCIDENTS, place)
            if fault := incident_entry.find_fault(entry):
                keys = (fault.key,) if fault.key else ()
                raise self._error(fault.problem, fault.allowed, INCIDENTS, place, *keys)
            line = yaml_text.line_of(self.text, INCIDENTS, place)
            yield incident_entry.entry_of(entry, f"{self.path}:{line}")

    def _group(self, place: int, entry: Mapping[str, object], default: Group) -> Group:
        known = {key.name: key for key in KEYS}
        for name in entry:
            if name not in known:
                raise self._error(f"unknown key {name}", ", ".join(known), GROUPS, place, str(name))
        for name in REQUIRED:
            if name not in entry:
                raise self._error(f"a group without {name}", known[name].allowed, GROUPS, place)
        group = replace(default, **self._values(place, entry, known))
        return replace(group, profile=self._profile(place, entry, group.profile))

    def _values(self, place: int, entry: Mapping[str, object], known: Mapping[str, Key]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in entry.items():
            read = known[name].read(value)
            if read is None:
                raise self._error(f"{name} is {value!r}", known[name].allowed, GROUPS, place, name)
            found[known[name].field] = read
        return found

    def _profile(self, place: int, entry: Mapping[str, object], name: str) -> str:
        """A path is seen from the file, unless it comes from a flag; the profile must be usable."""
        if "profile" not in entry:
            return name
        absolute = load_shapes.absolute(name, self.path.parent)
        try:
            load_shapes.find(absolute, self.platform)
        except SettingsError as error:
            where = yaml_text.line_of(self.text, GROUPS, place, "profile")
            raise SettingsError(f"{self.path}:{where}: {error.message}", hint=error.hint) from None
        return absolute

    def _error(self, problem: str, allowed: str, *keys: str | int) -> SettingsError:
        line = yaml_text.line_of(self.text, *keys)
        return SettingsError(f"{self.path}:{line}: {problem}", hint=f"allowed: {allowed}")
